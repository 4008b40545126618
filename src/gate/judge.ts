/** The gate's judgements: pure, over values that were measured. */
import { toSeconds } from '../model/duration.ts';
import type { Comparison, Limit, SignalId } from '../model/signal.ts';
import type { Point } from '../model/time.ts';

/**
 * When an alert with this limit would fire: the first evaluation at which the limit has been passed for as long as
 * `for` asks. Evaluations without a value keep the last state, as the rules do (`KeepLast`).
 *
 * @param grid all evaluations of the window, also those without a value.
 */
export function firesAt(points: readonly Point[], grid: readonly number[], limit: Limit): number | undefined {
  const values = new Map(points.map(({ at, value }) => [at, value]));
  let since: number | undefined;
  for (const at of grid) {
    const value = values.get(at);
    if (value !== undefined) {
      if (!passes(value, limit.comparison, limit.value.value)) since = undefined;
      else since ??= at;
    }
    if (since !== undefined && at - since >= toSeconds(limit.for)) return at;
  }
  return undefined;
}

/** The same at half the limit: near enough to say so. */
export function halfOf(limit: Limit): Limit {
  return { ...limit, value: { ...limit.value, value: limit.value.value / 2 } };
}

/** The worst value of a signal that is bad when it is high. */
export function worstOf(points: readonly Point[]): number | undefined {
  return points.length === 0 ? undefined : Math.max(...points.map(({ value }) => value));
}

function passes(value: number, comparison: Comparison, limit: number): boolean {
  switch (comparison) {
    case 'gt':
      return value > limit;
    case 'gte':
      return value >= limit;
    case 'lt':
      return value < limit;
    default:
      return comparison satisfies never;
  }
}

/** Signals that the gate judges. */
export type GatedSignal = Extract<SignalId, 'latency-p95' | 'query-p95' | 'error-ratio' | 'pool-utilisation'>;

/** A fifth worse than before is worse, */
const FACTOR = 1.2;
/**
 * but not where both are small: 25 ms are what a network alone may add, one failure in a hundred and a tenth of a
 * pool are what a healthy day varies by.
 */
const MARGIN: Readonly<Record<GatedSignal, number>> = {
  'latency-p95': 0.025,
  'query-p95': 0.025,
  'error-ratio': 0.01,
  'pool-utilisation': 0.1,
};
/**
 * Standard deviations that two shares of failures have to lie apart: measured on a day of chance at one request in two
 * seconds, where a fixed number of failures called 2 of 134 healthy windows a breach.
 */
const DEVIATIONS = 4;

/** Requests or queries on either side of a comparison. */
export interface Observed {
  readonly now: number;
  readonly before: number;
}

/**
 * The most that a baseline allows: 1.2 times it, or a margin more, whichever is larger. Shares of failures jump with few
 * requests, and are allowed what chance makes of them.
 *
 * @example allowedBy('latency-p95', 0.05, { now: 72_000, before: 72_000 }) // 0.075
 */
export function allowedBy(signal: GatedSignal, baseline: number, { now, before }: Observed): number {
  const allowed = Math.max(FACTOR * baseline, baseline + MARGIN[signal]);
  if (signal !== 'error-ratio') return allowed;
  // A share that was 0 is not known to be: one failure more is as likely (Laplace).
  const share = (baseline * before + 1) / (before + 2);
  return Math.max(allowed, baseline + DEVIATIONS * Math.sqrt(share * (1 - share) * (1 / now + 1 / before)));
}

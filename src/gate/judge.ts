/** The gate's judgements: pure, over values that were measured. */
import { toSeconds } from '../model/duration.ts';
import type { KnownSignal, Limit } from '../model/signal.ts';
import type { Point } from '../model/time.ts';

/** How far the evaluation at a time looks back, in seconds; undefined where its guard is closed. */
export type LookBack = (at: number) => number | undefined;

/** What an evaluation says of the window; undefined where it says nothing that may be held for or against it. */
export interface Reading {
  readonly at: number;
  readonly value: number | undefined;
}

/** The evaluations of an alert, and why some of them say nothing. */
export interface Readings {
  readonly readings: readonly Reading[];
  /** Evaluations whose guard was closed: they read 0 whatever happens. */
  readonly quiet: number;
  /** Evaluations that look back to before the change. */
  readonly early: number;
}

/**
 * Tells what evaluations say of a change from what they do not: a closed guard is silent, and a window that reaches
 * back before the change is about what was there before it.
 *
 * @param since when the change was made, in seconds since 1970.
 */
export function readingsOf(points: readonly Point[], lookBack: LookBack, since: number): Readings {
  let quiet = 0;
  let early = 0;
  const readings = points.map(({ at, value }): Reading => {
    const seconds = lookBack(at);
    if (seconds === undefined) quiet += 1;
    else if (at - seconds < since) early += 1;
    else return { at, value };
    return { at, value: undefined };
  });
  return { readings, quiet, early };
}

/**
 * When an alert with this limit would fire: the first evaluation at which the limit has been passed for as long as
 * `for` asks. Where telemetry is missing the last state is kept, as the rules do (`KeepLast`); an evaluation that
 * says nothing ends it, as the 0 of a closed guard does.
 *
 * @param grid all evaluations of the window, also those without telemetry.
 */
export function firesAt(readings: readonly Reading[], grid: readonly number[], limit: Limit): number | undefined {
  const values = new Map(readings.map(({ at, value }) => [at, value]));
  let since: number | undefined;
  for (const at of grid) {
    if (values.has(at)) {
      if (!passes(values.get(at), limit)) since = undefined;
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
export function worstOf(readings: readonly Reading[]): number | undefined {
  return readings.reduce<number | undefined>(
    (worst, { value }) => (value === undefined || (worst !== undefined && worst >= value) ? worst : value),
    undefined,
  );
}

/** Whether a value is on the bad side of a limit; what is not known is not. */
export function passes(value: number | undefined, { comparison, value: limit }: Limit): boolean {
  if (value === undefined) return false;
  switch (comparison) {
    case 'gt':
      return value > limit.value;
    case 'gte':
      return value >= limit.value;
    case 'lt':
      return value < limit.value;
    default:
      return comparison satisfies never;
  }
}

/** Signals that the gate judges. */
export type GatedSignal = Extract<KnownSignal, 'latency-p95' | 'query-p95' | 'error-ratio' | 'pool-utilisation'>;

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

import type { Diagnostic } from './diagnostic.ts';
import type { Unit } from './quantity.ts';
import type { SignalId } from './signal.ts';

/**
 * What a check, or all together, came to. `warning` is a pass that came near; `inconclusive` means that there was too
 * little to judge by, which is never a pass.
 */
export type GateOutcome = 'pass' | 'warning' | 'breach' | 'inconclusive';

/** One signal of a service over the window, against its limit or against the baseline. */
export interface GateCheck {
  readonly signal: SignalId;
  readonly title: string;
  readonly unit: Unit;
  /** `absolute`: would the alert fire? `relative`: is it worse than the baseline? */
  readonly kind: 'absolute' | 'relative';
  /** What tells this series from others of the signal: `{ pool: 'primary' }`. */
  readonly series: Readonly<Record<string, string>>;
  readonly outcome: GateOutcome;
  /**
   * Absolute: the worst value at any evaluation that could be judged; over the whole window where that is above the
   * limit and no alert fires. Relative: over the whole window. Absent where nothing could be judged.
   */
  readonly value?: number;
  /** What it may be at most: the alert's limit, or what the baseline allows. */
  readonly allowed?: number;
  /** Relative: the baseline's value. */
  readonly baseline?: number;
  /** Absolute: when the alert would fire, in seconds since 1970. */
  readonly firesAt?: number;
  /** The comparison in words. @example 'above 2 s for 2m: the alert would fire at 14:38' */
  readonly says: string;
  /** Why it is inconclusive. */
  readonly problems: readonly Diagnostic[];
}

/** What the gate found. Times are seconds since 1970. */
export interface GateResult {
  readonly service: { readonly id: string; readonly title: string };
  readonly from: number;
  readonly until: number;
  /** Seconds between evaluations. */
  readonly step: number;
  /** The baseline in words. @example 'offset:1h, 13:15 to 13:45' */
  readonly baseline: string;
  /** Address of the Prometheus that was asked. */
  readonly prometheus: string;
  readonly verdict: GateOutcome;
  /** Requests served in the window; undefined where there is no telemetry. */
  readonly requests: number | undefined;
  readonly checks: readonly GateCheck[];
  /** What concerns no single check, such as an answer that is not complete. */
  readonly notes: readonly Diagnostic[];
}

/** The verdict of several outcomes: a breach is one whatever else is unknown; what is unknown is no pass. */
export function worstOutcome(outcomes: readonly GateOutcome[]): GateOutcome {
  const order = ['breach', 'inconclusive', 'warning', 'pass'] as const;
  return order.find((outcome) => outcomes.includes(outcome)) ?? 'inconclusive';
}

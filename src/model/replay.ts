import type { Severity } from './alert-rule.ts';
import type { Unit } from './quantity.ts';
import type { Comparison } from './signal.ts';

/** Times are seconds since the midnight of the scenario's day: 51300 is 14:15. */
export type Second = number;

/** An alert from its first pending evaluation to its end. */
export interface AlertSpan {
  readonly pending: Second;
  /** Absent where the condition ended before `for` was over. */
  readonly firing?: Second;
  /** Absent where the scenario ends first. */
  readonly resolved?: Second;
}

/** A rule's value at an evaluation. */
export interface SignalPoint {
  readonly at: Second;
  readonly value: number;
}

/** One series of a rule over a scenario. */
export interface ReplayedAlert {
  readonly uid: string;
  readonly alert: string;
  /** The service's id, or `project`. */
  readonly service: string;
  readonly severity: Severity;
  /** What tells this series from the rule's others: `{ pool: 'primary' }`. */
  readonly series: Readonly<Record<string, string>>;
  /** As Grafana would have seen it: data that is missing keeps the last state. */
  readonly spans: readonly AlertSpan[];
  /** As promtool saw it. Differs only where data was missing. */
  readonly prometheus: readonly AlertSpan[];
  readonly threshold: number;
  readonly comparison: Comparison;
  readonly unit: Unit;
  readonly signal: readonly SignalPoint[];
}

/** A message to a contact point. */
export interface ReplayedNotification {
  readonly at: Second;
  readonly receiver: string;
  readonly severity: Severity;
  readonly alert: string;
  /** `first` of a group, `changed`, `repeat`, or `resolved`: nothing fires any more. */
  readonly kind: 'first' | 'changed' | 'repeat' | 'resolved';
  /** Who fires: services, with what tells their series apart. */
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
}

/** An expectation that does not hold. */
export interface BrokenExpectation {
  readonly scenario: string;
  readonly alert: string;
  readonly service: string;
  readonly expected: string;
  readonly seen: string;
  readonly because: string;
}

/** What is drawn on the time axis. */
export interface ReplayedEvent {
  readonly at: Second;
  readonly title: string;
  readonly source?: string;
  readonly page?: true;
  readonly sign?: true;
}

/** What would have fired when. */
export interface Replay {
  readonly scenario: {
    readonly id: string;
    readonly title: string;
    readonly because: string;
    readonly day: string;
    readonly from: Second;
    readonly until: Second;
    readonly events: readonly ReplayedEvent[];
    readonly assumptions: readonly string[];
  };
  readonly engine: 'promtool' | 'grafana';
  readonly rules: number;
  /** Names of the alerts that never fire. */
  readonly silent: readonly string[];
  /** Those that were at least pending, the first to fire first. */
  readonly alerts: readonly ReplayedAlert[];
  readonly notifications: readonly ReplayedNotification[];
  readonly broken: readonly BrokenExpectation[];
}

/** When an alert fired in two versions of the rules. */
export interface FiringChange {
  readonly scenario: string;
  readonly alert: string;
  readonly service: string;
  readonly series: Readonly<Record<string, string>>;
  readonly severity: Severity;
  /** What it was, where it is another one now. */
  readonly formerSeverity?: Severity;
  readonly before: readonly AlertSpan[];
  readonly after: readonly AlertSpan[];
}

/** The first moment an alert fires, if it does. */
export function firstFiring(spans: readonly AlertSpan[]): Second | undefined {
  return spans.find(({ firing }) => firing !== undefined)?.firing;
}

/** When it was resolved for good; undefined if it never fired, or still does. */
export function lastResolved(spans: readonly AlertSpan[]): Second | undefined {
  return spans.findLast(({ firing }) => firing !== undefined)?.resolved;
}

/** `14:15`, or `14:15:30` where seconds matter. */
export function formatSecond(second: Second): string {
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0');
  const text = `${two(second / 3600)}:${two((second % 3600) / 60)}`;
  return second % 60 === 0 ? text : `${text}:${two(second % 60)}`;
}

/** The service with what tells its series apart. @example 'checkout (dependency payments)' */
export function formatSubject(service: string, series: Readonly<Record<string, string>>): string {
  const parts = Object.entries(series).map(([label, value]) => `${label} ${value}`);
  return parts.length === 0 ? service : `${service} (${parts.join(', ')})`;
}

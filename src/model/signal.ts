import type { Duration } from './duration.ts';
import type { Matcher } from './metrics.ts';
import type { Quantity, Unit } from './quantity.ts';

/** The families of panels on a dashboard, top to bottom: what users feel first. */
export const FAMILIES = ['verdict', 'latency', 'errors', 'pools', 'queries', 'dependencies', 'resources'] as const;
export type Family = (typeof FAMILIES)[number];

/** The named signals with their units. A rule, its panel, its runbook and the gate mean the same by the same id. */
export const SIGNAL_UNITS = {
  'error-ratio': 'ratio',
  'latency-p95': 'seconds',
  'pool-utilisation': 'ratio',
  'pool-waiting': 'count',
  'query-p95': 'seconds',
  'dependency-error-ratio': 'ratio',
  'cpu-utilisation': 'ratio',
  'memory-utilisation': 'ratio',
  'latency-regression': 'factor',
  degradation: 'count',
  'instance-error-ratio': 'ratio',
  'traffic-ratio': 'ratio',
  'telemetry-absent': 'count',
  'limit-absent': 'count',
  'alert-queries': 'count',
  'data-source-reachable': 'count',
  watchdog: 'count',
} as const satisfies Readonly<Record<string, Unit>>;
/** A signal that the engine knows how to ask for. @example 'latency-p95' */
export type KnownSignal = keyof typeof SIGNAL_UNITS;
/** Name of a signal: one of the engine's, or of one that a project defines. */
export type SignalId = KnownSignal | (string & {});

/** Whether a signal is one of the engine's, about which it knows what to write. */
export function isKnownSignal(signal: string): signal is KnownSignal {
  return Object.hasOwn(SIGNAL_UNITS, signal);
}

/** How a value is held against its limit: `gt` above, `gte` at least, `lt` below. Grafana's names. */
export type Comparison = 'gt' | 'gte' | 'lt';
/** Where a value fires, seen from its threshold. */
export const COMPARED: Readonly<Record<Comparison, string>> = { gt: 'above', gte: 'at least', lt: 'below' };

/** Where a signal turns from good to bad. The rule's condition and the panel's line read this one constant. */
export interface Limit {
  readonly comparison: Comparison;
  readonly value: Quantity;
  readonly for: Duration;
}

/** A measurable property of a service. */
export interface Signal {
  readonly id: SignalId;
  readonly family: Exclude<Family, 'verdict'>;
  readonly title: string;
  readonly unit: Unit;
  /** PromQL for a panel, over Grafana's rate interval or another window, optionally of some instances only. */
  readonly panelExpression: (
    window: `${number}${'s' | 'm' | 'h' | 'd'}` | '$__rate_interval' | '$__range',
    only?: readonly Matcher[],
  ) => string;
  /** PromQL with fixed windows and guards, for rules, the verdict strip and the gate. */
  readonly alertExpression: string;
  readonly limit: Limit;
  /** Belongs to the services behind this one: shown here, alerted where it is measured. */
  readonly fromDependency?: true;
  /** Label that keeps the series of one rule apart, such as `dependency`; without it there is one series. */
  readonly perSeries?: string;
  /** Labels of the project's dimensions: each of their values has a series of its own. Default: none. */
  readonly dimensions?: readonly string[];
}

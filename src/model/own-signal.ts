/** Signals that a project defines, beside those of the engine. */
import { callerFile } from './caller.ts';
import type { Duration } from './duration.ts';
import { deepFreeze } from './json.ts';
import type { Matcher } from './metrics.ts';
import type { Quantity, Unit } from './quantity.ts';
import type { Service } from './service.ts';
import type { Family } from './signal.ts';

/** On which side of its limit a value fires. */
export type Direction = 'above' | 'atLeast' | 'below';

/** Where a signal turns from good to bad, in its own unit and direction, and for how long that has to be so. */
export type LimitOf<U extends Unit, D extends Direction> = D extends Direction
  ? { readonly [K in D]: Quantity<U> } & { readonly for: Duration }
  : never;

/** What an expression is made for. */
export interface Asked {
  readonly service: Service;
  /** Labels of one series of the service, for every `by (…)` and `on (…)`: its job, and the project's dimensions. */
  readonly identity: readonly string[];
  /** A fixed window in rules, Grafana's variable in panels. */
  readonly window: Duration | '$__rate_interval' | '$__range';
  /** Further matchers, such as the instances that a dashboard shows. Empty in rules. */
  readonly only: readonly Matcher[];
}

/** A signal as a project states it. */
export interface SignalFacts<U extends Unit, D extends Direction> {
  /** Lower-case letters, digits and hyphens; not one of the engine's. @example 'queue-lag' */
  readonly id: string;
  /** As panels and reports call it. @example 'Messages that wait' */
  readonly title: string;
  /** What it is measured in: values are in its base, ratios from 0 to 1, times in seconds. */
  readonly unit: U;
  /** Among which panels it belongs. Default: `resources`. */
  readonly family?: Exclude<Family, 'verdict'>;
  /** When it fires, where a service states no limit of its own. */
  readonly limit: LimitOf<NoInfer<U>, D>;
  /**
   * PromQL of one series for each identity, or of several that `perSeries` tells apart; undefined for services that it
   * does not apply to.
   */
  readonly expression: (asked: Asked) => string | undefined;
  /** A label that tells several series of one service apart. Default: none. */
  readonly perSeries?: string;
}

/** The same, with the file that states it. */
export interface SignalDefinition<U extends Unit = Unit, D extends Direction = Direction> extends SignalFacts<U, D> {
  readonly source: string;
}

/**
 * States a signal, for an alert and panels of a project's own. A value, which services refer to by itself: a wrong unit
 * or direction of their limits does not compile.
 *
 * @example
 * export const queueLag = defineSignal({
 *   id: 'queue-lag', title: 'Messages that wait', unit: 'count', limit: { above: count(1000), for: '5m' },
 *   expression: ({ service, identity, only }) =>
 *     service.id === 'mailer' ? `max by (${identity.join(', ')})(queue_messages{job="mailer"})` : undefined,
 * });
 */
export function defineSignal<U extends Unit>(facts: SignalFacts<U, 'above'>): SignalDefinition<U, 'above'>;
export function defineSignal<U extends Unit>(facts: SignalFacts<U, 'atLeast'>): SignalDefinition<U, 'atLeast'>;
export function defineSignal<U extends Unit>(facts: SignalFacts<U, 'below'>): SignalDefinition<U, 'below'>;
export function defineSignal(facts: SignalFacts<Unit, Direction>): SignalDefinition {
  return deepFreeze({ ...facts, source: callerFile() ?? 'alerts/index.ts' });
}

/** A limit of any signal. */
export type AnyLimit = { readonly [K in Direction]?: Quantity } & { readonly for?: Duration };

/** A limit that one service has of a signal. */
export interface LimitFacts {
  readonly signal: Pick<SignalDefinition, 'id'>;
  readonly limit: AnyLimit;
}

/**
 * A service's own limit of a signal.
 *
 * @example limits: [limit(queueLag, { above: count(10) })]
 */
export function limit<U extends Unit, D extends Direction>(
  signal: SignalDefinition<U, D>,
  facts: Partial<LimitOf<U, D>>,
): LimitFacts {
  return { signal: { id: signal.id }, limit: facts as AnyLimit };
}

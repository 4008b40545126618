import { count } from '../model/quantity.ts';
import type { Catalog, Service } from '../model/service.ts';
import { FAMILIES, SIGNAL_UNITS, type Signal, type SignalId } from '../model/signal.ts';
import { formatPromql } from './format.ts';
import { ownSignals } from './own-signals.ts';
import { firstOf, group } from './promql.ts';
import { depending, pooling, querying } from './signals/behind.ts';
import type { Draft } from './signals/draft.ts';
import { observing, resources } from './signals/instances.ts';
import { degrading, serving } from './signals/serving.ts';
import { termsOf } from './timing.ts';

/**
 * The signals of a service, in the order of its dashboard: what each means, its limit, and its PromQL. Signals that
 * do not apply are absent: no pool, no pool signal.
 *
 * @example findSignal(signals(userService, catalog), 'latency-p95')?.limit.value // 2 s
 */
export function signals(service: Service, catalog: Catalog): readonly Signal[] {
  const known = built.get(catalog)?.get(service);
  if (known !== undefined) return known;
  const fresh = signalsOf(service, catalog);
  built.set(catalog, (built.get(catalog) ?? new Map<Service, readonly Signal[]>()).set(service, fresh));
  return fresh;
}

/** Facts are frozen: dashboards, rules and checks of one catalog share what was made of them. */
const built = new WeakMap<Catalog, Map<Service, readonly Signal[]>>();

function signalsOf(service: Service, catalog: Catalog): readonly Signal[] {
  const terms = termsOf(catalog);
  const all = [
    ...serving(terms, service),
    ...degrading(terms, service),
    ...pooling(terms, service),
    ...querying(terms, service, catalog),
    ...depending(terms, service),
    ...resources(terms, service),
    ...observing(terms, service),
  ];
  const engine = complete(all.sort((left, right) => FAMILIES.indexOf(left.family) - FAMILIES.indexOf(right.family)));
  const own = [...engine, ...ownSignals(terms, service, catalog).map(formatted)];
  const dimensions = terms.dimensions.length === 0 ? {} : { dimensions: terms.dimensions.map(({ label }) => label) };
  return [...own, alertQueries(own)].map((signal) => ({ ...signal, ...dimensions }));
}

/** The signal of an id, or undefined where it does not apply to the service. */
export function findSignal(all: readonly Signal[], id: SignalId): Signal | undefined {
  return all.find((signal) => signal.id === id);
}

function complete(drafts: readonly Draft[]): readonly Signal[] {
  return drafts.map((draft) => formatted({ ...draft, unit: SIGNAL_UNITS[draft.id] }));
}

function formatted(signal: Signal): Signal {
  return {
    ...signal,
    panelExpression: (window, only) => formatPromql(signal.panelExpression(window, only)),
    alertExpression: formatPromql(signal.alertExpression),
  };
}

/** Signals whose queries are a part of another one, so that they fail with it and need not be asked twice. */
const WITHIN_DEGRADATION: ReadonlySet<string> = new Set(['latency-regression', 'pool-utilisation']);

/**
 * Whether the queries of the service's alerts can be answered at all. Its value is always 0; what counts is whether
 * the query fails. The other rules keep their last state then, and would be silent for ever: Prometheus evaluates both
 * sides of every `or`, so that an error in any of them fails this query too.
 */
function alertQueries(own: readonly Signal[]): Signal {
  const degradation = own.some(({ id }) => id === 'degradation');
  const asked = own.filter(
    ({ id, fromDependency }) => fromDependency === undefined && !(degradation && WITHIN_DEGRADATION.has(id)),
  );
  const expressions = asked.map(({ alertExpression }) => group(alertExpression));
  const expression = `0 * count(\n  ${firstOf(...expressions, 'vector(0)').replace(/\n/g, '\n  ')}\n)`;
  return {
    id: 'alert-queries',
    family: 'resources',
    title: 'Queries of the alerts',
    unit: SIGNAL_UNITS['alert-queries'],
    panelExpression: () => expression,
    alertExpression: expression,
    limit: { comparison: 'gt', value: count(0), for: '5m' },
  };
}

/** The signals of the project as a whole: about no service, so without a service's matcher. */
export function projectSignals(): readonly Signal[] {
  const one = { family: 'resources', panelExpression: () => 'vector(1)', alertExpression: 'vector(1)' } as const;
  return complete([
    // Never below 1: the rule fires only by its states, when the query itself fails or returns nothing.
    {
      ...one,
      id: 'data-source-reachable',
      title: 'Prometheus answers',
      limit: { comparison: 'lt', value: count(1), for: '2m' },
    },
    { ...one, id: 'watchdog', title: 'Alerting works', limit: { comparison: 'gt', value: count(0), for: '2m' } },
  ]);
}

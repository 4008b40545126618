/** What is known about the metrics of a catalog: which select a service, which are counters. */
import { bindingsOf } from '../metrics/bindings.ts';
import { groupBy } from '../model/group-by.ts';
import type { MetricProfile } from '../model/metrics.ts';
import type { Catalog, Service } from '../model/service.ts';
import type { Selector } from './promql.ts';

/** Whether a selector takes series of one of these services and no others. */
export function selects(services: readonly Service[]): (selector: Selector) => boolean {
  const sets = services.flatMap(matcherSets);
  // A fleet's overview asks this thousands of times: most bindings need one matcher alone.
  const alone = new Set(sets.flatMap((needed) => (needed.length === 1 ? needed : [])));
  const together = [
    ...new Map(sets.filter(({ length }) => length > 1).map((needed) => [needed.join(), needed])).values(),
  ];
  const byFirst = groupBy(together, ([first]) => first ?? '');
  return ({ matchers }) =>
    matchers.some(
      (matcher) =>
        alone.has(matcher) ||
        (byFirst.get(matcher) ?? []).some((needed) => needed.every((each) => matchers.includes(each))),
    );
}

/** The matchers of a service's bindings, each set once. */
function matcherSets(service: Service): readonly (readonly string[])[] {
  const known = bound.get(service);
  if (known !== undefined) return known;
  const sets = bindingsOf(service.metrics).map(({ matchers }) => [matchers.join(), matchers] as const);
  const fresh = [...new Map(sets).values()];
  bound.set(service, fresh);
  return fresh;
}

/** Facts are frozen, and every rule of a service and every dashboard that shows it asks. */
const bound = new WeakMap<Service, readonly (readonly string[])[]>();

/** Whether a metric only grows, so that its value alone says nothing. Gauges may end in `_count` too. */
export function counters({ services }: Catalog): (metric: string) => boolean {
  const gauges = new Set(
    services.flatMap(({ metrics: { databasePool, databasePools, httpPool, runtime, restarts } }) => [
      ...[databasePool, ...Object.values(databasePools ?? {})].flatMap((pools) =>
        pools === undefined
          ? []
          : [
              pools.used.name,
              ...(pools.max === undefined ? [] : [pools.max.name]),
              ...(pools.waiting !== undefined && 'gauge' in pools.waiting ? [pools.waiting.gauge.name] : []),
            ],
      ),
      ...(httpPool?.kind === 'gauge' ? [httpPool.used.name] : []),
      ...(runtime?.kind === 'gauge' ? [runtime.series.name] : []),
      ...(restarts?.kind === 'start-time' ? [restarts.series.name] : []),
    ]),
  );
  return (metric) => !gauges.has(metric) && /_(total|count|sum|bucket)$/.test(metric);
}

/** Every metric that profiles bind, with the three series of each histogram. */
export function metricNames(profiles: readonly MetricProfile[]): readonly string[] {
  const names = profiles.flatMap((profile) => bindingsOf(profile).map(({ name }) => name));
  return [...new Set(names.flatMap((name) => [name, `${name}_bucket`, `${name}_count`, `${name}_sum`]))];
}

/** The databases of a service, each with the series of its queries. */
import type { DatabaseBinding, HistogramBinding } from '../model/metrics.ts';
import type { Service } from '../model/service.ts';
import { matcher } from './promql.ts';

/** A database with what records its queries. */
export interface BoundDatabase {
  readonly name: string;
  readonly binding: DatabaseBinding;
  readonly latency: HistogramBinding;
}

/**
 * The databases whose query times are recorded. One alone has all series of its binding; several are told apart, because
 * many fast calls to a cache would hide few slow ones to a database: by a binding of their own, by the system where
 * systems differ, else by the name. Those that nothing tells apart are one.
 */
export function databasesOf({ databases, metrics }: Service): readonly BoundDatabase[] {
  const bound = databases.flatMap(({ name, system }) => {
    const own = metrics.databases?.[name];
    const binding = own ?? metrics.database;
    if (binding?.latency === undefined) return [];
    return [{ name, system, binding, latency: binding.latency, own: own !== undefined }];
  });
  const shared = bound.filter(({ own }) => !own);
  const systems = new Set(shared.map(({ system }) => system));
  const selected = shared.map((one) => {
    if (shared.length === 1) return one;
    const { system, namespace } = one.binding;
    const bySystem = system !== undefined && systems.size > 1;
    const alike = bySystem ? shared.filter((other) => other.system === one.system) : shared;
    const matchers = [
      ...(bySystem ? [matcher(system, '=', one.system)] : []),
      ...(namespace === undefined || alike.length === 1 ? [] : [matcher(namespace, '=', one.name)]),
    ];
    return { ...one, latency: { ...one.latency, matchers: [...one.latency.matchers, ...matchers] } };
  });
  const apart = new Map(selected.map((one) => [one.latency.matchers.join(), one]));
  const known = bound.flatMap((one) => (one.own ? [one] : [...apart.values()].filter(({ name }) => name === one.name)));
  return known.map(({ name, binding, latency }) => ({ name, binding, latency }));
}

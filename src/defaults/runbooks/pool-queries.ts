/** How busy connections are, by Little's law and by the agent's gauges. */
import { by, series } from '../../metrics/promql.ts';
import type { Terms } from '../../metrics/timing.ts';
import type { HistogramBinding } from '../../model/metrics.ts';
import type { Service } from '../../model/service.ts';
import { busyBy } from './queries.ts';

/** Outbound connections in use by dependency: the agent's gauge, or Little's law. */
export function outboundBy(
  { metrics: { client, httpPool } }: Service,
  terms: Terms,
  keepInstances: boolean,
): string | undefined {
  if (httpPool?.kind === 'gauge')
    return `max by (${[...(keepInstances ? ['instance'] : []), httpPool.address].join(', ')})(${series(httpPool.used)})`;
  if (client?.latency === undefined) return undefined;
  const each = busyBy(client.latency, terms.window('5m'), 'instance', client.address);
  return keepInstances ? each : `max by (${client.address})(${each})`;
}

/** What tells how long connections are held: the pool's own histogram, else the queries that hold them. */
export function heldBy({ metrics: { databasePool, database } }: Service): HistogramBinding | undefined {
  return databasePool?.useTime ?? database?.latency;
}

/** Connections needed over the maximum, in the busiest instance; of several pools each by itself, where a label separates them. */
export function neededOfMaximum(service: Service, terms: Terms): string | undefined {
  const max = service.metrics.databasePool?.max;
  const held = heldBy(service);
  const declared = service.pools.reduce(
    (sum, pool) => sum + (pool.kind === 'database' && pool.maxConnections !== 'unlimited' ? pool.maxConnections : 0),
    0,
  );
  if (held === undefined || (max === undefined && declared === 0)) return undefined;
  const kept = max === undefined ? [] : poolLabels(service);
  const needed = busyBy(held, terms.window('5m'), 'instance', ...kept);
  return `${maxBy(kept)}(${needed} / ${max === undefined ? declared : `sum ${by('instance', ...kept)}(${series(max)})`})`;
}

/** The size for each instance: the busiest moment of the week, with a quarter left free. */
export function poolSize(service: Service, terms: Terms): string | undefined {
  const held = heldBy(service);
  if (held === undefined) return undefined;
  const kept = poolLabels(service);
  const needed = busyBy(held, terms.window('5m'), 'instance', ...kept);
  return `ceil(${maxBy(kept)}(max_over_time(${needed}[7d:5m])) * 4 / 3)`;
}

/** What tells several pools of a service apart; queries do not say which pool they came through. */
function poolLabels({ pools, metrics: { databasePool } }: Service): readonly string[] {
  const several = pools.filter(({ kind }) => kind === 'database').length > 1;
  return several && databasePool?.useTime !== undefined ? [databasePool.pool] : [];
}

function maxBy(labels: readonly string[]): string {
  return labels.length === 0 ? 'max' : `max ${by(...labels)}`;
}

/** Connections in use, less those that a query keeps busy. */
export function heldWithoutQuery({ metrics: { databasePool, database } }: Service, terms: Terms): string | undefined {
  if (databasePool === undefined || database?.latency === undefined) return undefined;
  const window = terms.window('5m');
  return `sum(avg_over_time(${series(databasePool.used)}[${window}])) - ${busyBy(database.latency, window)}`;
}

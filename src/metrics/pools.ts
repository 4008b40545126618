import type { DatabasePoolBinding, HttpPoolBinding, Matcher, SeriesBinding } from '../model/metrics.ts';
import type { Pool, Service } from '../model/service.ts';
import { steady } from './guards.ts';
import { secondsSpent } from './histogram.ts';
import { type Divided, identityOf } from './identity.ts';
import { by, firstOf, matcher, rename, series, type Window } from './promql.ts';
import type { Terms } from './timing.ts';

type Limited<P extends Pool> = P & { readonly maxConnections: number };
type DatabasePool = Extract<Pool, { kind: 'database' }>;
type HttpPool = Extract<Pool, { kind: 'http' }>;

/** How busy connections are averaged: over a window, or as alerts do it, in their own time, with a fallback for missing scrapes. */
export interface PoolReading {
  readonly window: Window | 'alert';
  /** Keep instances apart (panels), or only the worst one of a pool (rules). */
  readonly perInstance: boolean;
  readonly only?: readonly Matcher[];
}

/** Database pools that one binding reports. */
export interface BoundPools {
  readonly binding: DatabasePoolBinding;
  readonly pools: readonly DatabasePool[];
}

/** The database pools of a service, by what reports them. */
export function databasePoolsOf({ pools, metrics }: Service): readonly BoundPools[] {
  const database = pools.filter((pool) => pool.kind === 'database');
  const own = (pool: DatabasePool) => metrics.databasePools?.[pool.name];
  const common = database.filter((pool) => own(pool) === undefined);
  return [
    ...(metrics.databasePool === undefined || common.length === 0
      ? []
      : [{ binding: metrics.databasePool, pools: common }]),
    ...database.flatMap((pool) => {
      const binding = own(pool);
      return binding === undefined ? [] : [{ binding, pools: [pool] }];
    }),
  ];
}

/** Outbound pools, where anything reports how busy they are. */
export function httpPoolsOf({ pools, metrics }: Service): readonly HttpPool[] {
  const http = pools.filter((pool) => pool.kind === 'http');
  return metrics.httpPool?.kind === 'gauge' || httpLatency({ metrics }) !== undefined ? http : [];
}

function httpLatency({ metrics }: Pick<Service, 'metrics'>) {
  return metrics.httpPool?.kind === 'littles-law' ? metrics.client?.latency : undefined;
}

/** The pools that have a maximum, and something that reports how many connections are in use. */
export function limitedPools(service: Service): readonly Pool[] {
  return [...databasePoolsOf(service).flatMap(({ pools }) => pools), ...httpPoolsOf(service)].filter(isLimited);
}

function isLimited<P extends Pool>(pool: P): pool is Limited<P> {
  return pool.maxConnections !== 'unlimited';
}

/** The bindings that pool utilisation is made of, for the dimensions that they lack. */
export function poolBindings(service: Service): readonly Divided[] {
  const { httpPool, client } = service.metrics;
  const http = httpPoolsOf(service).length === 0 ? undefined : outbound(httpPool, client?.latency);
  return [
    ...databasePoolsOf(service).flatMap(({ binding: { used, max } }) => [used, ...(max === undefined ? [] : [max])]),
    ...(http === undefined ? [] : [http]),
  ];
}

function outbound(httpPool: HttpPoolBinding | undefined, latency: Divided | undefined): Divided | undefined {
  return httpPool?.kind === 'gauge' ? httpPool.used : latency;
}

/**
 * Connections in use over the pool's maximum, for every pool of a service, labelled `pool`. The worst instance
 * counts: an average hides the one that is full. Pools without a maximum are left out.
 */
export function poolUtilisation(terms: Terms, service: Service, reading: PoolReading): string {
  const database = databasePoolsOf(service).flatMap((bound) => {
    const limited = bound.pools.filter(isLimited);
    return limited.length === 0 ? [] : [databaseUtilisation(terms, bound, limited, reading)];
  });
  const http = httpPoolsOf(service)
    .filter(isLimited)
    .map((pool) => httpUtilisation(terms, service, pool, reading));
  return firstOf(...database, ...http);
}

function databaseUtilisation(
  terms: Terms,
  { binding, pools: all }: BoundPools,
  pools: readonly Limited<DatabasePool>[],
  reading: PoolReading,
): string {
  const { pool: label, used, max } = binding;
  const only = reading.only ?? [];
  const identity = identityOf(terms, used, ...(max === undefined ? [] : [max]));
  const keep = [...identity, 'instance', label];
  const inUse = (extra: readonly Matcher[]) => busy(terms, series(used, [...only, ...extra]), keep, reading.window);
  const named = (pool: DatabasePool) => [matcher(label, '=', pool.name)];
  // One pool stands for all that the agent reports; several are told apart, because their maxima differ.
  const declared = pools.map((pool) => `0 * ${inUse(all.length === 1 ? [] : named(pool))} + ${pool.maxConnections}`);
  // 0, -1 and infinity are how agents say "unlimited": a pool with such a maximum would never be full, or always.
  const last = reading.window === 'alert' ? terms.window('5m') : '5m';
  const reported = (max: SeriesBinding) =>
    `sum ${by(...keep)}(last_over_time(${series(max, only)}[${last}])) > 0 < Inf`;
  const maxima = max === undefined ? declared : [reported(max), ...declared];
  const limited = pools.length === all.length ? inUse([]) : firstOf(...pools.map((pool) => inUse(named(pool))));
  const over = pools.length === all.length || pools.length === 1 ? limited : `(${limited})`;
  return worst(`${over} / (${maxima.join(' or ')})`, identity, label, reading.perInstance);
}

function httpUtilisation(terms: Terms, service: Service, pool: Limited<HttpPool>, reading: PoolReading): string {
  const { httpPool, client } = service.metrics;
  const address = httpPool?.kind === 'gauge' ? httpPool.address : (client?.address ?? '');
  const only = [...(reading.only ?? []), ...(pool.address === undefined ? [] : [matcher(address, '=', pool.address)])];
  const identity = identityOf(terms, outbound(httpPool, client?.latency) ?? {});
  const inUse = httpInUse(terms, service, [...identity, 'instance', address], only, reading.window);
  return worst(`${inUse} / ${pool.maxConnections}`, identity, address, reading.perInstance);
}

/** Outbound connections in use: the agent's gauge, or Little's law: rate × mean duration is the rate of the sum. */
function httpInUse(
  terms: Terms,
  { metrics: { httpPool, client } }: Service,
  keep: readonly string[],
  only: readonly Matcher[],
  window: PoolReading['window'],
): string {
  if (httpPool?.kind === 'gauge') return busy(terms, series(httpPool.used, only), keep, window);
  if (client?.latency === undefined) return '';
  return secondsSpent(client.latency, { window: window === 'alert' ? terms.window('2m') : window, keep, only });
}

function busy(terms: Terms, selector: string, keep: readonly string[], window: PoolReading['window']): string {
  return window === 'alert'
    ? steady(terms, selector, keep)
    : `sum ${by(...keep)}(avg_over_time(${selector}[${window}]))`;
}

function worst(expression: string, identity: readonly string[], label: string, perInstance: boolean): string {
  const keep = [...identity, ...(perInstance ? ['instance'] : []), label];
  return rename(`max ${by(...keep)}(${expression})`, label, 'pool');
}

/** Requests that wait for a connection, the most of any instance, or of each where `keep` has it. */
export function waitingFor(
  waiting: NonNullable<DatabasePoolBinding['waiting']>,
  keep: readonly string[],
  window: Window,
  only: readonly Matcher[] = [],
): string {
  return 'gauge' in waiting
    ? `max ${by(...keep)}(${series(waiting.gauge, only)})`
    : `round(max ${by(...keep)}(rate(${series(waiting.seconds, only)}[${window}])))`;
}

/** The largest maximum declared for a service's pools of a kind: where panels draw the ceiling. 0 where there is none. */
export function declaredMaximum(service: Service, kind: Pool['kind']): number {
  const limited = service.pools.filter((pool) => pool.kind === kind).filter(isLimited);
  return Math.max(0, ...limited.map((pool) => pool.maxConnections));
}

import type { Matcher, SeriesBinding } from '../model/metrics.ts';
import type { Pool, Service } from '../model/service.ts';
import { steady } from './guards.ts';
import { sums } from './histogram.ts';
import { by, firstOf, matcher, rename, series, type Window } from './promql.ts';
import type { Timing } from './timing.ts';

type DatabasePool = Extract<Pool, { kind: 'database' }>;
type HttpPool = Extract<Pool, { kind: 'http' }>;

/** How busy connections are averaged: over a window, or as rules do it, in their own time, with a fallback for missing scrapes. */
export interface PoolReading {
  readonly window: Window | Timing;
  /** Keep instances apart (panels), or only the worst one of a pool (rules). */
  readonly perInstance: boolean;
  readonly only?: readonly Matcher[];
}

/**
 * Connections in use over the pool's maximum, for every pool of a service, labelled `pool`. The worst instance
 * counts: an average hides the one that is full.
 */
export function poolUtilisation(service: Service, reading: PoolReading): string {
  const parts: string[] = [];
  const databasePools = service.pools.filter((pool) => pool.kind === 'database');
  if (databasePools.length > 0) parts.push(databaseUtilisation(service, databasePools, reading));
  for (const pool of service.pools) if (pool.kind === 'http') parts.push(httpUtilisation(service, pool, reading));
  return firstOf(...parts);
}

function databaseUtilisation(service: Service, pools: readonly DatabasePool[], reading: PoolReading): string {
  const { pool: label, used, max } = service.metrics.databasePool;
  const only = reading.only ?? [];
  const keep = ['job', 'instance', label];
  const inUse = (extra: readonly Matcher[]) => busy(series(used, [...only, ...extra]), keep, reading.window);
  // One pool stands for all that the agent reports; several are told apart, because their maxima differ.
  const declared = pools.map((pool) => {
    const extra = pools.length === 1 ? [] : [matcher(label, '=', pool.name)];
    return `0 * ${inUse(extra)} + ${pool.maxConnections}`;
  });
  // 0, -1 and infinity are how agents say "unlimited": a pool with such a maximum would never be full, or always.
  const last = typeof reading.window === 'string' ? '5m' : reading.window.window('5m');
  const reported = (binding: SeriesBinding) =>
    `sum ${by(...keep)}(last_over_time(${series(binding, only)}[${last}])) > 0 < Inf`;
  const maxima = max === undefined ? declared : [reported(max), ...declared];
  return worst(`${inUse([])} / (${maxima.join(' or ')})`, label, reading.perInstance);
}

function httpUtilisation(service: Service, pool: HttpPool, reading: PoolReading): string {
  const binding = service.metrics.httpPool;
  const address = binding.kind === 'gauge' ? binding.address : service.metrics.client.address;
  const only = [...(reading.only ?? []), ...(pool.address === undefined ? [] : [matcher(address, '=', pool.address)])];
  const keep = ['job', 'instance', address];
  return worst(
    `${httpInUse(service, keep, only, reading.window)} / ${pool.maxConnections}`,
    address,
    reading.perInstance,
  );
}

/** Outbound connections in use: the agent's gauge, or Little's law: rate × mean duration is the rate of the sum. */
function httpInUse(
  service: Service,
  keep: readonly string[],
  only: readonly Matcher[],
  window: PoolReading['window'],
): string {
  const binding = service.metrics.httpPool;
  if (binding.kind === 'gauge') return busy(series(binding.used, only), keep, window);
  return `sum ${by(...keep)}(rate(${sums(service.metrics.client, only)}[${typeof window === 'string' ? window : window.window('2m')}]))`;
}

function busy(selector: string, keep: readonly string[], window: PoolReading['window']): string {
  return typeof window === 'string'
    ? `sum ${by(...keep)}(avg_over_time(${selector}[${window}]))`
    : steady(window, selector, keep);
}

function worst(expression: string, label: string, perInstance: boolean): string {
  return rename(`max ${by('job', ...(perInstance ? ['instance'] : []), label)}(${expression})`, label, 'pool');
}

/** The largest maximum declared for a service's pools of a kind: where panels draw the ceiling. */
export function declaredMaximum(service: Service, kind: Pool['kind']): number {
  return Math.max(0, ...service.pools.filter((pool) => pool.kind === kind).map((pool) => pool.maxConnections));
}

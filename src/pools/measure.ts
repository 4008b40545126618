/** Asks Prometheus what a service's pools were used for. */

import { secondsSpent } from '../metrics/histogram.ts';
import { identityOf } from '../metrics/identity.ts';
import { matcher } from '../metrics/index.ts';
import { databasePoolsOf, waitingFor } from '../metrics/pools.ts';
import { by, series as select } from '../metrics/promql.ts';
import { rate } from '../metrics/requests.ts';
import type { Terms } from '../metrics/timing.ts';
import { toSeconds } from '../model/duration.ts';
import { groupBy } from '../model/group-by.ts';
import type { DatabasePoolBinding, HistogramBinding, SeriesBinding } from '../model/metrics.ts';
import type { PoolReport, PoolSizing } from '../model/pool-sizing.ts';
import type { Prometheus, TimeSeries } from '../model/prometheus.ts';
import type { Pool, Service } from '../model/service.ts';
import type { Point, Span } from '../model/time.ts';
import { sizePool } from './sizing.ts';

/** Connections are averaged over this: shorter bursts queue for moments, and that is what a pool is for. */
const WINDOW = '5m';
/** Points of a series in one answer: a week of five minutes. Longer ranges are asked for week by week. */
const POINTS = 2016;

/**
 * Sizes the pools of services by what they were used for.
 *
 * @throws ExplainedError if Prometheus cannot be asked.
 */
export async function sizePools(
  terms: Terms,
  services: readonly Service[],
  span: Span,
  prometheus: Prometheus,
): Promise<PoolReport> {
  const warnings = new Set<string>();
  const pieces = piecesOf(span);
  const ask: Ask = async (expression) => {
    const answers = await Promise.all(pieces.map((piece) => prometheus.range(expression, piece)));
    for (const warning of answers.flatMap((answer) => answer.warnings)) warnings.add(warning);
    return joined(answers.flatMap(({ series }) => series));
  };
  const pools = await Promise.all(
    services.flatMap((service) => [
      ...databasePoolsOf(service).flatMap(({ binding, pools: own }) =>
        own.map((pool) => sizeDatabasePool({ terms, service, ask }, binding, pool, own.length === 1)),
      ),
      ...service.pools
        .filter((pool) => pool.kind === 'http')
        .map((pool) => sizeHttpPools({ terms, service, ask }, pool)),
    ]),
  );
  return { ...span, prometheus: prometheus.address, pools: pools.flat(), warnings: [...warnings].sort() };
}

/**
 * A range in pieces, the oldest first. Steps end at the range's end and are no longer than the window, so that no
 * moment is left out; the first window lies in the range.
 */
function piecesOf({ from, until }: Span): readonly (Span & { readonly step: number })[] {
  const window = toSeconds(WINDOW);
  const step = Math.min(window, Math.max(60, Math.ceil((until - from) / POINTS / 60) * 60));
  const pieces: (Span & { readonly step: number })[] = [];
  for (let end = until; end === until || end >= from + window; end -= POINTS * step) {
    const steps = Math.min(POINTS - 1, Math.max(0, Math.floor((end - from - window) / step)));
    pieces.unshift({ from: end - steps * step, until: end, step });
  }
  return pieces;
}

/** Series that came in pieces. */
function joined(series: readonly TimeSeries[]): readonly TimeSeries[] {
  return [...groupBy(series, ({ labels }) => keyOf(labels)).values()].map((parts) => ({
    labels: parts[0]?.labels ?? {},
    points: parts.flatMap(({ points }) => points),
  }));
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort());
}

type Ask = (expression: string) => Promise<readonly TimeSeries[]>;

/** Whose pool is sized, and whom to ask. */
interface Sizing {
  readonly terms: Terms;
  readonly service: Service;
  readonly ask: Ask;
}

/** @param alone the binding reports no other pool of the service */
async function sizeDatabasePool(
  { terms, service, ask }: Sizing,
  { pool: label, used, max, waiting, useTime }: DatabasePoolBinding,
  pool: Extract<Pool, { kind: 'database' }>,
  alone: boolean,
): Promise<readonly PoolSizing[]> {
  const queries = service.metrics.database?.latency;
  // One declared pool stands for all that the agent reports.
  const only = alone ? [] : [matcher(label, '=', pool.name)];
  const keep = [...identityOf(terms, used), 'instance'];
  const gauge = (binding: SeriesBinding | undefined) =>
    binding === undefined ? [] : ask(`sum ${by(...keep)}(max_over_time(${select(binding, only)}[${WINDOW}]))`);
  const held =
    useTime === undefined ? [] : await little({ ...useTime, matchers: [...useTime.matchers, ...only] }, keep, ask);
  const [taken, reported, sizes, queued] = await Promise.all([
    // Without the time connections are held, queries tell the least of it; they do not tell pools apart.
    held.length === 0 && alone && queries !== undefined ? little(queries, keep, ask) : held,
    gauge(used),
    gauge(max),
    waiting === undefined
      ? []
      : 'gauge' in waiting
        ? gauge(waiting.gauge)
        : ask(waitingFor(waiting, keep, WINDOW, only)),
  ]);
  const maximum = highest(sizes) ?? declared(pool);
  // Nothing to be near: there is no size to judge.
  if (maximum === undefined) return [];
  return [
    sizePool({
      service,
      pool: pool.name,
      kind: 'database',
      maximum,
      slowFrom: service.thresholds.queryP95.above.value,
      demand: taken.map(({ demand }) => demand),
      taken: taken.map((one) => one.taken),
      reported: highest(reported),
      waiting: highest(queued),
    }),
  ];
}

/** An outbound pool has its maximum for each address it calls. */
async function sizeHttpPools(
  { terms, service, ask }: Sizing,
  pool: Extract<Pool, { kind: 'http' }>,
): Promise<readonly PoolSizing[]> {
  const { client, httpPool } = service.metrics;
  const maximum = declared(pool);
  if (client?.latency === undefined || maximum === undefined) return [];
  const { latency } = client;
  const only = pool.address === undefined ? [] : [matcher(client.address, '=', pool.address)];
  const taken = await little(
    { ...latency, matchers: [...latency.matchers, ...only] },
    [...identityOf(terms, latency), 'instance', client.address],
    ask,
  );
  const gauge = httpPool?.kind === 'gauge' ? httpPool : undefined;
  const reported =
    gauge === undefined
      ? []
      : await ask(
          `sum ${by(...identityOf(terms, gauge.used), 'instance', gauge.address)}(max_over_time(${select(gauge.used)}[${WINDOW}]))`,
        );
  const addresses = [...new Set(taken.map(({ labels }) => labels[client.address] ?? ''))].sort();
  const known = addresses.length === 0 ? [pool.address ?? pool.name] : addresses;
  return known.map((address) => {
    const own = taken.filter(({ labels }) => labels[client.address] === address);
    const seen = reported.filter(({ labels }) => gauge !== undefined && labels[gauge.address] === address);
    return sizePool({
      service,
      pool: address,
      kind: 'http',
      maximum,
      slowFrom: service.thresholds.latencyP95.above.value,
      demand: own.map(({ demand }) => demand),
      taken: own.map((one) => one.taken),
      reported: highest(seen),
      waiting: undefined,
    });
  });
}

interface Little {
  readonly labels: Readonly<Record<string, string>>;
  readonly demand: readonly Point[];
  readonly taken: readonly Point[];
}

/** Little's law from a histogram of durations: the rate of its sum is rate × mean. */
async function little(histogram: HistogramBinding, keep: readonly string[], ask: Ask): Promise<readonly Little[]> {
  const [demand, taken] = await Promise.all([
    ask(secondsSpent(histogram, { window: WINDOW, keep })),
    ask(rate({ in: { histogram } }, { window: WINDOW, keep })),
  ]);
  const rates = new Map(taken.map(({ labels, points }) => [keyOf(labels), points]));
  return demand.map(({ labels, points }) => ({ labels, demand: points, taken: rates.get(keyOf(labels)) ?? [] }));
}

/** What the facts say of a pool's maximum; undefined where it has none. */
function declared({ maxConnections }: Pool): number | undefined {
  return maxConnections === 'unlimited' ? undefined : maxConnections;
}

function highest(series: readonly TimeSeries[]): number | undefined {
  const values = series.flatMap(({ points }) => points.map(({ value }) => value)).filter(Number.isFinite);
  return values.length === 0 ? undefined : values.reduce((most, value) => Math.max(most, value));
}

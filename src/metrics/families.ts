/** The families of a service's telemetry: what has to be there for its panels and alerts to see. */
import type { HistogramBinding, RequestBinding, ServerBinding } from '../model/metrics.ts';
import type { Service } from '../model/service.ts';
import type { Watched } from './absence.ts';
import { databasesOf } from './databases.ts';
import { observations } from './histogram.ts';
import { databasePoolsOf, httpPoolsOf } from './pools.ts';
import { matcher, series } from './promql.ts';
import { bindingOf, countedSeries, requestsOf } from './requests.ts';

/** A family, and whether it is missed with requests to serve only: a service that nobody calls queries nothing. */
export type WatchedFamily = Watched & {
  readonly whileBusy: boolean;
  /** The metric that it is known by. */
  readonly metric: string;
};

/**
 * What a service's alerts and panels cannot do without, by its facts.
 *
 * @example watchedFamilies(service).map(({ family }) => family) // ['server', 'query', 'cpu', 'memory']
 */
export function watchedFamilies(service: Service): readonly WatchedFamily[] {
  const { server, client, httpPool, cpu, memory } = service.metrics;
  const databases = databasesOf(service);
  const pools = databasePoolsOf(service);
  return [
    ...(server === undefined ? [] : [...requestFamilies('server', server), ...statusFamily(server)]),
    ...databases.map(({ name, latency }) => ({
      family: databases.length === 1 ? 'query' : `query ${name}`,
      selector: (extra: readonly string[]) => observations(latency, extra),
      binding: latency,
      metric: metricOf(latency),
      whileBusy: true,
    })),
    ...pools.map(({ binding, pools: [pool] }) => ({
      family: pools.length === 1 ? 'database pool' : `database pool ${pool?.name ?? ''}`,
      selector: (extra: readonly string[]) => series(binding.used, extra),
      binding: binding.used,
      metric: binding.used.name,
      whileBusy: true,
    })),
    ...(httpPool?.kind !== 'gauge' || httpPoolsOf(service).length === 0
      ? []
      : [
          {
            family: 'http pool',
            selector: (extra: readonly string[]) => series(httpPool.used, extra),
            binding: httpPool.used,
            metric: httpPool.used.name,
            whileBusy: true,
          },
        ]),
    ...(client === undefined || service.dependencies.length === 0 ? [] : [requestFamily('dependency', client, true)]),
    ...[['cpu', cpu?.usage] as const, ['memory', memory?.usage] as const].flatMap(([family, usage]) =>
      usage === undefined
        ? []
        : [
            {
              family,
              selector: (extra: readonly string[]) => series(usage, extra),
              binding: usage,
              metric: usage.name,
              whileBusy: false,
            },
          ],
    ),
  ];
}

/** Requests and their latency are one family where one histogram holds both. */
function requestFamilies(family: string, binding: RequestBinding): readonly WatchedFamily[] {
  const { latency, requests } = binding;
  if (latency === undefined) return [requestFamily(family, binding, false)];
  const timed = {
    family: 'counter' in requests ? `${family} latency` : family,
    selector: (extra: readonly string[]) => observations(latency, extra),
    binding: latency,
    metric: metricOf(latency),
    whileBusy: false,
  };
  return 'counter' in requests ? [requestFamily(family, binding, false), timed] : [timed];
}

/**
 * The status that failures are found by: renamed, no request would match any more, and a service that fails would look
 * well. Where failures are what a matcher refuses, requests without it count as failed, and are heard at once.
 */
function statusFamily(server: ServerBinding): readonly WatchedFamily[] {
  const { failures, status } = server;
  if (failures === undefined || status === undefined || !('where' in failures)) return [];
  const positive = new RegExp(`^"?${status.replace(/[.]/g, '[.]')}"?\\s*(=~|=)`).test(failures.where);
  if (!positive) return [];
  const watched = requestFamily('server status', server, true);
  return [{ ...watched, selector: (extra) => watched.selector([...extra, matcher(status, '!=', '')]) }];
}

function requestFamily(family: string, binding: RequestBinding, whileBusy: boolean): WatchedFamily {
  const counted = requestsOf(binding);
  return {
    family,
    selector: (extra) => countedSeries(counted, extra),
    binding: bindingOf(counted),
    metric: 'counter' in counted.in ? counted.in.counter.name : metricOf(counted.in.histogram),
    whileBusy,
  };
}

/** By which a histogram is known: that of its count, or its own name where it is a native one. */
function metricOf({ name, buckets }: HistogramBinding): string {
  return buckets === 'native' ? name : `${name}_count`;
}

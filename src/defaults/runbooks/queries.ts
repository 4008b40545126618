/** The queries that pages show, made of the services' bindings by the functions that panels and rules are made by. */
import { buckets, counts, quantile, type Reading, rate, sums } from '../../metrics/histogram.ts';
import { otel } from '../../metrics/profiles/otel.ts';
import { by, firstOf, matcher, select, series } from '../../metrics/promql.ts';
import type { Timing } from '../../metrics/timing.ts';
import type { HistogramBinding, Matcher, MetricProfile, ServerBinding } from '../../model/metrics.ts';
import type { Service } from '../../model/service.ts';
import { hasPool } from './about.ts';

/** How long ago "before" is, and how it is averaged then. */
const BEFORE = { offset: '1h' } as const;

/** Now over an hour ago; near 1 where nothing has changed. */
export function againstBefore(expression: (offset: { readonly offset?: string }) => string): string {
  return `(${expression({})}) / (${expression(BEFORE)})`;
}

/** The service's job, for metrics that Prometheus itself records of it; undefined where it is found by other labels. */
export function jobOf({ metrics: { server } }: Service): Matcher | undefined {
  return server.matchers.find((one) => one.startsWith('job="'));
}

/** The share of failed requests; a service that is missing in the answer fails nothing. */
export function failedShare(server: ServerBinding, reading: Reading): string {
  return `${rate(server, { ...reading, only: [server.failed] })} / ${rate(server, reading)}`;
}

/** Seconds of work each second: connections that are busy, by Little's law. */
export function busyBy(histogram: HistogramBinding, window: Reading['window'], ...labels: string[]): string {
  const kept = labels.length === 0 ? '' : ` ${by(...labels)}`;
  return `sum${kept}(rate(${sums(histogram)}[${window}]))`;
}

/** How long one observation takes on average, against an hour ago. */
export function meanAgainstBefore(histogram: HistogramBinding, window: Reading['window']): string {
  return againstBefore(({ offset }) => {
    const at = offset === undefined ? '' : ` offset ${offset}`;
    return `sum(rate(${sums(histogram)}[${window}]${at})) / sum(rate(${counts(histogram)}[${window}]${at}))`;
  });
}

/** How often it happens, against an hour ago. */
export function rateAgainstBefore(histogram: HistogramBinding, window: Reading['window']): string {
  return againstBefore(({ offset }) => totalRate(histogram, window, offset));
}

/** Observations a second, whoever makes them. */
export function totalRate(histogram: HistogramBinding, window: Reading['window'], offset?: string): string {
  return `sum(rate(${counts(histogram)}[${window}]${offset === undefined ? '' : ` offset ${offset}`}))`;
}

/** How often something happens for each request that is served, against an hour ago. */
export function perRequestAgainstBefore(
  { metrics: { server } }: Service,
  histogram: HistogramBinding,
  window: Reading['window'],
): string {
  return againstBefore(
    ({ offset }) => `${totalRate(histogram, window, offset)} / ${totalRate(server, window, offset)}`,
  );
}

/** Which versions run; undefined where the agent does not say. */
export function versionsOf({ metrics: { version } }: Service): string | undefined {
  return version === undefined ? undefined : `count by (${version.label})(${series(version.series)})`;
}

/** p95 of each version that runs. */
export function latencyByVersion({ metrics: { server, version } }: Service, timing: Timing): string | undefined {
  if (version === undefined) return undefined;
  const { label } = version;
  return `histogram_quantile(0.95, sum by (${label}, le)(rate(${buckets(server)}[${timing.window('5m')}]) * on (job, instance) group_left (${label}) ${series(version.series)}))`;
}

/** What an agent of OpenTelemetry tells of each instance besides its version: labels of resource attributes. */
const ATTRIBUTES = ['k8s_pod_name', 'k8s_node_name'] as const;

export function whatSetsApart({ metrics: { version } }: Service): string | undefined {
  if (version === undefined) return undefined;
  return `group by (${['instance', version.label, ...ATTRIBUTES].join(', ')})(${series(version.series)})`;
}

/** One answer for each family of the service's metrics that is missing. */
export function missingFamilies(service: Service, timing: Timing): string {
  const { server, client, database, databasePool, httpPool, cpu, memory } = service.metrics;
  const gone = (family: string, selector: string, usual: '5m' | '10m') =>
    `label_replace(absent_over_time(${selector}[${timing.window(usual)}]), "family", "${family}", "", "")`;
  const infinite = (histogram: HistogramBinding) => buckets(histogram, [matcher('le', '=', '+Inf')]);
  return firstOf(
    gone('server', infinite(server), '5m'),
    ...(service.databases.length > 0 ? [gone('query', infinite(database), '10m')] : []),
    ...(hasPool(service, 'database') ? [gone('database pool', series(databasePool.used), '10m')] : []),
    ...(hasPool(service, 'http') && httpPool.kind === 'gauge' ? [gone('http pool', series(httpPool.used), '10m')] : []),
    ...(service.dependencies.length > 0 ? [gone('dependency', counts(client), '10m')] : []),
    gone('cpu', series(cpu.usage), '5m'),
    gone('memory', series(memory.usage), '5m'),
  );
}

/** Seconds since the service's requests were last seen. */
export function lastSeen({ metrics: { server } }: Service): string {
  return `time() - max(max_over_time(timestamp(${buckets(server)})[6h:1m]))`;
}

/** The series of one boundary; an agent writes it as `2` or as `2.0`. */
export function boundary(histogram: HistogramBinding, seconds: number): string {
  const written = String(seconds).replace('.', '[.]');
  const both = Number.isInteger(seconds) ? `${written}|${written}[.]0` : written;
  return `count by (le)(${buckets(histogram, [matcher('le', '=~', both)])})`;
}

/** Whether a family is recorded as OpenTelemetry names it, so that its further labels can be asked for. */
export function isOtel(family: 'server' | 'client', { metrics }: Service): boolean {
  // Other agents share a name, but not its labels.
  const shape = (one: MetricProfile) => JSON.stringify({ ...one[family], matchers: [] });
  return shape(metrics) === shape(OTEL);
}

const OTEL = otel({ job: '' });

/** Requests that are worked on; OpenTelemetry has a gauge of them, which only tells a hang from silence. */
export function inWork(service: Service): string | undefined {
  const job = jobOf(service);
  if (job === undefined || !isOtel('server', service)) return undefined;
  return `sum by (instance)(${select('http_server_active_requests', [job])})`;
}

/** p95 of a histogram, over the last minutes. */
export function p95(histogram: HistogramBinding, timing: Timing, keep: readonly string[], only?: Matcher): string {
  return quantile(histogram, 0.95, {
    window: timing.window('5m'),
    keep,
    ...(only === undefined ? {} : { only: [only] }),
  });
}

/** The queries that pages show, made of the services' bindings by the functions that panels and rules are made by. */
import { familyAbsent } from '../../metrics/absence.ts';
import { bindingsOf } from '../../metrics/bindings.ts';
import { watchedFamilies } from '../../metrics/families.ts';
import { buckets, quantile, secondsSpent } from '../../metrics/histogram.ts';
import { identityOf } from '../../metrics/identity.ts';
import { otel } from '../../metrics/profiles/otel.ts';
import { firstOf, labelled, matcher, on, select, series } from '../../metrics/promql.ts';
import { type Counted, type Judged, type Reading, rate, requestsOf } from '../../metrics/requests.ts';
import type { Terms } from '../../metrics/timing.ts';
import type { HistogramBinding, Matcher, MetricProfile } from '../../model/metrics.ts';
import type { Service } from '../../model/service.ts';

/** How long ago "before" is, and how it is averaged then. */
const BEFORE = { offset: '1h' } as const;

/** Now over an hour ago; near 1 where nothing has changed. */
export function againstBefore(expression: (offset: { readonly offset?: string }) => string): string {
  return `(${expression({})}) / (${expression(BEFORE)})`;
}

/** The service's job, for metrics that Prometheus itself records of it; undefined where it is found by other labels. */
export function jobOf({ metrics }: Service): Matcher | undefined {
  return bindingsOf(metrics)
    .flatMap(({ matchers }) => matchers)
    .find((one) => one.startsWith('job="'));
}

/** The share of failed requests; a service that is missing in the answer fails nothing. */
export function failedShare({ all, failed }: Judged, reading: Reading): string {
  return `${rate(failed, reading)} / ${rate(all, reading)}`;
}

/** The most of what is kept apart; nothing where there is no such query. */
export function top(most: number, expression: string | undefined): string | undefined {
  return expression && `topk(${most}, ${expression})`;
}

/** Seconds of work each second: connections that are busy, by Little's law. */
export function busyBy(histogram: HistogramBinding, window: Reading['window'], ...keep: string[]): string {
  return secondsSpent(histogram, { window, keep });
}

/** How long one observation takes on average, against an hour ago. */
export function meanAgainstBefore(histogram: HistogramBinding, window: Reading['window']): string {
  return againstBefore(
    (before) =>
      `${secondsSpent(histogram, { window, keep: [], ...before })} / ${totalRate({ in: { histogram } }, window, before.offset)}`,
  );
}

/** How often it happens, against an hour ago. */
export function rateAgainstBefore(counted: Counted, window: Reading['window']): string {
  return againstBefore(({ offset }) => totalRate(counted, window, offset));
}

/** How many a second, whoever makes them. */
export function totalRate(counted: Counted, window: Reading['window'], offset?: string): string {
  return rate(counted, { window, keep: [], ...(offset === undefined ? {} : { offset }) });
}

/** How often something happens for each request that is served, against an hour ago; undefined where none is. */
export function perRequestAgainstBefore(
  { metrics: { server } }: Service,
  counted: Counted,
  window: Reading['window'],
): string | undefined {
  if (server === undefined) return undefined;
  const served = requestsOf(server);
  return againstBefore(({ offset }) => `${totalRate(counted, window, offset)} / ${totalRate(served, window, offset)}`);
}

/** Which versions run; undefined where the agent does not say. */
export function versionsOf({ metrics: { version } }: Service): string | undefined {
  return version === undefined ? undefined : `count by (${version.label})(${series(version.series)})`;
}

/** p95 of each version that runs. */
export function latencyByVersion({ metrics: { server, version } }: Service, terms: Terms): string | undefined {
  const latency = server?.latency;
  // A native histogram has no single number to multiply.
  if (version === undefined || latency === undefined || latency.buckets === 'native') return undefined;
  const { label } = version;
  const instance = on(...identityOf(terms, latency, version.series), 'instance');
  return `histogram_quantile(0.95, sum by (${label}, le)(rate(${buckets(latency)}[${terms.window('5m')}]) * ${instance} group_left (${label}) ${series(version.series)}))${latency.unit === 'ms' ? ' / 1000' : ''}`;
}

/** What an agent of OpenTelemetry tells of each instance besides its version: labels of resource attributes. */
const ATTRIBUTES = ['k8s_pod_name', 'k8s_node_name'] as const;

export function whatSetsApart({ metrics: { version } }: Service): string | undefined {
  if (version === undefined) return undefined;
  return `group by (${['instance', version.label, ...ATTRIBUTES].join(', ')})(${series(version.series)})`;
}

/** One answer for each family of the service's metrics that is missing. */
export function missingFamilies(service: Service, terms: Terms): string {
  return firstOf(
    ...watchedFamilies(service).map(({ whileBusy, ...watched }) => {
      // One region of two leaves the other to answer: each is asked for by itself.
      if (terms.dimensions.length > 0) return `(${familyAbsent(terms, watched)}) > 0`;
      const { family, selector } = watched;
      return labelled(`absent_over_time(${selector([])}[${terms.window(whileBusy ? '10m' : '5m')}])`, { family });
    }),
  );
}

/** Seconds since the first of the service's families was last seen. */
export function lastSeen(service: Service): string | undefined {
  const [first] = watchedFamilies(service);
  return first && `time() - max(max_over_time(timestamp(${first.selector([])})[6h:1m]))`;
}

/** The series of one boundary; an agent writes it as `2` or as `2.0`. */
export function boundary(histogram: HistogramBinding | undefined, seconds: number): string | undefined {
  if (histogram === undefined || histogram.buckets === 'native') return undefined;
  const limit = histogram.unit === 'ms' ? seconds * 1000 : seconds;
  const written = String(limit).replace('.', '[.]');
  const both = Number.isInteger(limit) ? `${written}|${written}[.]0` : written;
  return `count by (le)(${buckets(histogram, [matcher('le', '=~', both)])})`;
}

/** Whether a family is recorded as OpenTelemetry names it, so that its further labels can be asked for. */
export function isOtel(family: 'server' | 'client', { metrics }: Service): boolean {
  // Other agents share a name, but not its labels.
  const shape = (one: MetricProfile) =>
    JSON.stringify(one[family], (key, value: unknown) => (key === 'matchers' ? undefined : value));
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
export function p95(
  histogram: HistogramBinding | undefined,
  terms: Terms,
  keep: readonly string[],
  only?: Matcher,
): string | undefined {
  return (
    histogram &&
    quantile(histogram, 0.95, {
      window: terms.window('5m'),
      keep,
      ...(only === undefined ? {} : { only: [only] }),
    })
  );
}

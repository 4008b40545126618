/** Asks Prometheus what the gate judges. Expressions are those of the signals and of their histograms. */

import { databasesOf } from '../metrics/databases.ts';
import { lookBackOfQuantile, lookBackOfRatio } from '../metrics/guards.ts';
import { buckets, observed } from '../metrics/histogram.ts';
import { identityOf } from '../metrics/identity.ts';
import { findSignal, matcher, signals } from '../metrics/index.ts';
import { firstOf, labelled, series as seriesOf } from '../metrics/promql.ts';
import { bindingOf, increase, judgedOf, type Reading, requestsOf } from '../metrics/requests.ts';
import { type Terms, termsOf } from '../metrics/timing.ts';
import { toSeconds } from '../model/duration.ts';
import type { HistogramBinding, Matcher } from '../model/metrics.ts';
import type { Answer, Prometheus } from '../model/prometheus.ts';
import type { Catalog, Service } from '../model/service.ts';
import type { Signal } from '../model/signal.ts';
import type { Point, Span } from '../model/time.ts';
import type { WindowValue } from './baseline.ts';
import type { GatedSignal, LookBack } from './judge.ts';

/** A signal that the gate judges, with what counts its observations. */
export interface Gated {
  readonly id: GatedSignal;
  readonly signal: Signal;
  /** PromQL for the observations in a window. Requests for pools too: one that nobody asks anything of proves nothing. */
  readonly observed: (reading: Pick<Reading, 'window' | 'only'>) => string;
  readonly counted: 'requests' | 'queries';
  /** The histograms of a quantile, which is as exact as their buckets; native ones always are. */
  readonly bucketed: readonly HistogramBinding[];
  /**
   * The seconds that an evaluation of its alert looks back, or PromQL for them: nothing where the alert's guard is
   * closed, so that it reads 0 whatever happens.
   */
  readonly lookBack: number | string;
  /** Families of telemetry, as in ServiceTelemetryAbsent, without which it says nothing. */
  readonly families: readonly string[];
}

/** The signals of a service that the gate judges. Borrowed ones are judged where they are measured. */
export function gatedSignals(service: Service, catalog: Catalog): readonly Gated[] {
  const terms = termsOf(catalog);
  const own = signals(service, catalog);
  const wanted = [...ofRequests(terms, service), ...ofQueries(terms, service)];
  return GATED.flatMap((id) => wanted.filter((one) => one.id === id)).flatMap((one) => {
    const signal = findSignal(own, one.id);
    return signal === undefined || signal.fromDependency === true ? [] : [{ ...one, signal }];
  });
}

/** As reports list them: what users feel, then what it comes from. */
const GATED: readonly GatedSignal[] = ['latency-p95', 'query-p95', 'error-ratio', 'pool-utilisation'];

type Wanted = Omit<Gated, 'signal'>;

function ofRequests(terms: Terms, { metrics, thresholds }: Service): readonly Wanted[] {
  const { server } = metrics;
  if (server === undefined) return [];
  const { latency } = server;
  const judged = judgedOf(server);
  const all = requestsOf(server);
  const keep = identityOf(terms, bindingOf(all));
  const requests = {
    counted: 'requests',
    observed: (reading: Pick<Reading, 'window' | 'only'>) => increase(all, { ...reading, keep }),
    bucketed: [],
  } as const;
  return [
    ...(latency === undefined
      ? []
      : [
          {
            ...requests,
            id: 'latency-p95',
            observed: (reading) => observed(latency, { ...reading, keep: identityOf(terms, latency) }),
            bucketed: classic([latency]),
            lookBack: lookBackOfQuantile(terms, latency),
            families: ['server', 'server latency'],
          } satisfies Wanted,
        ]),
    ...(judged === undefined
      ? []
      : [
          {
            ...requests,
            id: 'error-ratio',
            lookBack: lookBackOfRatio(terms, judged, thresholds.errorRatio.above.value),
            families: ['server'],
          } satisfies Wanted,
        ]),
    // Gauges have no guard; where scrapes are missing, the last one of five minutes counts.
    {
      ...requests,
      id: 'pool-utilisation',
      lookBack: toSeconds(terms.window('5m')),
      families: ['database pool', 'http pool'],
    },
  ];
}

function ofQueries(terms: Terms, service: Service): readonly Wanted[] {
  const databases = databasesOf(service);
  if (databases.length === 0) return [];
  const each = (expression: (latency: HistogramBinding) => string) =>
    firstOf(
      ...databases.map(({ name, latency }) =>
        databases.length === 1 ? expression(latency) : labelled(expression(latency), { database: name }),
      ),
    );
  return [
    {
      id: 'query-p95',
      counted: 'queries',
      observed: (reading) => each((latency) => observed(latency, { ...reading, keep: identityOf(terms, latency) })),
      bucketed: classic(databases.map(({ latency }) => latency)),
      lookBack: each((latency) => lookBackOfQuantile(terms, latency)),
      families: ['query', ...databases.map(({ name }) => `query ${name}`)],
    },
  ];
}

function classic(histograms: readonly HistogramBinding[]): readonly HistogramBinding[] {
  return histograms.filter(({ buckets: bounds }) => bounds !== 'native');
}

/** A series of a signal with its values at the evaluations. */
export interface Track {
  readonly series: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
}

/** Questions to one Prometheus; what it warns of is kept. */
export interface WindowReader {
  /** A signal as its alert sees it, at every step. */
  track(signal: Signal, span: Span, step: number): Promise<readonly Track[]>;
  /** How far the evaluations of a signal's alert look back, for each of its series. */
  lookBack(gated: Gated, span: Span, step: number): Promise<(series: Track['series']) => LookBack>;
  /** A signal over a whole window, of some instances only. */
  whole(gated: Gated, span: Span, only?: readonly Matcher[]): Promise<readonly WindowValue[]>;
  /** Observations in a window, for each series of a signal; undefined where there is none at all. */
  observations(gated: Gated, span: Span): Promise<(series: Track['series']) => number | undefined>;
  /** Upper boundaries, in seconds, that all histograms of a quantile have, without infinity. */
  boundaries(gated: Gated, span: Span): Promise<readonly number[]>;
  /** The instances that ran a version, by the profile's `target_info`. */
  instances(service: Service, version: string, span: Span): Promise<readonly string[]>;
  /** When, within a span, a version was last seen. */
  lastSeen(service: Service, version: string, span: Span): Promise<number | undefined>;
  warnings(): readonly string[];
}

/** Answers of Prometheus as the gate wants them. */
export function openWindowReader(prometheus: Prometheus): WindowReader {
  const warnings = new Set<string>();
  const collectWarnings = async (answer: Promise<Answer>): Promise<Answer['series']> => {
    const { series, warnings: said } = await answer;
    for (const warning of said) warnings.add(warning);
    return series;
  };
  const counted = async ({ signal, observed }: Gated, span: Span, only: readonly Matcher[]) => {
    const answer = await collectWarnings(prometheus.instant(observed({ window: windowOf(span), only }), span.until));
    const entries = answer.flatMap(({ labels, points: [point] }) =>
      point === undefined || Number.isNaN(point.value)
        ? []
        : [{ series: labelsKept(signal, labels), value: point.value }],
    );
    return (series: Track['series']) => entryOf(entries, series)?.value;
  };

  return {
    async track(signal, span, step) {
      const answer = await collectWarnings(prometheus.range(signal.alertExpression, { ...span, step }));
      return answer.map(({ labels, points }) => ({
        series: labelsKept(signal, labels),
        points: points.filter(({ value }) => !Number.isNaN(value)),
      }));
    },
    async lookBack({ lookBack, signal }, span, step) {
      if (typeof lookBack === 'number') return () => () => lookBack;
      const answer = await collectWarnings(prometheus.range(lookBack, { ...span, step }));
      const entries = answer.map(({ labels, points }) => ({
        series: labelsKept(signal, labels),
        seconds: new Map(points.map(({ at, value }) => [at, value])),
      }));
      return (series) => {
        const own = entryOf(entries, series);
        return (at) => own?.seconds.get(at);
      };
    },
    async whole(gated, span, only = []) {
      const { id, signal } = gated;
      const [values, observations] = await Promise.all([
        collectWarnings(prometheus.instant(signal.panelExpression(windowOf(span), only), span.until)),
        counted(gated, span, only),
      ]);
      // Panels keep the instances of a pool apart; the worst one counts, as in the alert.
      const worst = new Map<string, WindowValue>();
      for (const { labels, points } of values) {
        const value = points[0]?.value;
        if (value === undefined || Number.isNaN(value)) continue;
        const series = labelsKept(signal, labels);
        const key = JSON.stringify(series);
        if ((worst.get(key)?.value ?? -1) < value) {
          worst.set(key, { signal: id, series, value, observations: observations(series) ?? 0 });
        }
      }
      return [...worst.values()];
    },
    observations: (gated, span) => counted(gated, span, []),
    async boundaries({ bucketed }, span) {
      const each = await Promise.all(
        bucketed.map(async (histogram) => {
          const expression = `count by (le)(last_over_time(${buckets(histogram)}[${windowOf(span)}]))`;
          const answer = await collectWarnings(prometheus.instant(expression, span.until));
          const second = histogram.unit === 'ms' ? 1000 : 1;
          return answer.map(({ labels }) => Number(labels['le']) / second).filter(Number.isFinite);
        }),
      );
      const [first = [], ...others] = each;
      return first
        .filter((boundary) => others.every((other) => other.includes(boundary)))
        .sort((left, right) => left - right);
    },
    async instances(service, version, span) {
      const running = versionSeries(service, version);
      if (running === undefined) return [];
      const answer = await collectWarnings(
        prometheus.instant(`count by (instance)(last_over_time(${running}[${windowOf(span)}]))`, span.until),
      );
      return answer.map(({ labels }) => labels['instance'] ?? '').sort();
    },
    async lastSeen(service, version, { from, until }) {
      const running = versionSeries(service, version);
      if (running === undefined) return undefined;
      const answer = await collectWarnings(prometheus.range(`count(${running})`, { from, until, step: LOOK_EVERY }));
      return answer[0]?.points.at(-1)?.at;
    },
    warnings: () => [...warnings].sort(),
  };
}

/** Seconds between two looks for a version: a version that ran for less is none to compare with. */
const LOOK_EVERY = 300;

/** Selects instances. @example only(['a:80', 'b:80']) // 'instance=~"a:80|b:80"' */
export function only(instances: readonly string[], which: 'these' | 'others' = 'these'): Matcher {
  const escaped = instances.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|');
  return matcher('instance', which === 'these' ? '=~' : '!~', escaped);
}

function versionSeries({ metrics: { version } }: Service, wanted: string): string | undefined {
  return version === undefined ? undefined : seriesOf(version.series, [matcher(version.label, '=', wanted)]);
}

/** The labels that tell the series of a signal apart, as far as these have them. */
function labelsKept({ perSeries, dimensions = [] }: Signal, labels: Track['series']): Track['series'] {
  const telling = [...(perSeries === undefined ? [] : [perSeries]), ...dimensions];
  return Object.fromEntries(telling.flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]])));
}

/** What is known of a series, by the labels that both have: requests are counted by region, and pools know their name too. */
function entryOf<E extends { readonly series: Track['series'] }>(entries: readonly E[], series: Track['series']) {
  return entries.find((entry) =>
    Object.entries(entry.series).every(([name, value]) => (series[name] ?? value) === value),
  );
}

function windowOf({ from, until }: Span): `${number}s` {
  return `${until - from}s`;
}

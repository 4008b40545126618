/** Asks Prometheus what the gate judges. Expressions are those of the signals and of their histograms. */

import { lookBackOfQuantile, lookBackOfRatio } from '../metrics/guards.ts';
import { buckets, increase, observed } from '../metrics/histogram.ts';
import { findSignal, matcher, signals } from '../metrics/index.ts';
import { series as seriesOf } from '../metrics/promql.ts';
import { timingOf } from '../metrics/timing.ts';
import { toSeconds } from '../model/duration.ts';
import type { HistogramBinding, Matcher } from '../model/metrics.ts';
import type { Answer, Prometheus } from '../model/prometheus.ts';
import type { Catalog, Service } from '../model/service.ts';
import type { Signal } from '../model/signal.ts';
import type { Point, Span } from '../model/time.ts';
import type { WindowValue } from './baseline.ts';
import type { GatedSignal, LookBack } from './judge.ts';

/** A signal that the gate judges, with the histogram that its observations are counted in. */
export interface Gated {
  readonly id: GatedSignal;
  readonly signal: Signal;
  /** `server` for pools too: a pool that nobody asks anything of proves nothing. */
  readonly histogram: HistogramBinding;
  readonly counted: 'requests' | 'queries';
  /** Its value is a quantile, which is as exact as the buckets. */
  readonly bucketed: boolean;
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
  const { server, database } = service.metrics;
  const timing = timingOf(catalog.scrapeInterval);
  const own = signals(service, catalog);
  const requests = { histogram: server, counted: 'requests', bucketed: false } as const;
  const { above } = service.thresholds.errorRatio;
  const wanted: readonly Omit<Gated, 'signal'>[] = [
    {
      ...requests,
      id: 'latency-p95',
      bucketed: true,
      lookBack: lookBackOfQuantile(timing, server),
      families: ['server'],
    },
    {
      id: 'query-p95',
      histogram: database,
      counted: 'queries',
      bucketed: true,
      lookBack: lookBackOfQuantile(timing, database),
      families: ['query'],
    },
    {
      ...requests,
      id: 'error-ratio',
      lookBack: lookBackOfRatio(timing, server, server.failed, above.value),
      families: ['server'],
    },
    // Gauges have no guard; where scrapes are missing, the last one of five minutes counts.
    {
      ...requests,
      id: 'pool-utilisation',
      lookBack: toSeconds(timing.window('5m')),
      families: ['database pool', 'http pool'],
    },
  ];
  return wanted.flatMap((one) => {
    const signal = findSignal(own, one.id);
    return signal === undefined || signal.fromDependency === true ? [] : [{ ...one, signal }];
  });
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
  /** How far the evaluations of a signal's alert look back. */
  lookBack(gated: Gated, span: Span, step: number): Promise<LookBack>;
  /** A signal over a whole window, of some instances only. */
  whole(gated: Gated, span: Span, only?: readonly Matcher[]): Promise<readonly WindowValue[]>;
  /** Observations of a histogram in a window; undefined where there is none at all. */
  observations(gated: Gated, span: Span): Promise<number | undefined>;
  /** Upper boundaries of a histogram's buckets, without infinity. */
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
  const one = async (expression: string, at: number): Promise<number | undefined> => {
    const [first] = await collectWarnings(prometheus.instant(expression, at));
    const value = first?.points[0]?.value;
    return value === undefined || Number.isNaN(value) ? undefined : value;
  };
  const counted = ({ histogram, bucketed }: Gated, span: Span, only: readonly Matcher[]) =>
    one((bucketed ? observed : increase)(histogram, { window: windowOf(span), only }), span.until);

  return {
    async track(signal, span, step) {
      const answer = await collectWarnings(prometheus.range(signal.alertExpression, { ...span, step }));
      return answer.map(({ labels, points }) => ({
        series: labelsKept(signal, labels),
        points: points.filter(({ value }) => !Number.isNaN(value)),
      }));
    },
    async lookBack({ lookBack }, span, step) {
      if (typeof lookBack === 'number') return () => lookBack;
      const [answer] = await collectWarnings(prometheus.range(lookBack, { ...span, step }));
      const seconds = new Map(answer?.points.map(({ at, value }) => [at, value]));
      return (at) => seconds.get(at);
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
          worst.set(key, { signal: id, series, value, observations: observations ?? 0 });
        }
      }
      return [...worst.values()];
    },
    observations: (gated, span) => counted(gated, span, []),
    async boundaries({ histogram }, span) {
      const answer = await collectWarnings(
        prometheus.instant(`count by (le)(last_over_time(${buckets(histogram)}[${windowOf(span)}]))`, span.until),
      );
      return answer
        .map(({ labels }) => Number(labels['le']))
        .filter(Number.isFinite)
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

function labelsKept({ perSeries }: Signal, labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return perSeries === undefined ? {} : { [perSeries]: labels[perSeries] ?? '' };
}

function windowOf({ from, until }: Span): `${number}s` {
  return `${until - from}s`;
}

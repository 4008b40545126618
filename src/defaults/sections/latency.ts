import {
  COLOURS,
  eachOf,
  heatmapPanel,
  INSTANCE,
  type PanelDraft,
  RATE,
  type Section,
  type ServiceContext,
  timeseriesPanel,
} from '../../build/index.ts';
import { buckets, quantile } from '../../metrics/histogram.ts';
import { identityOf } from '../../metrics/identity.ts';
import { findSignal } from '../../metrics/index.ts';
import type { HistogramBinding } from '../../model/metrics.ts';

/** How long users wait. */
export function latencySection(context: ServiceContext): Section {
  const { latency } = context.service.metrics.server ?? {};
  return {
    key: 'latency',
    title: 'Latency: how long users wait',
    panels:
      latency === undefined ? [] : [quantiles(context, latency), ...regression(context, latency), spread(latency)],
  };
}

function quantiles({ signals, terms }: ServiceContext, latency: HistogramBinding): PanelDraft {
  const p95 = findSignal(signals, 'latency-p95');
  const keep = identityOf(terms, latency);
  const at = (q: number) => quantile(latency, q, { window: RATE, keep, only: [INSTANCE] });
  return timeseriesPanel({
    key: 'latency-quantiles',
    title: 'Latency p50, p95, p99',
    description:
      'Response time of all requests. p95 above the line fires the alert. If p50 climbs too, everything is slow: look at queries and pools. If only p99 does, look for one route or one instance.',
    unit: 'seconds',
    width: 12,
    signals: ['latency-p95'],
    queries: [
      { expr: at(0.99), legend: eachOf('p99', terms, latency) },
      { expr: p95?.panelExpression(RATE, [INSTANCE]) ?? at(0.95), legend: eachOf('p95', terms, latency) },
      { expr: at(0.5), legend: eachOf('p50', terms, latency) },
    ],
    ...(p95 === undefined ? {} : { limit: p95.limit }),
    colours: { p99: COLOURS.accent, p95: COLOURS.main, p50: COLOURS.calm },
  });
}

function regression({ signals, terms }: ServiceContext, latency: HistogramBinding): PanelDraft[] {
  const signal = findSignal(signals, 'latency-regression');
  if (signal === undefined) return [];
  const panel = timeseriesPanel({
    key: 'latency-regression',
    title: 'Latency against its baseline',
    description:
      'p95 as a multiple of what it was in the last hours; 0 while it is too fast to matter. The first thing that moves when work slows down. If it rises after a deployment, roll back first and look for the cause then.',
    unit: 'factor',
    width: 12,
    signals: ['latency-regression'],
    queries: [{ expr: signal.panelExpression(RATE), legend: eachOf('times the baseline', terms, latency) }],
    limit: signal.limit,
    colours: { 'times the baseline': COLOURS.main },
  });
  return [panel];
}

function spread(latency: HistogramBinding): PanelDraft {
  return heatmapPanel({
    key: 'latency-heatmap',
    title: 'Latency, every request',
    description:
      'How requests spread over response times. Two bands mean two kinds of requests, or good and bad instances; a band that climbs as a whole means a shared cause.',
    unit: 's',
    width: 24,
    height: 7,
    queries: [{ expr: `sum by (le)(increase(${buckets(latency, [INSTANCE])}[${RATE}]))`, legend: '{{le}}' }],
  });
}

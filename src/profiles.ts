/** Metric profiles: how the families of a service's metrics are found in Prometheus. */
export { micrometer } from './metrics/profiles/micrometer.ts';
export { otel } from './metrics/profiles/otel.ts';
export { promClient } from './metrics/profiles/prom-client.ts';
export { matcher } from './metrics/promql.ts';
export type {
  ClientBinding,
  DatabaseBinding,
  HistogramBinding,
  Matcher,
  MetricProfile,
  SeriesBinding,
  ServerBinding,
} from './model/metrics.ts';

/** Metric profiles: how the families of a service's metrics are found in Prometheus. */

export { withMatchers } from './metrics/bindings.ts';
export { micrometer } from './metrics/profiles/micrometer.ts';
export { otel } from './metrics/profiles/otel.ts';
export { promClient } from './metrics/profiles/prom-client.ts';
export { matcher } from './metrics/promql.ts';
export { countedByLatency } from './metrics/requests.ts';
export type {
  Bound,
  ClientBinding,
  CpuBinding,
  DatabaseBinding,
  DatabasePoolBinding,
  FailureCount,
  HistogramBinding,
  HttpPoolBinding,
  Matcher,
  MemoryBinding,
  MetricProfile,
  RequestBinding,
  RequestCount,
  RuntimeBinding,
  SeriesBinding,
  ServerBinding,
} from './model/metrics.ts';

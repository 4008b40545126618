export { type Answer, openPrometheus, type Prometheus, type PrometheusOptions, type TimeSeries } from './client.ts';
export { PrometheusError } from './errors.ts';

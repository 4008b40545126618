export { type Answer, openPrometheus, type Prometheus, type PrometheusOptions, type TimeSeries } from './client.ts';
export { unknownBecause } from './errors.ts';

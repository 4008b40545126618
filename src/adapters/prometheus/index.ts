export { openPrometheus, type PrometheusOptions } from './client.ts';
export { unknownBecause } from './errors.ts';

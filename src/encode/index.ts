export { decodeGrafanaRule, encodeGrafanaRule } from './grafana.ts';
export { encodePrometheusRule, encodePrometheusRules } from './prometheus.ts';
export { decodeIntervals, encodeIntervals, storedIntervals } from './time-interval.ts';

export { decodeGrafanaRule, encodeGrafanaRule } from './grafana.ts';
export { encodePrometheusRule, encodePrometheusRules } from './prometheus.ts';

import { defineAlert } from '../../src/build/index.ts';

/** Ours, once for the project: says that Prometheus is down, so that no other alert has to. */
export const dataSource = defineAlert({
  alert: 'DataSourceUnreachable',
  slug: 'data-source',
  signal: 'data-source-reachable',
  severity: 'critical',
  summary: 'Prometheus does not answer Grafana',
  description: 'No alert can fire until it does. Check Prometheus itself, then the data source in Grafana.',
  absence: {
    noData: 'Alerting',
    error: 'Alerting',
    because: 'The failing query is what this rule is about; all others keep their last state meanwhile.',
  },
});

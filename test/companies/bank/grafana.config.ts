import { defineProject } from 'grafana-as-code';
import { alerts } from './alerts/index.ts';
import { dashboards } from './dashboards/index.ts';
import { incident, scenarios } from './scenarios/index.ts';

/** A bank: the company whose services, dashboards and alerts the tests of the engine know. */
export default defineProject({
  owner: 'bank',
  system: 'bank',
  team: 'platform',
  folder: { uid: 'bank-services', title: 'Bank' },
  dataSource: { uid: 'prometheus', name: 'Prometheus' },
  scrapeInterval: '15s',
  evaluationInterval: '1m',
  histogramBoundaries: {
    // OpenTelemetry's defaults, with 2 s added: the default limit of latency must be a boundary.
    server: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2, 2.5, 5, 7.5, 10],
    // OpenTelemetry's advice for db.client.operation.duration, with 2 and 2.5 s for what is slower than the threshold.
    database: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 2.5, 5, 10],
  },
  repository: { url: 'https://github.com/example/grafana-as-code', branch: 'main' },
  notifications: {
    groupWait: { critical: '10s', warning: '30s' },
    groupInterval: '5m',
    repeatInterval: '4h',
  },
  previewWebhook: 'http://127.0.0.1:9096/preview',
  dashboards,
  alerts,
  scenarios,
  incident,
});

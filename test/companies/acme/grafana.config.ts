import { defineProject } from 'grafana-as-code';
import {
  alertingWatchdog,
  alertQueryFailing,
  cpuHigh,
  dataSourceUnreachable,
  defineAlerts,
  defineContactPoint,
  degradationConfirmed,
  dependencyErrorsHigh,
  errorRateHigh,
  instanceErrorsHigh,
  latencyHigh,
  latencyRegression,
  limitAbsent,
  memoryHigh,
  pagerDuty,
  poolSaturated,
  poolWaiting,
  queryTimeHigh,
  secret,
  slack,
  telemetryAbsent,
  trafficDropped,
} from 'grafana-as-code/alerts';
import {
  defineDashboards,
  dependencySection,
  errorSection,
  latencySection,
  overviewDashboard,
  poolSection,
  querySection,
  resourceSection,
  verdictSection,
} from 'grafana-as-code/panels';
import { standardScenarios } from 'grafana-as-code/scenarios';

const onCall = defineContactPoint('on-call', [pagerDuty({ integrationKey: secret('PAGERDUTY_KEY') })]);
const chat = defineContactPoint('chat', [slack({ url: secret('SLACK_WEBHOOK_URL') })]);

/** A company that has begun today: one file of choices, one service, all that has a default, and no incident. */
export default defineProject({
  owner: 'acme',
  system: 'acme',
  team: 'platform',
  folder: { uid: 'acme-services', title: 'Acme' },
  dataSource: { uid: 'prometheus', name: 'Prometheus' },
  histogramBoundaries: {
    server: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2, 2.5, 5, 7.5, 10],
    database: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 2.5, 5, 10],
  },
  repository: { url: 'https://example.com/acme/monitoring', branch: 'main' },
  dashboards: defineDashboards({
    shared: [overviewDashboard],
    sections: [
      verdictSection,
      latencySection,
      errorSection,
      poolSection,
      querySection,
      dependencySection,
      resourceSection,
    ],
  }),
  alerts: defineAlerts({
    service: [
      latencyRegression,
      degradationConfirmed,
      errorRateHigh,
      latencyHigh,
      poolSaturated,
      poolWaiting,
      queryTimeHigh,
      dependencyErrorsHigh,
      instanceErrorsHigh,
      trafficDropped,
      telemetryAbsent,
      limitAbsent,
      cpuHigh,
      memoryHigh,
      alertQueryFailing,
    ],
    project: [dataSourceUnreachable, alertingWatchdog],
    receivers: { critical: onCall, warning: chat, none: undefined },
    contactPoints: [onCall, chat],
  }),
  scenarios: [standardScenarios],
});

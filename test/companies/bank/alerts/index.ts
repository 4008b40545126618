import {
  alertingWatchdog,
  alertQueryFailing,
  cpuHigh,
  dataSourceUnreachable,
  defineAlerts,
  degradationConfirmed,
  dependencyErrorsHigh,
  errorRateHigh,
  instanceErrorsHigh,
  latencyHigh,
  latencyRegression,
  memoryHigh,
  poolSaturated,
  poolWaiting,
  queryTimeHigh,
  telemetryAbsent,
  trafficDropped,
} from 'grafana-as-code/alerts';
import { contactPoints, receivers } from './routing.ts';

/** The alerts of every service, the earliest sign first, then those of the project as a whole. */
export const alerts = defineAlerts({
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
    cpuHigh,
    memoryHigh,
    alertQueryFailing,
  ],
  project: [dataSourceUnreachable, alertingWatchdog],
  receivers,
  contactPoints,
});

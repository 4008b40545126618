import type { Scenario } from '../scenario.ts';
import { connectionLeak, gatewayOverload, memoryLeak } from './capacity.ts';
import { dependencyErrors, dependencyTimeouts, queryRegression } from './dependencies.ts';
import { badInstance, errorRamp, flapping, rollback } from './failures.ts';
import { healthyDays, healthyMornings, idleNight, minorTroubles, noisyDays, spike } from './healthy.ts';
import { incidentExponential, incidentLinear } from './incident.ts';
import { blindMidIncident, familyLost, gatewayHangs, prometheusDown, serviceSilent } from './telemetry.ts';

/**
 * Every scenario: the incident first, then what breaks, then what must stay silent. Where nothing speaks against it they
 * last from 12:40 to 15:25: services that are well in several of them then have the same series, which are evaluated once.
 */
export const scenarios: readonly Scenario[] = [
  incidentLinear,
  incidentExponential,
  connectionLeak,
  dependencyErrors,
  dependencyTimeouts,
  queryRegression,
  gatewayOverload,
  memoryLeak,
  badInstance,
  errorRamp,
  flapping,
  rollback,
  familyLost,
  serviceSilent,
  gatewayHangs,
  blindMidIncident,
  prometheusDown,
  spike,
  idleNight,
  minorTroubles,
  ...healthyMornings,
  ...healthyDays,
  ...noisyDays,
];

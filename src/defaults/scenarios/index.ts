import type { Scenario, ScenarioWorld } from '../../scenario/index.ts';
import { connectionLeak, edgeOverload, memoryLeak } from './capacity.ts';
import { dependencyErrors, dependencyTimeouts, queryRegression } from './dependencies.ts';
import { badInstance, errorRamp, flapping, rollback } from './failures.ts';
import { healthyDays, healthyMornings, idleNight, minorTroubles, noisyDays, spike } from './healthy.ts';
import { type Stage, stageOf } from './stage.ts';
import { blindMidIncident, edgeHangs, familyLost, limitsMissing, prometheusDown, serviceSilent } from './telemetry.ts';

const TROUBLES: readonly ((stage: Stage) => readonly Scenario[])[] = [
  connectionLeak,
  dependencyErrors,
  dependencyTimeouts,
  queryRegression,
  edgeOverload,
  memoryLeak,
  badInstance,
  errorRamp,
  flapping,
  rollback,
  familyLost,
  limitsMissing,
  serviceSilent,
  edgeHangs,
  blindMidIncident,
  prometheusDown,
];
const SILENT_DAYS: typeof TROUBLES = [spike, idleNight, minorTroubles, healthyMornings, healthyDays, noisyDays];

/**
 * The scenarios that every project can be held to, made from its services and rules: first what breaks, then what must
 * stay silent. Each chooses the service that has what it needs, such as a pool or a database, and is left out where none
 * has. Limits, times and texts are those of that service: they follow its thresholds, and the intervals of the project.
 *
 * @example scenarios: [incidentLinear, standardScenarios]
 */
export function standardScenarios(world: ScenarioWorld): readonly Scenario[] {
  if (world.catalog.services.length === 0) return [];
  const stage = stageOf(world);
  return [...TROUBLES.flatMap((make) => make(stage)), ...SILENT_DAYS.flatMap((make) => make(stage))];
}

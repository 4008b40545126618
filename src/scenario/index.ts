export { checkScenarios, checkTimes } from './check.ts';
export { secondsOf, type TimeOfDay, timeOf } from './clock.ts';
export { bursts, type Curve, daily, product, rangeOf, sum, through, valueAt } from './curve.ts';
export { meanOf, readP95 } from './durations.ts';
export type { Grid } from './instances.ts';
export type { Labels } from './labels.ts';
export { matcherParts } from './matchers.ts';
export { openMetricsLines } from './openmetrics.ts';
export { unmakeable } from './problems.ts';
export { type NativeBuckets, type Series, STALE } from './recorder.ts';
export {
  type AboutAlert,
  behaviourOf,
  type CallBehaviour,
  defineScenario,
  type Expectations,
  healthyBehaviour,
  type MayFire,
  type MustFire,
  type PoolBehaviour,
  type Scenario,
  type ScenarioEvent,
  type SeriesFamily,
  type ServiceBehaviour,
} from './scenario.ts';
export { buildSeries, gridOf, type SeriesContext, statedSeries } from './series.ts';
export {
  type Incident,
  incidentScenario,
  type ScenarioRule,
  type ScenarioWorld,
  scenariosFrom,
  scenarioWorld,
} from './source.ts';

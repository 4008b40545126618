/** Scenarios: what happened or may happen, and what alerting has to make of it. */
export { standardScenarios } from './defaults/scenarios/index.ts';
export type { TimeOfDay } from './scenario/clock.ts';
export { bursts, type Curve, daily, type Point, product, sum, through, type Way } from './scenario/curve.ts';
export {
  type AboutAlert,
  type CallBehaviour,
  type DatabaseBehaviour,
  type DivisionBehaviour,
  defineScenario,
  type Expectations,
  type InstanceBehaviour,
  type Loss,
  type MayFire,
  type MustFire,
  type PoolBehaviour,
  type Release,
  type Restart,
  type Scenario,
  type ScenarioEvent,
  type ScenarioSeries,
  type ServiceBehaviour,
} from './scenario/scenario.ts';
export type { Incident, ScenarioRule, ScenarioSource, ScenarioWorld } from './scenario/source.ts';

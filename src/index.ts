/** What people write services and their project with. It is light: builders of panels and alerts have entries of their own. */
export type { Dimension } from './model/dimension.ts';
export type { Duration } from './model/duration.ts';
export type { PerEnvironment, Varying, VaryingParts } from './model/environment.ts';
export {
  type AnyLimit,
  type Asked,
  type Direction,
  defineSignal,
  type LimitFacts,
  type LimitOf,
  limit,
  type SignalDefinition,
  type SignalFacts,
} from './model/own-signal.ts';
export type { Project } from './model/project.ts';
export { count, milliseconds, percent, type Quantity, seconds, times, type Unit } from './model/quantity.ts';
export {
  type Catalog,
  type Database,
  type Dependency,
  defaultThresholds,
  defineService,
  type MaxConnections,
  type Pool,
  type Service,
  type ServiceFacts,
  type Thresholds,
  type VaryingServiceFacts,
} from './model/service.ts';
export * from './profiles.ts';
export { defineProject, type ProjectDefinition, type ProjectFacts } from './project/definition.ts';
export { defineEnvironments, type Environment, type Environments } from './project/environments.ts';

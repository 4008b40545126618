/** What people write services and their project with. It is light: builders of panels and alerts have entries of their own. */
export type { Duration } from './model/duration.ts';
export type { Project } from './model/project.ts';
export { count, milliseconds, percent, type Quantity, seconds, times, type Unit } from './model/quantity.ts';
export {
  type Catalog,
  type Database,
  type Dependency,
  defaultThresholds,
  defineService,
  type Pool,
  type Service,
  type ServiceFacts,
  type Thresholds,
} from './model/service.ts';
export * from './profiles.ts';
export { defineProject, type ProjectDefinition, type ProjectFacts } from './project/definition.ts';

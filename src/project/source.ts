import type { AlertChoice } from '../build/alert-choice.ts';
import type { DashboardChoice } from '../build/dashboard-choice.ts';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import type { Incident, ScenarioSource } from '../scenario/source.ts';
import type { Environment } from './environments.ts';

/** What people write, in one environment: facts, dashboards, alerts, scenarios, and what the project says of itself. */
export interface ProjectSource {
  /** Where its files were loaded from, absolute, with a slash at its end: places in errors are relative to it. */
  readonly root: string;
  /** Which environment; undefined in a project of one place, which has no `environments.ts`. */
  readonly environment: ChosenEnvironment | undefined;
  readonly project: Project;
  readonly services: readonly Service[];
  /** Files below services/ that define no service. */
  readonly serviceless: readonly string[];
  readonly dashboards: DashboardChoice;
  readonly alerts: AlertChoice;
  readonly scenarios: readonly ScenarioSource[];
  readonly incident?: Incident;
  /** Names of alerts that have a page in alerts/runbooks. */
  readonly runbooks: ReadonlySet<string>;
}

/** An environment by its name. */
export interface ChosenEnvironment {
  readonly name: string;
  /** The project has no other. */
  readonly alone: boolean;
  /** The address of its Grafana, where it states one. */
  readonly grafana: string | undefined;
}

/**
 * The same as its files state it: facts may differ between environments, so that nothing can be built of them before
 * `inEnvironment` has made them plain.
 */
export interface LoadedProject extends Omit<ProjectSource, 'environment'> {
  /** Its environments by name; absent where there is one place, and no `environments.ts`. */
  readonly environments?: Readonly<Record<string, Environment>>;
}

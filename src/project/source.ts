import type { AlertChoice } from '../build/alert-choice.ts';
import type { DashboardChoice } from '../build/dashboard-choice.ts';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import type { Incident, ScenarioSource } from '../scenario/source.ts';

/** What people write, loaded: facts, dashboards, alerts, scenarios, and what the project says of itself. */
export interface ProjectSource {
  /** Where its files were loaded from, absolute, with a slash at its end: places in errors are relative to it. */
  readonly root: string;
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

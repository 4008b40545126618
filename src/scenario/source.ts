/** Where a project's scenarios come from: some are written down, some are made from its services. */
import type { Project } from '../model/project.ts';
import type { Catalog } from '../model/service.ts';
import type { TimeOfDay } from './clock.ts';
import type { Scenario } from './scenario.ts';

/** What scenarios that are made from a project know of it. */
export interface ScenarioWorld {
  readonly project: Pick<Project, 'scrapeInterval' | 'evaluationInterval'>;
  readonly catalog: Catalog;
  /** Names of the alerts that the project has chosen: an expectation of any other would be one of nothing. */
  readonly alerts: ReadonlySet<string>;
}

/** A scenario, or a function that makes some from the project's services. */
export type ScenarioSource = Scenario | ((world: ScenarioWorld) => readonly Scenario[]);

/** All scenarios of a project, in the order of its list. */
export function scenariosFrom(sources: readonly ScenarioSource[], world: ScenarioWorld): readonly Scenario[] {
  return sources.flatMap((source) => (typeof source === 'function' ? source(world) : [source]));
}

/**
 * The incident that a project learns from. The overview links to its hours, runbooks and reviews say when each rule
 * would have fired in it, and the preview has it in its past. A project without one speaks of none.
 */
export interface Incident {
  /** As links and tables call it. @example 'Incident of 2025-12-15' */
  readonly title: string;
  /** The hours that the overview shows, on the day of its scenarios. */
  readonly from: TimeOfDay;
  readonly until: TimeOfDay;
  /**
   * What happened, in each shape that the review allows; all of one day. The first one is the one that reviews and the
   * preview show. @example { linear: incidentLinear, exponential: incidentExponential }
   */
  readonly scenarios: Readonly<Record<string, Scenario>>;
}

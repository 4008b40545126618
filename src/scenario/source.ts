/** Where a project's scenarios come from: some are written down, some are made from its services. */
import type { AlertRule, Severity } from '../model/alert-rule.ts';
import type { Duration } from '../model/duration.ts';
import type { Project } from '../model/project.ts';
import type { Catalog } from '../model/service.ts';
import type { TimeOfDay } from './clock.ts';
import type { Scenario } from './scenario.ts';

/** A rule of the project, as far as a scenario may expect something of it. */
export interface ScenarioRule {
  readonly alert: string;
  /** A service's id, or `project`. */
  readonly service: string;
  /** What it watches. @example 'error-ratio' */
  readonly signal: string;
  /** `critical` pages, `warning` does not, and of `none` nothing is expected. */
  readonly severity: Severity;
  /** How long its limit has to be passed. */
  readonly for: Duration;
}

/** What scenarios that are made from a project know of it. */
export interface ScenarioWorld {
  readonly project: Pick<Project, 'scrapeInterval' | 'evaluationInterval' | 'histogramBoundaries'>;
  readonly catalog: Catalog;
  /** Names of the alerts that the project has chosen: an expectation of any other would be one of nothing. */
  readonly alerts: ReadonlySet<string>;
  /** The rules that its services have of these alerts. One without pools has no rule about pools. */
  readonly rules: readonly ScenarioRule[];
}

/** A scenario, or a function that makes some from the project's services. */
export type ScenarioSource = Scenario | ((world: ScenarioWorld) => readonly Scenario[]);

/** All scenarios of a project, in the order of its list. */
export function scenariosFrom(sources: readonly ScenarioSource[], world: ScenarioWorld): readonly Scenario[] {
  return sources.flatMap((source) => (typeof source === 'function' ? source(world) : [source]));
}

/** What is known of a project that is built. @param alerts names of all alerts; default: those that have a rule. */
export function scenarioWorld(
  project: ScenarioWorld['project'],
  catalog: Catalog,
  rules: readonly AlertRule[],
  alerts: readonly string[] = rules.map(({ alert }) => alert),
): ScenarioWorld {
  return {
    project,
    catalog,
    alerts: new Set(alerts),
    rules: rules
      .filter(({ paused }) => !paused)
      .map(({ alert, labels, signal, severity, for: held }) => ({
        alert,
        service: labels['service'] ?? 'project',
        signal,
        severity,
        for: held,
      })),
  };
}

/**
 * The incident that a project learns from. The overview links to its hours, runbooks and reviews say when each rule
 * would have fired in it, and the preview has it in its past. A project without one speaks of none.
 */
export interface Incident {
  /** As links and tables call it. @example 'Incident of 2026-01-14' */
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

/** The scenario that stands for an incident: its first one. */
export function incidentScenario(incident: Incident | undefined): Scenario | undefined {
  return Object.values(incident?.scenarios ?? {})[0];
}

import type { Alert, BuildContext, RuleContext } from '../build/index.ts';
import type { Project } from '../model/project.ts';
import type { ContactPointResource, DashboardResource, RuleResource } from '../model/resource.ts';
import type { Catalog, Service } from '../model/service.ts';
import type { SignalId } from '../model/signal.ts';
import type { Incident, ScenarioSource } from '../scenario/index.ts';

/** What people write, loaded: facts, dashboards, alerts, and what the project says of itself. */
export interface ProjectSource {
  /** Where its files were loaded from, absolute, with a slash at its end: places in errors are relative to it. */
  readonly root: string;
  readonly project: Project;
  readonly services: readonly Service[];
  readonly dashboards: {
    /** Services with a file of their own. */
    readonly extendedServices: readonly string[];
    readonly buildDashboards: (context: BuildContext) => readonly DashboardResource[];
  };
  readonly alerts: {
    readonly serviceAlerts: readonly Alert[];
    readonly projectAlerts: readonly Alert[];
    /** The alert of each signal, by which panels find their runbooks. */
    readonly alertNames: Readonly<Partial<Record<SignalId, string>>>;
    readonly buildRules: (catalog: Catalog, context: RuleContext) => readonly RuleResource[];
    readonly buildContactPoints: (project: Project) => readonly ContactPointResource[];
    readonly receivers: RuleContext['receivers'];
  };
  readonly scenarios: readonly ScenarioSource[];
  readonly incident?: Incident;
  /** Names of alerts that have a page in alerts/runbooks. */
  readonly runbooks: ReadonlySet<string>;
}

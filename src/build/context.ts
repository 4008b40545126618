import type { Project } from '../model/project.ts';
import type { Catalog, Service } from '../model/service.ts';
import type { Signal, SignalId } from '../model/signal.ts';

/** What the builders of dashboards know besides the service itself. */
export interface BuildContext {
  readonly project: Project;
  readonly catalog: Catalog;
  /** The alert of each signal, so that a panel can link to its runbook. */
  readonly alertNames: Readonly<Partial<Record<SignalId, string>>>;
}

/** A service as its panels see it. */
export interface ServiceContext extends BuildContext {
  readonly service: Service;
  readonly signals: readonly Signal[];
}

/** UID of a service's dashboard. */
export function dashboardUid(project: Pick<Project, 'owner'>, serviceId: string): string {
  return `${project.owner}-${serviceId}`;
}

/** Where an alert's runbook is read: in the repository's host, configured once in `src/project.ts`. */
export function runbookUrl({ repository }: Pick<Project, 'repository'>, alert: string): string {
  return `${repository.url}/blob/${repository.branch}/alerts/runbooks/${alert}.md`;
}

/** What `instance` variables filter by. */
export const INSTANCE = 'instance=~"$instance"';
/** The range of panel queries: Grafana makes it at least four scrapes. */
export const RATE = '$__rate_interval';

import { type Divided, dimensionsOf } from '../metrics/identity.ts';
import type { Terms } from '../metrics/timing.ts';
import type { Project } from '../model/project.ts';
import type { Catalog, Service } from '../model/service.ts';
import type { Signal, SignalId } from '../model/signal.ts';
import { uid } from '../model/uid.ts';

/** The hours of an incident that dashboards link to. */
export interface IncidentLink {
  /** @example 'Incident of 2026-01-14' */
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
}

/** What the builders of dashboards know besides the service itself. */
export interface BuildContext {
  readonly project: Project;
  readonly catalog: Catalog;
  /** The alert of each signal, so that a panel can link to its runbook. */
  readonly alertNames: Readonly<Partial<Record<SignalId, string>>>;
  /** The incident that the project learns from, if it has one. */
  readonly incident?: IncidentLink;
}

/** A service as its panels see it. */
export interface ServiceContext extends BuildContext {
  readonly service: Service;
  readonly signals: readonly Signal[];
  /** Windows and dimensions of the project, which every expression takes. */
  readonly terms: Terms;
}

/** UID of a service's dashboard. */
export function dashboardUid({ mark }: Pick<Project, 'mark'>, serviceId: string): string {
  return uid(mark, serviceId);
}

/**
 * The tags that marks of deployments have beside those of their service: of several environments in one Grafana, each
 * shows its own. Without `environments.ts` there are none, and what was marked before stays on the dashboards.
 */
export function deploymentTags({ mark, environment }: Pick<Project, 'mark' | 'environment'>): readonly string[] {
  return environment === undefined ? [] : [ownerTag(mark)];
}

/** The tag that marks a dashboard as ours. @example ownerTag('acme') // 'as-code:acme' */
export function ownerTag(mark: string): string {
  return `as-code:${mark}`;
}

/** Where an alert's runbook is read: in the repository's host, configured once in `grafana.config.ts`. */
export function runbookUrl({ repository }: Pick<Project, 'repository'>, alert: string): string {
  return `${repository.url}/blob/${repository.branch}/alerts/runbooks/${alert}.md`;
}

/** What `instance` variables filter by. */
export const INSTANCE = 'instance=~"$instance"';
/** The range of panel queries: Grafana makes it at least four scrapes. */
export const RATE = '$__rate_interval';

/**
 * A legend for series that dimensions tell apart.
 *
 * @example eachOf('p95', terms, latency) // 'p95', and in a project with regions 'p95 {{region}}'
 */
export function eachOf(legend: string, terms: Terms, ...bindings: readonly Divided[]): string {
  return [legend, ...dimensionsOf(terms, ...bindings).map((label) => `{{${label}}}`)].join(' ');
}

/** A signal as one number: the worst of its series. */
export function worstOf({ alertExpression, perSeries, dimensions, fromDependency, limit }: Signal): string {
  const one = perSeries === undefined && dimensions === undefined && !fromDependency;
  if (one) return alertExpression;
  return `${limit.comparison === 'lt' ? 'min' : 'max'}(${alertExpression})`;
}

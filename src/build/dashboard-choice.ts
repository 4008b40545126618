/** Which dashboards a project has: what it chooses, and the dashboards that are made of it. */
import { callerFile } from '../model/caller.ts';
import type { DashboardResource } from '../model/resource.ts';
import type { BuildContext, ServiceContext } from './context.ts';
import { buildDashboard, type DashboardDraft, type Section } from './dashboard.ts';
import { serviceDashboard } from './service-dashboard.ts';

/** Makes a section of a service's dashboard from its facts. */
export type SectionBuilder = (context: ServiceContext) => Section;

/** Makes a dashboard that is about more than one service. */
export type DashboardBuilder = (context: BuildContext) => DashboardDraft;

/** What one service does to its dashboard. */
export type Extend = (draft: DashboardDraft, context: ServiceContext) => DashboardDraft;

/** An extension with the file that states it. */
export interface Extension {
  readonly extend: Extend;
  readonly source: string;
}

/** The dashboards that a project has chosen. */
export interface DashboardFacts {
  /** What the dashboard of each service shows, top to bottom. */
  readonly sections: readonly SectionBuilder[];
  /** Dashboards that are about more than one service. Default: none. @example [overview] */
  readonly shared?: readonly DashboardBuilder[];
  /** What single services add to theirs, by the service's id. Default: nothing. */
  readonly extensions?: Readonly<Record<string, Extension>>;
}

/** The same, with every default filled in. */
export interface DashboardChoice extends Required<DashboardFacts> {
  /** The file that makes the choice: where a diagnostic about all of it sends its reader. */
  readonly source: string;
}

/**
 * States which dashboards there are, and what is on those of services, in which order.
 *
 * @example
 * export const dashboards = defineDashboards({
 *   shared: [overview],
 *   sections: [verdictSection, latencySection, errorSection],
 * });
 */
export function defineDashboards(facts: DashboardFacts): DashboardChoice {
  return { shared: [], extensions: {}, ...facts, source: callerFile() ?? 'dashboards/index.ts' };
}

/**
 * States what a service does to its dashboard: adds panels, changes sections, or makes another dashboard of it.
 *
 * @example
 * export const payments = extendDashboard((draft, { service }) =>
 *   addPanels(draft, 'latency', timeseriesPanel({ key: 'latency-by-route', ... })));
 */
export function extendDashboard(extend: Extend): Extension {
  return { extend, source: callerFile() ?? 'dashboards/index.ts' };
}

/** Every dashboard: the shared ones, then one for each service. */
export function buildDashboards(choice: DashboardChoice, context: BuildContext): readonly DashboardResource[] {
  // One after the other: the drafts of a large estate would take more memory than what they are made into.
  const built = (draft: DashboardDraft) => buildDashboard(draft, context.project);
  return [
    ...choice.shared.map((build) => built({ source: choice.source, ...build(context) })),
    ...context.catalog.services.map((service) => built(serviceDashboard(service, context, choice))),
  ];
}

import {
  type BuildContext,
  type DashboardDraft,
  dashboardUid,
  dataSourceVariable,
  deploymentAnnotations,
  instanceVariable,
  link,
  type PanelDraft,
  runbookUrl,
  type ServiceContext,
  serviceLinks,
} from '../src/build/index.ts';
import { signals } from '../src/metrics/index.ts';
import type { Service } from '../src/model/service.ts';
import type { Family } from '../src/model/signal.ts';
import { dependencySection } from './panels/dependencies.ts';
import { errorSection } from './panels/errors.ts';
import { latencySection } from './panels/latency.ts';
import { poolSection } from './panels/pools.ts';
import { querySection } from './panels/queries.ts';
import { resourceSection } from './panels/resources.ts';
import { verdictSection } from './panels/verdict.ts';

/** What a service's own file does to the default dashboard. */
export type Extend = (draft: DashboardDraft, context: ServiceContext) => DashboardDraft;

/** The dashboard of a service without a file of its own: all families, first what users feel, then what it comes from. */
export function defaultDashboard(
  service: Service,
  context: BuildContext,
  source = 'dashboards/default.ts',
): DashboardDraft {
  const own: ServiceContext = { ...context, service, signals: signals(service, context.catalog) };
  const sections = [
    verdictSection,
    latencySection,
    errorSection,
    poolSection,
    querySection,
    dependencySection,
    resourceSection,
  ];
  return {
    uid: dashboardUid(context.project, service.id),
    title: service.title,
    description: `${service.title}, owned by team ${service.team}. Top to bottom: verdict, what users feel, pools, queries, dependencies, resources. Made from ${service.source}; edits here are noticed and kept apart.`,
    tags: [`service:${service.id}`, `system:${context.project.system}`, `team:${service.team}`],
    source,
    service: service.id,
    sections: sections
      .map((build) => build(own))
      .map((section) => ({
        ...section,
        panels: section.panels.map((panel) => ({
          ...withRunbooks(panel, context),
          source: `dashboards/panels/${section.key}.ts`,
        })),
      })),
    variables: [dataSourceVariable(context.project), instanceVariable(own)],
    annotations: deploymentAnnotations(service),
    links: serviceLinks(own),
  };
}

/**
 * Adds panels to the end of a family's section.
 *
 * @example addPanels(draft, 'queries', timeseriesPanel({ key: 'slowest-queries', ... }))
 */
export function addPanels(draft: DashboardDraft, family: Family, ...panels: PanelDraft[]): DashboardDraft {
  return {
    ...draft,
    sections: draft.sections.map((section) =>
      section.key === family ? { ...section, panels: [...section.panels, ...panels] } : section,
    ),
  };
}

/** Links the panel that an alert points to with the alert's runbook. */
function withRunbooks(panel: PanelDraft, { alertNames, project }: BuildContext): PanelDraft {
  const links = panel.signals.flatMap((signal) => {
    const alert = alertNames[signal];
    return alert === undefined
      ? []
      : [
          link(`Runbook: ${alert}`, runbookUrl(project, alert), 'Meaning, impact, diagnosis, mitigation')
            .targetBlank(true)
            .keepTime(false),
        ];
  });
  if (links.length > 0) panel.builder.links(links);
  return panel;
}

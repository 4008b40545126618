/** The dashboard of a service: the sections that a project has chosen, and what one service adds to them. */
import { signals } from '../metrics/index.ts';
import { termsOf } from '../metrics/timing.ts';
import type { Service } from '../model/service.ts';
import type { Family } from '../model/signal.ts';
import { type BuildContext, dashboardUid, runbookUrl, type ServiceContext } from './context.ts';
import type { DashboardDraft, Section } from './dashboard.ts';
import type { DashboardChoice } from './dashboard-choice.ts';
import { dataSourceVariable, deploymentAnnotations, instanceVariable, link, serviceLinks } from './dashboard-parts.ts';
import type { PanelDraft } from './panels.ts';

/** The dashboard of a service, before it is laid out. */
export function serviceDashboard(service: Service, context: BuildContext, choice: DashboardChoice): DashboardDraft {
  const own: ServiceContext = {
    ...context,
    service,
    signals: signals(service, context.catalog),
    terms: termsOf(context.catalog),
  };
  const sections = choice.sections.map((build) => withSource(build(own), context, choice.source));
  const extension = Object.hasOwn(choice.extensions, service.id) ? choice.extensions[service.id] : undefined;
  const draft: DashboardDraft = {
    uid: dashboardUid(context.project, service.id),
    title: service.title,
    description: `${service.title}, owned by team ${service.team}. Top to bottom: ${inWords(sections)}. Made from ${service.source}; edits here are noticed and kept apart.`,
    tags: [`service:${service.id}`, `system:${context.project.system}`, `team:${service.team}`],
    source: extension?.source ?? choice.source,
    service: service.id,
    sections,
    variables: [dataSourceVariable(context.project), ...instanceVariable(own)],
    annotations: deploymentAnnotations(service, context.project),
    links: serviceLinks(own),
  };
  return extension === undefined ? draft : extension.extend(draft, own);
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

function withSource(section: Section, context: BuildContext, source: string): Section {
  return { ...section, panels: section.panels.map((panel) => ({ source, ...withRunbooks(panel, context) })) };
}

/** @example 'verdict, latency, errors, pools' */
function inWords(sections: readonly Section[]): string {
  return sections.map(({ key }) => key).join(', ');
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

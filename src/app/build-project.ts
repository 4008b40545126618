/** The one place where services, dashboards and alerts come together. */
import { existsSync, readdirSync } from 'node:fs';
import {
  buildContactPoints,
  buildRules,
  alertNames as namesBySignal,
  projectAlerts,
  serviceAlerts,
} from '../../alerts/index.ts';
import { receivers } from '../../alerts/routing.ts';
import { buildDashboards, extendedServices } from '../../dashboards/index.ts';
import { overviewUid } from '../../src/build/index.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { Project } from '../../src/model/project.ts';
import type { DashboardResource, Desired } from '../../src/model/resource.ts';
import { type Catalog, defineCatalog, type Service } from '../../src/model/service.ts';
import { project as ownProject } from '../../src/project.ts';
import { validateDesired, validateFacts } from '../../src/validate/index.ts';
import { brokenCode } from './broken-code.ts';
import { ROOT } from './root.ts';

/** What the code describes, or what is wrong with it. */
export type Built =
  | {
      readonly ok: true;
      readonly desired: Desired;
      readonly catalog: Catalog;
      readonly project: Project;
      readonly warnings: readonly Diagnostic[];
    }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };

/** The names of all alerts. */
export const alertNames: readonly string[] = [...serviceAlerts, ...projectAlerts].map(({ alert }) => alert);

/** Reads the services, builds everything from them and checks it. Nothing is written. */
export async function buildProject(): Promise<Built> {
  try {
    const { services } = await import('../../services/index.ts');
    return buildFrom(services, ownProject);
  } catch (cause) {
    const problem = brokenCode(cause);
    if (problem === undefined) throw cause;
    return { ok: false, problems: [problem] };
  }
}

/** The same for given services. Facts are checked before anything is built from them. */
export function buildFrom(services: readonly Service[], project: Project): Built {
  const catalog = defineCatalog(services);
  const facts = [...validateFacts(catalog, project), ...lostExtensions(services)];
  if (facts.some(({ level }) => level === 'error')) return { ok: false, problems: facts };
  const desired = assemble(catalog, project);
  const problems = [...facts, ...validateDesired({ desired, catalog, project, runbooks: runbooks() })];
  if (problems.some(({ level }) => level === 'error')) return { ok: false, problems };
  return { ok: true, desired, catalog, project, warnings: problems };
}

/** Panels that are added to the dashboard of a service that is none would be nowhere. */
function lostExtensions(services: readonly Service[]): Diagnostic[] {
  const known = services.map((service) => service?.id);
  return extendedServices
    .filter((id) => !known.includes(id))
    .map((id) => ({
      code: 'F015',
      level: 'warning',
      file: 'dashboards/index.ts',
      subject: `the dashboard of ${id}`,
      message: 'belongs to no service, so that its panels are shown nowhere',
      remedy: `Services: ${known.join(', ')}. Take it out, or correct the id.`,
    }));
}

/** Builds every resource. */
export function assemble(catalog: Catalog, project: Project): Desired {
  const dashboards = buildDashboards({ project, catalog, alertNames: namesBySignal });
  const rules = buildRules(catalog, { project, receivers, panelOf: panelFinder(dashboards, project) });
  return {
    resources: [
      { kind: 'folder', uid: project.folder.uid, title: project.folder.title, source: 'src/project.ts' },
      ...buildContactPoints(project),
      ...rules,
      ...dashboards,
    ],
  };
}

function panelFinder(
  dashboards: readonly DashboardResource[],
  project: Project,
): Parameters<typeof buildRules>[1]['panelOf'] {
  return (signal, serviceId) => {
    const dashboard = dashboards.find(({ service, uid }) =>
      serviceId === undefined ? uid === overviewUid(project) : service === serviceId,
    );
    const panelId = dashboard?.signalPanels[signal];
    return dashboard === undefined || panelId === undefined ? undefined : { dashboardUid: dashboard.uid, panelId };
  };
}

function runbooks(): ReadonlySet<string> {
  const folder = `${ROOT}alerts/runbooks`;
  const pages = existsSync(folder) ? readdirSync(folder) : [];
  return new Set(pages.filter((name) => name.endsWith('.md')).map((name) => name.slice(0, -'.md'.length)));
}

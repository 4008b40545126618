/** The one place where services, dashboards and alerts come together. */
import { relative, sep } from 'node:path';
import { overviewUid, type RuleContext } from '../build/index.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { ExplainedError } from '../model/explained-error.ts';
import type { Project } from '../model/project.ts';
import type { ContactPointResource, DashboardResource, Desired } from '../model/resource.ts';
import { type Catalog, defineCatalog, type Service } from '../model/service.ts';
import { shapeProblems, validateDesired, validateFacts } from '../validate/index.ts';
import { brokenCode, ofCode, placeOf } from './broken-code.ts';
import type { Io } from './io.ts';
import { explained, loadedProject } from './loaded-project.ts';
import type { ProjectSource } from './project-source.ts';

/** What the code describes, or what is wrong with it. */
export type Built =
  | {
      readonly ok: true;
      readonly desired: Desired;
      readonly catalog: Catalog;
      readonly project: Project;
      /** The names of all alerts. */
      readonly alertNames: readonly string[];
      /** What it was built from. */
      readonly source: ProjectSource;
      readonly warnings: readonly Diagnostic[];
    }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };

/** Loads the project, builds everything from it and checks it. Nothing is written. */
export async function buildProject(io: Pick<Io, 'loadProject' | 'root'>): Promise<Built> {
  let loaded = io.root;
  try {
    const source = await loadedProject(io);
    loaded = source.root;
    return buildFrom(source);
  } catch (cause) {
    if (cause instanceof ExplainedError && cause.problems.length > 0) return { ok: false, problems: cause.problems };
    const place = placeOf(cause, loaded);
    if (place === undefined) throw cause;
    return { ok: false, problems: [brokenCode(cause, loaded, place)] };
  }
}

/** The same for a project that is loaded. Facts are checked before anything is built from them. */
export function buildFrom(source: ProjectSource): Built {
  const { project } = source;
  const catalog = catalogOf(source);
  const facts = [...validateFacts(catalog, project), ...lostExtensions(source)];
  if (facts.some(({ level }) => level === 'error')) return { ok: false, problems: facts };
  const desired = assemble(source, catalog);
  const problems = [...facts, ...validateDesired({ desired, catalog, project, runbooks: source.runbooks })];
  if (problems.some(({ level }) => level === 'error')) return { ok: false, problems };
  const { serviceAlerts, projectAlerts } = source.alerts;
  const alertNames = [...serviceAlerts, ...projectAlerts].map(({ alert }) => alert);
  return { ok: true, desired, catalog, project, alertNames, source, warnings: problems };
}

/** The services, each with its file relative to the project. */
export function catalogOf({ services, root, project }: Pick<ProjectSource, 'services' | 'root' | 'project'>): Catalog {
  return defineCatalog(
    services.map((service) => withinRoot(service, root)),
    project,
  );
}

/** Panels that are added to the dashboard of a service that is none would be nowhere. */
function lostExtensions({ services, dashboards: { extendedServices } }: ProjectSource): Diagnostic[] {
  const known = services.map((service) => service?.id).filter((id) => typeof id === 'string');
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

/** Builds every resource. @throws ExplainedError F000 where a function of the project throws or returns something else */
export function assemble(source: ProjectSource, catalog: Catalog): Desired {
  const { project, dashboards, alerts, root } = source;
  const inDashboards = { called: 'buildDashboards', file: 'dashboards/index.ts', root };
  const built = checked('dashboard', inDashboards, () =>
    dashboards.buildDashboards({ project, catalog, alertNames: alerts.alertNames }),
  );
  const panelOf = panelFinder(built, project);
  const rules = checked('rule', { called: 'buildRules', file: 'alerts/index.ts', root }, () =>
    alerts.buildRules(catalog, { project, receivers: alerts.receivers, panelOf }),
  );
  return {
    resources: [
      { kind: 'folder', uid: project.folder.uid, title: project.folder.title, source: 'src/project.ts' },
      ...contactPointsOf(source),
      ...rules.map((rule) => withinRoot(rule, root)),
      ...built.map((dashboard) => withinRoot(dashboard, root)),
    ],
  };
}

/** The code's contact points. @throws ExplainedError F000 */
export function contactPointsOf({ project, alerts, root }: ProjectSource): readonly ContactPointResource[] {
  return checked('contact-point', { called: 'buildContactPoints', file: 'alerts/index.ts', root }, () =>
    alerts.buildContactPoints(project),
  );
}

/** What a function of the project builds, of the right shape. */
function checked<T>(
  kind: Parameters<typeof shapeProblems>[0],
  { root, ...place }: { readonly called: string; readonly file: string; readonly root: string },
  build: () => readonly T[],
): readonly T[] {
  const built = ofCode(place.file, root, build);
  const problems = shapeProblems(kind, built, place);
  if (problems.length > 0) throw explained(problems);
  return built;
}

/** The same with its file relative to where the project was loaded from. */
function withinRoot<T extends Pick<Service, 'source'>>(defined: T, root: string): T {
  // Facts that were not made by defineService are the validation's business.
  if (typeof defined?.source !== 'string' || !defined.source.startsWith('/')) return defined;
  return { ...defined, source: relative(root, defined.source).split(sep).join('/') };
}

function panelFinder(dashboards: readonly DashboardResource[], project: Project): RuleContext['panelOf'] {
  return (signal, serviceId) => {
    const dashboard = dashboards.find(({ service, uid }) =>
      serviceId === undefined ? uid === overviewUid(project) : service === serviceId,
    );
    const panelId = dashboard?.signalPanels[signal];
    return dashboard === undefined || panelId === undefined ? undefined : { dashboardUid: dashboard.uid, panelId };
  };
}

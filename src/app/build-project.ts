/** The one place where services, dashboards and alerts come together. */
import { relative, sep } from 'node:path';
import {
  alertNamesOf,
  buildContactPoints,
  buildDashboards,
  buildRules,
  buildTimeIntervals,
  definedSignals,
  type IncidentLink,
  type RuleContext,
} from '../build/index.ts';
import { withMatchers } from '../metrics/bindings.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { ExplainedError } from '../model/explained-error.ts';
import type { Project } from '../model/project.ts';
import type { ContactPointResource, DashboardResource, Desired } from '../model/resource.ts';
import { type Catalog, defineCatalog, type Service } from '../model/service.ts';
import { inEnvironment } from '../project/in-environment.ts';
import type { LoadedProject, ProjectSource } from '../project/source.ts';
import { type Incident, secondsOf } from '../scenario/index.ts';
import { environmentProblems, shapeProblems, validateDesired, validateFacts } from '../validate/index.ts';
import { brokenCode, CONFIG, ofCode, placeOf } from './broken-code.ts';
import { chosenEnvironment, type EnvironmentChoice } from './environment.ts';
import type { Io } from './io.ts';
import { explained, loadedProject } from './loaded-project.ts';

/** What the code describes, or what is wrong with it. */
export type Built = BuiltProject | Invalid;

/** What the code describes in one environment. */
export interface BuiltProject {
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

/** What is wrong with it. */
export interface Invalid {
  readonly ok: false;
  readonly problems: readonly Diagnostic[];
}

/**
 * Loads the project, builds everything from it in one environment and checks it. Nothing is written.
 *
 * @throws ExplainedError C052 or C053 where the choice names no environment
 */
export function buildProject(io: Pick<Io, 'loadProject' | 'root'>, choice: EnvironmentChoice = {}): Promise<Built> {
  return buildWith(io, choice, buildFrom);
}

/** Builds something of a project, in the environment of a choice; broken code is a result like any other fault. */
export async function buildWith<T>(
  io: Pick<Io, 'loadProject' | 'root'>,
  choice: EnvironmentChoice,
  build: (loaded: LoadedProject, name: string | undefined) => T,
): Promise<T | Invalid> {
  let root = io.root;
  const broken = (cause: unknown): Invalid => {
    if (cause instanceof ExplainedError && cause.problems.length > 0) return { ok: false, problems: cause.problems };
    const place = placeOf(cause, root);
    if (place === undefined) throw cause;
    return { ok: false, problems: [brokenCode(cause, root, place)] };
  };
  let loaded: LoadedProject;
  try {
    loaded = await loadedProject(io);
  } catch (cause) {
    return broken(cause);
  }
  root = loaded.root;
  // A wrong choice is no fault of the code.
  const name = chosenEnvironment(loaded, choice);
  try {
    return build(loaded, name);
  } catch (cause) {
    return broken(cause);
  }
}

/**
 * The same for a project that is loaded. Facts are checked before anything is built from them.
 *
 * @param name of the environment. Default: the first
 */
export function buildFrom(loaded: LoadedProject, name?: string): Built {
  const source = inEnvironment(loaded, name);
  const { project } = source;
  const catalog = catalogOf(source);
  const facts = [
    ...environmentProblems(loaded.environments),
    ...validateFacts(catalog, project),
    ...lostExtensions(source),
    ...lostFiles(source),
  ];
  if (facts.some(({ level }) => level === 'error')) return { ok: false, problems: facts };
  const desired = assemble(source, catalog);
  const problems = [...facts, ...validateDesired({ desired, catalog, project, runbooks: source.runbooks })];
  if (problems.some(({ level }) => level === 'error')) return { ok: false, problems };
  const { service, project: ofProject } = source.alerts;
  const alertNames = [...service, ...ofProject].map(({ alert }) => alert);
  return { ok: true, desired, catalog, project, alertNames, source, warnings: problems };
}

/** The services, each with its file relative to the project. */
export function catalogOf({
  services,
  root,
  project,
  alerts,
}: Pick<ProjectSource, 'services' | 'root' | 'project' | 'alerts'>): Catalog {
  return defineCatalog(
    services.map((service) => inMatchers(withinRoot(service, root), project)),
    { ...project, signals: definedSignals(alerts) },
  );
}

/** The service whose metrics are those of the environment alone: every query of it has the matchers. */
function inMatchers(service: Service, { matchers = [] }: Pick<Project, 'matchers'>): Service {
  // Facts that were not made by defineService are the validation's business.
  if (matchers.length === 0 || typeof service?.metrics !== 'object') return service;
  return { ...service, metrics: withMatchers(service.metrics, matchers) };
}

/** Panels that are added to the dashboard of a service that does not exist would be nowhere. */
function lostExtensions({ services, dashboards: { extensions } }: ProjectSource): Diagnostic[] {
  const known = services.map((service) => service?.id).filter((id) => typeof id === 'string');
  return Object.entries(extensions)
    .filter(([id]) => !known.includes(id))
    .map(([id, { source }]) => ({
      code: 'F015',
      level: 'warning',
      file: source,
      subject: `the dashboard of ${id}`,
      message: 'belongs to no service, so that its panels are shown nowhere',
      remedy: `Services: ${known.join(', ')}. Take it out, or correct the id.`,
    }));
}

/** A service that its file forgets to export is watched by nobody. */
function lostFiles({ serviceless }: ProjectSource): Diagnostic[] {
  return serviceless.map((file) => ({
    code: 'F021',
    level: 'warning',
    file,
    subject: file,
    message: 'exports no service, so that nothing in it is watched',
    remedy: 'Export what defineService returns. What is not about one service belongs outside of services/.',
  }));
}

/** Builds every resource. @throws ExplainedError F000 where a function of the project throws or returns something else */
export function assemble(source: ProjectSource, catalog: Catalog): Desired {
  const { project, dashboards, alerts, incident, root } = source;
  const built = checked('dashboard', { called: 'dashboards', file: fileIn(dashboards.source, root), root }, () =>
    buildDashboards(dashboards, {
      project,
      catalog,
      alertNames: alertNamesOf(alerts),
      ...(incident === undefined ? {} : { incident: linkTo(incident) }),
    }),
  );
  const rules = checked('rule', { called: 'alerts', file: fileIn(alerts.source, root), root }, () =>
    buildRules(alerts, catalog, { project, panelOf: panelFinder(built) }),
  );
  const intervals = checked('time-interval', { called: 'alerts', file: fileIn(alerts.source, root), root }, () =>
    buildTimeIntervals(alerts, project),
  );
  return {
    resources: [
      { kind: 'folder', uid: project.folder.uid, title: project.folder.title, source: CONFIG },
      ...contactPointsOf(source),
      ...intervals.map((interval) => withinRoot(interval, root)),
      ...rules.map((rule) => withinRoot(rule, root)),
      ...built.map((dashboard) => withinRoot(dashboard, root)),
    ],
  };
}

/** The code's contact points. @throws ExplainedError F000 */
export function contactPointsOf({ project, alerts, root }: ProjectSource): readonly ContactPointResource[] {
  return checked('contact-point', { called: 'alerts', file: fileIn(alerts.source, root), root }, () =>
    buildContactPoints(alerts, project),
  ).map((point) => withinRoot(point, root));
}

/** The hours of an incident, as dashboards link to them. */
function linkTo({ title, from, until, scenarios }: Incident): IncidentLink {
  const midnight = Date.parse(`${Object.values(scenarios)[0]?.day}T00:00:00Z`);
  return { title, from: midnight + secondsOf(from) * 1000, until: midnight + secondsOf(until) * 1000 };
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

/** The same with its files relative to where the project was loaded from. */
function withinRoot<T extends Pick<Service, 'source'>>(defined: T, root: string): T {
  // Facts that were not made by defineService are the validation's business.
  if (typeof defined?.source !== 'string') return defined;
  const panels = (defined as { readonly panelSources?: Readonly<Record<string, string>> }).panelSources;
  const within = { ...defined, source: fileIn(defined.source, root) };
  if (panels === undefined) return within;
  const panelSources = Object.entries(panels).map(([id, file]) => [id, fileIn(file, root)]);
  return { ...within, panelSources: Object.fromEntries(panelSources) };
}

function fileIn(file: string, root: string): string {
  return file.startsWith('/') ? relative(root, file).split(sep).join('/') : file;
}

function panelFinder(dashboards: readonly DashboardResource[]): RuleContext['panelOf'] {
  return (signal, serviceId) => {
    const shown = dashboards.find(
      ({ service, signalPanels }) => service === serviceId && signalPanels[signal] !== undefined,
    );
    const panelId = shown?.signalPanels[signal];
    return shown === undefined || panelId === undefined ? undefined : { dashboardUid: shown.uid, panelId };
  };
}

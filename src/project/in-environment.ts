/** The one place where facts that differ between environments become plain ones, before anything is built of them. */
import { type AlertChoice, routedTo } from '../build/alert-choice.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { valueIn } from '../model/environment.ts';
import { ExplainedError } from '../model/explained-error.ts';
import type { Service } from '../model/service.ts';
import type { Environment } from './environments.ts';
import { fromTheEdge } from './services.ts';
import type { LoadedProject, ProjectSource } from './source.ts';

/** The names of a project's environments, in their order; none where it has one place and no `environments.ts`. */
export function environmentNames({ environments }: Pick<LoadedProject, 'environments'>): readonly string[] {
  return Object.keys(environments ?? {});
}

/**
 * The project as one of its environments has it.
 *
 * @param name default: the first; it means nothing where there are none
 * @throws ExplainedError F032 where a fact has no value for it
 * @example inEnvironment(loaded, 'staging').project.mark // 'acmestg'
 */
export function inEnvironment(loaded: LoadedProject, name?: string): ProjectSource {
  const { environments, ...source } = loaded;
  const chosen = name ?? environmentNames(loaded)[0];
  const environment = chosen === undefined ? undefined : environments?.[chosen];
  if (chosen === undefined || environment === undefined) return { ...source, environment: undefined };
  const problems: Diagnostic[] = [];
  const resolved = <T>(value: T, file: string, subject: string): T =>
    valueIn(value, chosen, (path) => problems.push(missing(chosen, path, file, subject))) as T;
  const ofProject = <T>(value: T): T => resolved(value, 'grafana.config.ts', 'project');
  const services = source.services.map((service) => ofService(service, resolved));
  const { dashboards, alerts, scenarios, incident } = ofProject({
    dashboards: source.dashboards,
    alerts: source.alerts,
    scenarios: source.scenarios,
    incident: source.incident,
  });
  const project = ofProject(source.project);
  if (problems.length > 0) throw unstated(problems);
  return {
    ...source,
    environment: { name: chosen, alone: environmentNames(loaded).length === 1, grafana: environment.grafana },
    project: { ...project, ...factsOf(environment), environment: chosen },
    services: fromTheEdge(services),
    dashboards,
    alerts: routed(alerts, environment),
    scenarios,
    ...(incident === undefined ? {} : { incident }),
  };
}

/** What an environment says of the project. */
function factsOf({ mark, dataSource, folder, matchers, labels }: Environment): Partial<ProjectSource['project']> {
  return {
    mark,
    dataSource,
    folder,
    ...(matchers === undefined ? {} : { matchers }),
    ...(labels === undefined ? {} : { labels }),
  };
}

function routed(alerts: AlertChoice, { routing }: Environment): AlertChoice {
  return routing === undefined ? alerts : routedTo(alerts, routing);
}

function ofService(service: Service, resolved: <T>(value: T, file: string, subject: string) => T): Service {
  // Anything may stand in the list: validation says so.
  const { source, id } = (service ?? {}) as Partial<Service>;
  return resolved(service, source ?? 'services/', `service ${id ?? '?'}`);
}

function missing(name: string, path: readonly string[], file: string, subject: string): Diagnostic {
  return {
    code: 'F032',
    level: 'error',
    file,
    subject,
    message: `has no value at ${path.join('.')} for the environment ${name}`,
    remedy: `State it with per({ ${name}: … }) of environments.ts; tsc --noEmit shows the line.`,
  };
}

function unstated(problems: readonly Diagnostic[]): ExplainedError {
  const [first] = problems;
  return new ExplainedError({
    code: 'F032',
    message: problems.map(({ subject, message }) => `${subject} ${message}`).join('; '),
    remedy: first?.remedy ?? '',
    problems,
  });
}

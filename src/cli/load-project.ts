/** Loads the files that people write. */
import { existsSync, readdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { CONFIG } from '../app/broken-code.ts';
import { ENVIRONMENTS, statesEnvironments } from '../app/environment.ts';
import { runbookNames } from '../app/runbook-pages.ts';
import { refused } from '../model/explained-error.ts';
import type { ProjectDefinition } from '../project/definition.ts';
import type { Environments } from '../project/environments.ts';
import { fromTheEdge, servicesIn } from '../project/services.ts';
import type { LoadedProject } from '../project/source.ts';
import { readTypeScript } from './typescript.ts';

const SERVICES = 'services';

/**
 * Loads a project: its `grafana.config.ts`, its `environments.ts` where it has one, and every service that a file below
 * `services/` exports. Within one process
 * Node loads a file once: who calls it again after a change gets what was loaded before.
 *
 * @param root with a slash at its end.
 * @throws ExplainedError F020 where there is no `grafana.config.ts`
 */
export async function loadProject(root: string): Promise<LoadedProject> {
  if (!existsSync(`${root}${CONFIG}`))
    throw refused(
      'F020',
      CONFIG,
      `does not exist in ${root.slice(0, -1)}, nor in a folder above it`,
      'Start the command in a project, or write the file that makes one: export default defineProject({ … })',
    );
  await readTypeScript();
  const load = (path: string): Promise<Readonly<Record<string, unknown>>> =>
    import(pathToFileURL(`${root}${path}`).href);
  const files = serviceFiles(root);
  const stated = statesEnvironments(root) ? load(ENVIRONMENTS) : undefined;
  const [config, places, ...modules] = await Promise.all([load(CONFIG), stated, ...files.map(load)]);
  const exported = modules.map((module) => servicesIn(module ?? {}));
  // What is exported may be anything: its shape is looked at where it is used.
  const { dashboards, alerts, scenarios, incident, ...project } = (config?.['default'] ?? {}) as ProjectDefinition;
  return {
    root,
    project,
    // None at all is for the check of its shape to say.
    ...(places === undefined
      ? {}
      : { environments: (places['default'] as Environments | undefined)?.environments ?? {} }),
    services: fromTheEdge([...new Set(exported.flat())]),
    serviceless: files.filter((_, index) => exported[index]?.length === 0),
    dashboards,
    alerts,
    scenarios: scenarios ?? [],
    ...(incident === undefined ? {} : { incident }),
    runbooks: new Set(runbookNames(root)),
  };
}

/** Files of TypeScript below services/, but for tests and declarations. */
function serviceFiles(root: string): readonly string[] {
  if (!existsSync(`${root}${SERVICES}`)) return [];
  return readdirSync(`${root}${SERVICES}`, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && /(?<!\.d|\.test)\.ts$/.test(entry.name))
    .map(({ parentPath, name }) => `${parentPath.slice(root.length)}/${name}`)
    .sort();
}

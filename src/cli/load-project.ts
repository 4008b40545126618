/** Loads the files that people write. */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { ProjectSource } from '../app/project-source.ts';
import { runbookNames } from '../app/runbook-pages.ts';

/**
 * Loads a project's services, dashboards and alerts. Within one process Node loads a file once: who calls it again
 * after a change gets what was loaded before.
 *
 * @param root with a slash at its end.
 */
export async function loadProject(root: string): Promise<ProjectSource> {
  const load = (path: string) => import(pathToFileURL(`${root}${path}`).href);
  const [{ project }, { services }, dashboards, alerts, { receivers }, { scenarios, incident }] = await Promise.all([
    load('src/project.ts'),
    load('services/index.ts'),
    load('dashboards/index.ts'),
    load('alerts/index.ts'),
    load('alerts/routing.ts'),
    existsSync(`${root}scenarios/index.ts`) ? load('scenarios/index.ts') : { scenarios: [], incident: undefined },
  ]);
  return {
    root,
    project,
    services,
    dashboards,
    alerts: { ...alerts, receivers },
    scenarios,
    incident,
    runbooks: new Set(runbookNames(root)),
  };
}

/**
 * The shop of the incident as tests know it: facts of its own, so that the tests of the code hold whatever services a
 * project has. What the project's own services and runbooks promise is tested with those.
 */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROJECT } from '../run.ts';

const SHOP = fileURLToPath(new URL('.', import.meta.url));
const PARTS = ['package.json', 'tsconfig.json', 'dashboards', 'alerts', 'scenarios', 'src', 'scripts'];

/** Beside the configuration of a copy: the facts that tests know. */
export const FACTS = 'facts.ts';
const CONFIG = `import { defineProject } from 'grafana-as-code';
import { alerts } from './alerts/index.ts';
import { dashboards } from './dashboards/index.ts';
import { project } from './${FACTS}';
import { incident, scenarios } from './scenarios/index.ts';

export default defineProject({ ...project, dashboards, alerts, scenarios, incident });
`;

/** A copy of the project with the shop's facts, whose files tests may change. Its path ends with a slash. */
export async function copyOfProject(name: string): Promise<string> {
  const folder = `${await mkdtemp(join(tmpdir(), `${name}-`))}/`;
  for (const part of PARTS) await cp(join(PROJECT, part), join(folder, part), { recursive: true });
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  await rm(join(folder, 'dashboards/rendered'), { recursive: true, force: true });
  await rm(join(folder, 'alerts/rendered'), { recursive: true, force: true });
  await mkdir(join(folder, 'services'));
  for (const file of await readdir(join(SHOP, 'services'))) {
    if (file !== 'index.ts') await cp(join(SHOP, 'services', file), join(folder, 'services', file));
  }
  const facts = await readFile(join(SHOP, 'project.ts'), 'utf8');
  await writeFile(join(folder, FACTS), facts.replace("'../../../src/model/project.ts'", "'grafana-as-code'"));
  await writeFile(join(folder, 'grafana.config.ts'), CONFIG);
  return folder;
}

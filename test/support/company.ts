import { cp, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT, REPOSITORY } from './places.ts';

const ENGINE = ['package.json', 'tsconfig.json', 'src', 'scripts'];
const COMPANY = ['grafana.config.ts', 'services', 'dashboards', 'alerts', 'scenarios'];

/** A repository of its own with the bank's files, which tests may change. Its path ends with a slash. */
export async function copyOfProject(name: string): Promise<string> {
  const folder = `${await mkdtemp(join(tmpdir(), `${name}-`))}/`;
  const parts = [...ENGINE.map((part) => [REPOSITORY, part]), ...COMPANY.map((part) => [PROJECT, part])] as const;
  for (const [from = '', part = ''] of parts) await cp(join(from, part), join(folder, part), { recursive: true });
  await symlink(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

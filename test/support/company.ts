import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ANSWERS_FOLDER } from '../../src/adapters/promtool/answers.ts';
import { PROJECT, REPOSITORY } from './places.ts';
import { run } from './run.ts';

const ENGINE = ['package.json', 'tsconfig.json', 'src', 'scripts'];
const COMPANY = ['grafana.config.ts', 'services', 'dashboards', 'alerts', 'scenarios'];

/** A repository of its own with the bank's files, which tests may change. Its path ends with a slash. */
export async function copyOfProject(name: string): Promise<string> {
  const folder = `${await mkdtemp(join(tmpdir(), `${name}-`))}/`;
  const parts = [...ENGINE.map((part) => [REPOSITORY, part]), ...COMPANY.map((part) => [PROJECT, part])] as const;
  for (const [from = '', part = ''] of parts) await cp(join(from, part), join(folder, part), { recursive: true });
  await symlink(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
  await shareAnswers(folder);
  return folder;
}

/** What promtool has answered to one test is known to all, and to the next run. */
async function shareAnswers(folder: string): Promise<void> {
  const [kept, place] = [join(REPOSITORY, ANSWERS_FOLDER), join(folder, ANSWERS_FOLDER)];
  await Promise.all([mkdir(kept, { recursive: true }), mkdir(dirname(place), { recursive: true })]);
  await symlink(kept, place);
}

/** The same, with its rendered files committed: there is something to compare with. */
export async function committedCopy(name: string): Promise<string> {
  const folder = await copyOfProject(name);
  await run('render', [], {}, folder);
  const git = (...args: string[]) =>
    promisify(execFile)('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: folder });
  await git('init', '--quiet');
  await git('add', 'alerts/rendered', 'dashboards/rendered');
  await git('commit', '--quiet', '--message', 'As it was');
  return folder;
}

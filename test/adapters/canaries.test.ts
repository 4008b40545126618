/** Servers that say back everything they were sent: no command lets a secret out. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { commandNames } from '../../src/cli/commands.ts';
import { CANARIES, CANARY_USERS, expectNoCanary } from '../support/canaries.ts';
import { committedCopy } from '../support/company.ts';
import { listen } from '../support/loopback.ts';
import { run } from '../support/run.ts';

let project = '';
beforeAll(async () => {
  project = await committedCopy('canaries');
});
afterAll(() => rm(project, { recursive: true, force: true }));

/** Says back head and body, in all forms that servers have. */
async function echo(status: number): Promise<string> {
  const { port } = await listen((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { authorization = '', ...others } = request.headers;
      const inClear = Buffer.from(authorization.replace(/^\w+ /, ''), 'base64').toString();
      const all = `${authorization} ${inClear} ${JSON.stringify(others)} ${encodeURIComponent(authorization)} ${body}`;
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ message: all, error: all, status: 'error', database: all, version: '12.4.0', all }));
    });
  });
  return `http://127.0.0.1:${port}`;
}

const { GRAFANA_TOKEN, PROMETHEUS_TOKEN, ...WITHOUT_TOKENS } = CANARIES;
const TOKENS = { ...CANARIES };
const PASSWORDS = { ...WITHOUT_TOKENS, ...CANARY_USERS };
const window = ['--since', '2026-01-14T12:00:00Z', '--duration', '5m', '--warmup', '0s'];
const mark = ['--service', 'offer-service', '--version', 'v1.2.3'];
const judge = ['--service', 'offer-service', ...window];
const replay = ['healthy-day'];

/** Every command, with what it writes into a folder of its own. */
const COMMANDS: readonly (readonly [string, (folder: string) => readonly string[]])[] = [
  ['annotate', () => mark],
  ['annotate', () => [...mark, '--rollback']],
  ['comment', (folder) => ['--file', `${folder}/../report.md`, '--pull-request', '7']],
  ['comment', (folder) => ['--file', `${folder}/../report.md`, '--summary']],
  ['diff', (folder) => ['--base', 'HEAD', '--out', `${folder}/diff.html`, '--format', 'html']],
  ['drift-issue', (folder) => ['--plan', `${folder}/../plan.json`, '--report', `${folder}/../report.md`]],
  ['forget', () => ['--mark', 'gone']],
  ['gate', () => [...judge, '--baseline', 'none', '--format', 'md']],
  [
    'gate',
    (folder) => [...judge, '--baseline', 'none', '--junit', `${folder}/a.xml`, '--write-baseline', `${folder}/b.json`],
  ],
  ['new-service', () => ['!']],
  ['plan', () => ['--target', 'grafana']],
  [
    'plan',
    (folder) => ['--target', 'grafana', '--format', 'md', '--json', `${folder}/a.json`, '--save', `${folder}/b`],
  ],
  ['plan', (folder) => ['--target', 'directory', '--dir', `${folder}/dir`, '--save', `${folder}/plan`]],
  ['pools', (folder) => ['--format', 'json', '--out', `${folder}/pools.json`]],
  ['preview', () => ['--sync']],
  ['render', () => ['--check']],
  ['replay', () => ['--list']],
  ['replay', () => [...replay, '--engine', 'grafana']],
  ['restore', (folder) => [`${folder}/../backup.json`]],
  ['runbooks', () => ['--check']],
  ['screenshots', (folder) => ['user-account', '--out', folder, '--timeout', '1s']],
  ['setup:promtool', () => []],
  ['sync', () => ['--target', 'grafana']],
  ['sync', (folder) => ['--target', 'directory', '--dir', `${folder}/dir`, '--json', `${folder}/a.json`]],
  ['validate', () => []],
];

test('every command is tried', () => {
  expect([...new Set(COMMANDS.map(([command]) => command))].sort()).toEqual([...commandNames].sort());
});

describe.each([
  ['tokens', TOKENS],
  ['user and password', PASSWORDS],
])('no output and no file shows a secret of a command that signs in with %s', (_, secrets) => {
  test.each(COMMANDS.map(([command, args]) => [command, args('FOLDER'), args] as const))(
    '%s %j',
    async (command, _shown, args) => {
      for (const status of REMOTE.has(command) ? [400, 401, 403, 422, 200] : [200]) {
        const url = await echo(status);
        const folder = await scratch();
        const environment = {
          GRAFANA_URL: url,
          PROMETHEUS_URL: url,
          GITHUB_API_URL: url,
          GITHUB_REPOSITORY: 'bank/grafana',
          GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
          PREVIEW_GRAFANA_PORT: new URL(url).port,
          CHROMIUM_PATH: '/nowhere/chromium',
        };
        const { stdout, stderr } = await run(command, args(folder), { ...secrets, ...environment }, project);
        expectNoCanary(stdout, stderr, ...(await filesIn(folder)));
      }
    },
    120_000,
  );
});

/** Those that ask a server. */
const REMOTE = new Set(['annotate', 'comment', 'drift-issue', 'gate', 'plan', 'pools', 'restore', 'sync']);

/** A folder with a plan, a backup and a report beside it. */
async function scratch(): Promise<string> {
  const around = await mkdtemp(join(tmpdir(), 'canaries-'));
  onTestFinished(() => rm(around, { recursive: true, force: true }));
  const folder = join(around, 'out');
  await mkdir(folder);
  const head = { format: 'grafana-as-code/plan', version: 1, changed: true, counts: { blocked: 0 }, drift: [] };
  await writeFile(join(around, 'plan.json'), JSON.stringify(head));
  await writeFile(join(around, 'report.md'), '# A report\n');
  const target = { kind: 'grafana', name: 'http://127.0.0.1' };
  const backup = { format: 'grafana-as-code/backup', version: 1, target, resources: [] };
  await writeFile(join(around, 'backup.json'), JSON.stringify(backup));
  return folder;
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return Promise.all(files.map((file) => readFile(file, 'latin1')));
}

/** What people have who install the packed engine into an empty folder: every step is the next one of their first day. */
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFakeGrafana } from '../support/fake-grafana/index.ts';
import { serveFake, serveListener } from '../support/fake-grafana/serve.ts';
import { REPOSITORY } from '../support/places.ts';
import {
  appears,
  type Consumer,
  DOCKER_CALLS,
  DOCKER_ENVIRONMENT,
  DOCKER_READY,
  filesBelow,
  installConsumer,
} from './consumer.ts';

/** Nothing of the first project that was ever written with the engine is in the engine. */
const FOREIGN = /shop|user-service|order-service|api-gateway|2025-12-15/i;
/** Files of the repository, which nobody has who installed the package, and scripts that the project does not have. */
const ELSEWHERE = /\b(?:docs|src)\/|npm run /;
/** Two of twenty: alerts that have to fire, and troubles in which none may. Each takes promtool seconds. */
const SCENARIOS = ['dependency-errors', 'minor-troubles'];
const LIMITS = { processes: 40, seconds: 120 } as const;

const began = performance.now();
const idle = loadavg()[0] ?? 0;
let consumer: Consumer;
beforeAll(async () => {
  consumer = await installConsumer();
}, 120_000);
afterAll(() => rm(consumer.folder, { recursive: true, force: true }));

/** Runs a command that has to succeed; answers with what it printed. */
async function succeeds(command: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await consumer.engine(command, ...args);
  expect(code, `${command}: ${stdout}${stderr}`).toBe(0);
  return `${stdout}${stderr}`;
}

test('holds what the engine needs at run time, types, and nothing of the repository', async () => {
  const files = await filesBelow(join(consumer.root, 'node_modules/grafana-as-code/'));
  for (const path of [
    'README.md',
    '.env.example',
    'index.d.ts',
    'preview/containers/compose.yaml',
    'preview/containers/compose.env',
  ])
    expect([...files.keys()]).toContain(path);
  expect([...files.keys()].filter((path) => /\.test\.|(?<!\.d)\.ts$/.test(path))).toEqual([]);
  expect([...files].filter(([path, text]) => FOREIGN.test(path) || FOREIGN.test(text)).map(([path]) => path)).toEqual(
    [],
  );
});

test('its declarations are accepted by the compiler', async () => {
  const { code, stdout } = await consumer.run(process.execPath, [join(REPOSITORY, 'node_modules/typescript/bin/tsc')]);
  expect(stdout).toBe('');
  expect(code).toBe(0);
});

test('runbooks writes the pages of the alerts, and nothing is wrong then', async () => {
  expect(await succeeds('runbooks')).toContain('alerts/runbooks/ServiceErrorRateHigh.md');
  expect(await succeeds('validate')).toBe('Valid: 1 services, 2 dashboards, 9 alert rules, 2 contact points.\n');
});

test('plan and sync show and do the same, and the second sync writes nothing', async () => {
  expect(await succeeds('plan')).toContain('14 to create');
  expect(await succeeds('sync')).toContain('Applied: 14 created, 0 changed, 0 deleted.');
  const before = await filesBelow(join(consumer.root, 'dist/'));
  expect(await succeeds('sync')).toContain('Nothing to do: 14 resources are as in the code.');
  expect(await filesBelow(join(consumer.root, 'dist/'))).toEqual(before);
});

test('render and diff show in a pull request what a new service brings', async () => {
  expect(await succeeds('render')).toContain('dashboards/rendered/acme-payments.json');
  await writeFile(join(consumer.root, '.gitignore'), 'node_modules\ndist\n.cache\n');
  const commit = 'git init -q && git add . && git -c user.name=a -c user.email=a@example.com commit -qm first';
  expect(await consumer.run('sh', ['-c', commit])).toMatchObject({ code: 0 });
  expect(await succeeds('new-service', 'orders')).toContain('npx grafana-as-code plan      shows its dashboard');
  expect(await succeeds('diff', '--base', 'HEAD')).toContain('Orders');
});

test('replay holds the alerts to scenarios that are made from the services', async () => {
  expect(await succeeds('replay', ...SCENARIOS)).toContain('dependency-errors');
});

test('gate shows its help, and any copy of the engine hands over to the one of the project', async () => {
  expect(await succeeds('gate', '--help')).toContain('Usage: npx grafana-as-code gate [options]');
  const other = join(REPOSITORY, 'dist/package/cli/bin.js');
  // From a folder below, too.
  const { code, stdout } = await consumer.run(process.execPath, [other, 'validate'], {
    cwd: join(consumer.root, 'services'),
  });
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('Valid: 2 services') });
});

test('preview starts the programs of the package, and syncs to its Grafana', async () => {
  const { folder } = consumer;
  const alive = () => serveListener((_, response) => response.end('{}'));
  // Ports that were free a moment ago.
  const ports = await Promise.all([alive(), alive(), alive()]);
  const [grafana = 0, prometheus = 0, pager = 0] = ports.map(({ url }) => Number(new URL(url).port));
  await Promise.all(ports.map((port) => port.close()));
  const environment = { GRAFANA: grafana, PROMETHEUS: prometheus, PAGER: pager };
  const lines = Object.entries(environment).map(([name, port]) => `PREVIEW_${name}_PORT=${port}\n`);
  await writeFile(join(consumer.root, '.env'), lines.join(''));

  const running = succeeds('preview');
  await Promise.race([appears(join(folder, DOCKER_ENVIRONMENT), 30), running]);
  const given = await readFile(join(folder, DOCKER_ENVIRONMENT), 'utf8');
  const variables = new Map(given.split('\n').map((line) => [line.split('=', 1)[0], line.replace(/^[^=]*=/, '')]));
  const served = await Promise.all([
    serveFake(createFakeGrafana(), { port: grafana }),
    serveListener((_, response) => response.end(), undefined, prometheus),
    serveListener((_, response) => response.end(), undefined, pager),
  ]);
  await appendFile(join(folder, DOCKER_READY), '');
  expect(await running).toContain('npx grafana-as-code preview --down     removes all of it');
  await Promise.all(served.map((one) => one.close()));

  // In a container, packages are mounted at /project/node_modules, and programs are started by their place in there.
  const program = `${variables.get('PREVIEW_PROGRAMS')}/simulator${variables.get('PREVIEW_EXTENSION')}`;
  const inContainer = join(dirname(variables.get('PREVIEW_MODULES') ?? ''), program);
  const simulated = `--simulated=${variables.get('PREVIEW_FILES')}/simulated.json`;
  const simulator = consumer.start(process.execPath, [inContainer, `--listen=127.0.0.1:${grafana}`, simulated]);
  try {
    await expect
      .poll(
        () =>
          fetch(`http://127.0.0.1:${grafana}/metrics`).then(
            (answer) => answer.text(),
            () => '',
          ),
        { timeout: 20_000 },
      )
      .toContain('payments');
  } finally {
    simulator.kill();
  }

  const calls = await readFile(join(folder, DOCKER_CALLS), 'utf8');
  expect(calls).toContain(join(consumer.root, 'node_modules/grafana-as-code/preview/containers/compose.yaml'));
});

test('a project with scripts of its own is shown those', async () => {
  const file = join(consumer.root, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const printed = consumer.printed();
  expect(printed).not.toMatch(ELSEWHERE);
  await writeFile(file, JSON.stringify({ ...manifest, scripts: { plan: 'grafana-as-code plan' } }));
  const { code, stdout } = await consumer.run('npm', ['run', '-s', 'plan', '--', '--help']);
  expect(stdout).toContain('Usage: npm run plan -- [options]');
  expect(code).toBe(0);
  const plan = await consumer.run('npm', ['run', '-s', 'plan', '--', '--service', 'payments']);
  expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining('Plan for directory dist/grafana') });
});

test('nothing that was printed or written is about somebody else’s project, or names what is not there', async () => {
  expect(consumer.printed()).not.toMatch(FOREIGN);
  const files = await filesBelow(consumer.root, ['node_modules', '.git']);
  const wrong = [...files].filter(([, text]) => FOREIGN.test(text) || ELSEWHERE.test(text));
  expect(wrong.map(([path]) => path)).toEqual([]);
});

test('all of it took few processes, and little time on an idle machine', async (context) => {
  expect(await consumer.processes()).toBeLessThanOrEqual(LIMITS.processes);
  context.skip(idle > availableParallelism(), 'other work was under way when it began');
  expect((performance.now() - began) / 1000).toBeLessThanOrEqual(LIMITS.seconds);
});

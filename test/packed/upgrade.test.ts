/** What people have who upgrade from the last release: the steps of docs/upgrade.md, one after the other. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unreleasedPart } from '../../scripts/api/changelog.ts';
import { REPOSITORY } from '../support/places.ts';
import { type Consumer, installConsumer } from './consumer.ts';
import { checkOutRelease, releasedCommit, removeRelease } from './released.ts';

const PROCESSES = 25;

/** Services of each profile, with databases, pools and dependencies; `search` has two databases. */
const OTHERS = `import { defineService, micrometer, otel, promClient } from 'grafana-as-code';

const facts = {
  team: 'money',
  tier: 'internal',
  databases: [{ name: 'orders', system: 'postgresql' }],
  pools: [
    { kind: 'database', name: 'primary', maxConnections: 20 },
    { kind: 'http', name: 'outbound', maxConnections: 30 },
  ],
  dependencies: [{ service: 'payments' }, { external: 'mail.example.com', title: 'Mail' }],
} as const;

export const orders = defineService({ ...facts, id: 'orders', title: 'Orders', metrics: otel({ job: 'acme/orders' }) });
export const ledger = defineService({ ...facts, id: 'ledger', title: 'Ledger', metrics: micrometer({ job: 'ledger' }) });
export const feed = defineService({
  ...facts,
  id: 'feed',
  title: 'Feed',
  metrics: promClient({ job: 'feed', cpuLimitCores: 0.5, memoryLimitBytes: 512 * 1024 ** 2 }),
});
export const search = defineService({
  ...facts,
  id: 'search',
  title: 'Search',
  metrics: otel({ job: 'acme/search' }),
  databases: [...facts.databases, { name: 'cache', system: 'redis' }],
});
`;

/** What is compared of `plan --json`. */
interface PlanJson {
  readonly counts: Readonly<Record<string, number>>;
  readonly changes: readonly {
    readonly action: string;
    readonly kind: string;
    readonly uid: string;
    readonly title: string;
    readonly service?: string;
    readonly meanings?: readonly {
      readonly kind: string;
      readonly about?: { readonly title?: string };
      readonly paging: boolean;
    }[];
  }[];
}

let folder: string;
let consumer: Consumer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'upgrade-'));
  await checkOutRelease(join(folder, 'release'));
  consumer = await installConsumer(join(folder, 'release'));
}, 180_000);
afterAll(async () => {
  await removeRelease(join(folder, 'release')).catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
  await rm(consumer?.folder ?? folder, { recursive: true, force: true });
});

/** Both versions of every file that the page shows. */
async function shown(): Promise<ReadonlyMap<string, { readonly before: string; readonly after: string }>> {
  const page = await readFile(join(REPOSITORY, 'docs/upgrade.md'), 'utf8');
  const pairs = page.matchAll(
    /^Before:\n\n```ts\n\/\/ (\S+)\n([\s\S]*?)```\n\nAfter:\n\n```ts\n\/\/ \1\n([\s\S]*?)```$/gm,
  );
  return new Map([...pairs].map(([, path = '', before = '', after = '']) => [path, { before, after }]));
}

async function succeeds(command: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await consumer.engine(command, ...args);
  expect(code, `${command}: ${stdout}${stderr}`).toBe(0);
  return stdout;
}

/** What the compiler of people's editors says. */
async function compiled(): Promise<string> {
  return (await consumer.run(process.execPath, [join(REPOSITORY, 'node_modules/typescript/bin/tsc')])).stdout;
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(join(consumer.root, path), text);
}

test('the last release takes the project as the page shows it before', async () => {
  const files = await shown();
  expect([...files.keys()]).toEqual(['services/checkout.ts', 'dashboards/checkout.ts']);
  for (const [path, { before }] of files) await write(path, before);
  await write('services/others.ts', OTHERS);
  const dashboards = await readFile(join(consumer.root, 'dashboards/index.ts'), 'utf8');
  const extended = dashboards.replace('extensions: {}', 'extensions: { checkout }');
  await write('dashboards/index.ts', `import { checkout } from './checkout.ts';\n${extended}`);
  expect(await compiled()).toBe('');
  await succeeds('runbooks');
  await succeeds('sync');
});

test('the compiler, and validate, name the files that have to change', async () => {
  await consumer.install(REPOSITORY);
  const files = [...(await compiled()).matchAll(/^(\S+?)\(\d+,\d+\): error/gm)].map(([, path]) => path);
  expect(new Set(files)).toEqual(new Set(['services/checkout.ts', 'dashboards/checkout.ts']));
  expect(await consumer.engine('validate')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('dashboards/checkout.ts'),
  });
});

test('changed as the page shows, the project is valid, and only what the changelog names is another', async () => {
  for (const [path, { after }] of await shown()) await write(path, after);
  expect(await compiled()).toBe('');
  await succeeds('plan', '--json', 'plan.json');
  const plan = JSON.parse(await readFile(join(consumer.root, 'plan.json'), 'utf8')) as PlanJson;

  // One line for each panel or rule that is another, and what that means.
  const changed = plan.changes.flatMap(({ action, kind, uid, title, meanings = [] }) =>
    action === 'unchanged'
      ? []
      : meanings.map(({ kind: meaning, about, paging }) => ({
          subject: about?.title ?? title,
          line: `${action} ${kind} ${uid}: ${about?.title ?? title}, ${meaning}${paging ? ', paging' : ''}`,
        })),
  );
  const changelog = unreleasedPart(await readFile(join(REPOSITORY, 'CHANGELOG.md'), 'utf8'));
  expect(changed.filter(({ subject }) => !changelog.includes(`*${subject}*`))).toEqual([]);

  const everywhere = (uid: string, limits: 'query' | undefined) => [
    `update dashboard ${uid}: Signs of degradation, override`,
    ...(limits === undefined ? [] : [`update dashboard ${uid}: Signs of degradation, ${limits}`]),
    `update dashboard ${uid}: Failures by status, cosmetic`,
    `update dashboard ${uid}: Failed queries, cosmetic`,
  ];
  expect(changed.map(({ line }) => line).sort()).toEqual(
    [
      ...['acme-checkout', 'acme-payments', 'acme-orders', 'acme-search'].flatMap((uid) => everywhere(uid, 'query')),
      ...['acme-feed', 'acme-ledger'].flatMap((uid) => everywhere(uid, undefined)),
      // Two databases in one histogram, which tells them apart.
      'update rule acme-search-query: ServiceQueryP95High, condition, paging',
      'update rule acme-search-telemetry: ServiceTelemetryAbsent, condition, paging',
      'update dashboard acme-search: Query p95, query',
      'update dashboard acme-search: Query time p95, all and by operation, query',
      'update dashboard acme-search: Query time p95, all and by operation, legend',
      'update dashboard acme-search: Signs of degradation, query',
      'update dashboard acme-search: Signs of degradation, query',
      'update dashboard acme-overview: query p95, query',
      'update dashboard acme-overview: signs, query',
      'update dashboard acme-overview: Query p95, each service, query',
    ].sort(),
  );
  expect(plan.counts).toMatchObject({ create: 0, delete: 0, blocked: 0 });
});

test('a sync brings that about, and then nothing is left to do', async () => {
  await succeeds('sync');
  await succeeds('plan', '--fail-on-change');
  await succeeds('runbooks');
  await succeeds('validate');
});

test('all of it took few processes', async () => {
  expect(await consumer.processes()).toBeLessThanOrEqual(PROCESSES);
});

test('a clone without the last release says how to fetch it, and nothing is skipped', async () => {
  const clone = join(folder, 'shallow');
  const args = ['clone', '--quiet', '--depth', '1', `file://${REPOSITORY}`, clone];
  expect(await consumer.run('git', args, { cwd: folder })).toMatchObject({ code: 0 });
  await writeFile(join(clone, 'CHANGELOG.md'), await readFile(join(REPOSITORY, 'CHANGELOG.md'), 'utf8'));
  await expect(checkOutRelease(join(folder, 'none'), clone)).rejects.toThrow('git fetch --unshallow');
});

test('a release whose commit nobody wrote down is an error', () => {
  expect(() => releasedCommit('## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n### Added\n')).toThrow('names no commit');
  const commit = 'a'.repeat(40);
  expect(releasedCommit(`## [Unreleased]\n\n## [0.2.0]\n\nIt is commit \`${commit}\`.\n`)).toBe(commit);
});

import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { OURS } from '../../src/adapters/docker.ts';
import { enginePlaces } from '../../src/app/preview/engine.ts';
import { PAGER_IN_COMPOSE } from '../../src/app/preview/places.ts';
import { dataSourceFile, prometheusFile } from '../../src/preview/index.ts';
import { project } from '../support/world.ts';

/** Where the engine lies in this repository, and what compose.yaml is told of it. */
const { containers, variables } = enginePlaces();
const text = readFileSync(`${containers}compose.yaml`, 'utf8');
const service = z.looseObject({
  image: z.string(),
  user: z.string(),
  cap_drop: z.array(z.string()),
  mem_limit: z.string(),
  environment: z.record(z.string(), z.string()),
  labels: z.record(z.string(), z.string()),
  networks: z.array(z.string()),
  depends_on: z.record(z.string(), z.unknown()).optional(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  command: z.array(z.string()).default([]),
});
const compose = z.looseObject({
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.object({ internal: z.boolean() }).nullable()),
});
const { services, networks } = compose.parse(parse(text, { merge: true }));
const all = Object.entries(services);

test('every image stands once, with its whole version, and nothing moves under it but by a digest', () => {
  const images = [...text.matchAll(/image: (\S+)/g)].map(([, image]) => image);
  expect(images).toEqual([...new Set(images)]);
  expect(images.length).toBe(3);
  for (const image of images) expect(image).toMatch(/^[a-z/]+:v?\d+\.\d+\.\d+(-slim)?(@sha256:[0-9a-f]{64})?$/);
});

test.each(all)(
  '%s runs without rights, not as root, and no other machine reaches it',
  (_, { user, cap_drop, ports }) => {
    expect(user).not.toMatch(/^(0|root)(:|$)/);
    expect(cap_drop).toEqual(['ALL']);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  },
);

test.each(all)('%s reaches nothing but the other containers, unless a port of this machine leads to it', (_, each) => {
  const ways = each.networks.filter((name) => networks[name]?.internal !== true);
  expect(each.networks).toContain('inside');
  expect(ways).toEqual(each.ports.length > 0 ? ['ports'] : []);
});

test('the simulator, which runs the code of the services, has no way out', () => {
  expect(services['simulator']?.networks).toEqual(['inside']);
  expect(networks['inside']).toEqual({ internal: true });
});

/** A text of compose.yaml with the values of its variables. */
const filled = (value: string, files = '/files') =>
  value.replaceAll(
    /\$\{(\w+)(?::[-?][^}]*)?\}/g,
    (_, name: string) => ({ ...variables, PREVIEW_FILES: files })[name as keyof typeof variables] ?? '',
  );

/** What is mounted from this machine, with its place in the container. */
const mountsOf = (volumes: readonly string[]) =>
  volumes
    .filter((volume) => volume.startsWith('$'))
    .map((volume) => {
      const [from = '', to = '', mode] = filled(volume).split(':');
      return { from, to, mode };
    });

test('what is mounted from this machine cannot be written', () => {
  const mounts = all.flatMap(([, { volumes }]) => mountsOf(volumes));
  expect(mounts.length).toBeGreaterThan(5);
  for (const { mode } of mounts) expect(mode).toBe('ro');
});

test('no container sees a secret, a backup, the history of git, or any code of the project', () => {
  const root = resolve('.');
  for (const { from, to } of all.flatMap(([, { volumes }]) => mountsOf(volumes))) {
    if (from.startsWith('/files/')) continue;
    expect(['package.json', 'node_modules', 'src']).toContain(relative(root, from));
    expect(to).toMatch(/^\/project\/(engine|package\.json|node_modules)$/);
  }
  expect(readFileSync(`${containers}compose.env`, 'utf8')).toMatch(/^#.*\n$/);
});

/** Every file that a program imports, relative to the project, and every package. */
function importsOf(program: string): { readonly files: readonly string[]; readonly packages: readonly string[] } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const [statement, from = ''] of readFileSync(file, 'utf8').matchAll(
      /^(?:import|export)[^;]*?from '([^']+)';/gms,
    )) {
      if (/^(?:import|export) type/.test(statement)) continue;
      if (from.startsWith('.')) visit(relative('.', resolve(dirname(file), from)));
      else if (!from.startsWith('node:')) packages.add(from);
    }
  };
  visit(program);
  return { files: [...files], packages: [...packages] };
}

test.each(['simulator', 'pager'])('what the %s runs is mounted', (name) => {
  const { volumes = [], command = [] } = services[name] ?? {};
  const mounts = mountsOf(volumes);
  const engine = mounts.find(({ to }) => to === '/project/engine');
  const program = filled(command[1] ?? '').replace(/^engine/, engine?.from ?? '');
  const { files, packages } = importsOf(relative('.', program));
  for (const file of files) expect(resolve(file)).toContain(`${engine?.from}/`);
  const modules = mounts.find(({ to }) => to === '/project/node_modules');
  for (const name of packages) expect(existsSync(`${modules?.from}/${name.split('/')[0]}`), name).toBe(true);
  expect(packages.length).toBeGreaterThan(0);
});

test('an engine that is installed is run where it lies among the packages, however they are linked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'installed-'));
  for (const [installed, packages] of [
    ['node_modules/grafana-as-code', 'node_modules'],
    [
      'node_modules/.store/grafana-as-code@1/node_modules/grafana-as-code',
      'node_modules/.store/grafana-as-code@1/node_modules',
    ],
  ] as const) {
    const module = join(folder, installed, 'app/preview/engine.js');
    await mkdir(dirname(module), { recursive: true });
    await mkdir(join(folder, packages, 'prom-client'), { recursive: true });
    await writeFile(module, '');
    await writeFile(join(folder, installed, 'package.json'), '{}');
    const places = enginePlaces(pathToFileURL(module).href);
    expect(places.containers).toBe(`${join(realpathSync(folder), installed)}/preview/containers/`);
    expect(places.variables).toMatchObject({
      PREVIEW_MODULES: join(realpathSync(folder), 'node_modules'),
      PREVIEW_PACKAGE: join(realpathSync(folder), installed, 'package.json'),
      PREVIEW_PROGRAMS: `${installed}/preview/containers`,
      PREVIEW_EXTENSION: '.js',
    });
  }
  await rm(folder, { recursive: true });
});

test.each(all)('%s is known as part of the preview', (_, { labels }) => {
  expect(labels).toMatchObject({ [OURS]: 'true' });
});

test('all of it together may use less than 1.5 GB, while the history is written as well as later', () => {
  const megabytes = all.map(([name, { mem_limit }]) => [name, Number(/^(\d+)m$/.exec(mem_limit)?.[1])] as const);
  // Prometheus starts when the history is there.
  expect(services['prometheus']?.depends_on).toMatchObject({
    history: { condition: 'service_completed_successfully' },
  });
  for (const other of ['history', 'prometheus']) {
    const together = megabytes.filter(([name]) => name !== other);
    expect(together.reduce((sum, [, each]) => sum + each, 0)).toBeLessThanOrEqual(1500);
  }
});

test.each(all)('%s uses no proxy that Docker hands on: it would stand between the containers', (_, { environment }) => {
  expect(environment).toMatchObject({ HTTP_PROXY: '', HTTPS_PROXY: '', http_proxy: '', https_proxy: '' });
});

test.each(['15s', '1m'] as const)(
  'the data source is the one that rules ask and dashboards start with, at the pace of the scrapes: %s',
  (scrapeInterval) => {
    const facts = { ...project, scrapeInterval };
    expect(parse(dataSourceFile(facts))).toMatchObject({
      datasources: [{ ...project.dataSource, jsonData: { timeInterval: scrapeInterval } }],
    });
    expect(parse(prometheusFile(facts))).toMatchObject({ global: { scrape_interval: scrapeInterval } });
  },
);

test('Prometheus scrapes where the simulator listens', () => {
  const { scrape_configs } = parse(prometheusFile(project)) as {
    scrape_configs: { static_configs: { targets: string[] }[] }[];
  };
  const [target = ''] = scrape_configs[0]?.static_configs[0]?.targets ?? [];
  const [host = '', port = ''] = target.split(':');
  expect(services[host]?.command).toContain(`--listen=0.0.0.0:${port}`);
});

test('the pager listens where notifications go, here and in the containers', () => {
  expect(new URL(PAGER_IN_COMPOSE).pathname).toBe(new URL(project.previewWebhook).pathname);
  expect(Object.keys(services)).toContain(new URL(PAGER_IN_COMPOSE).hostname);
});

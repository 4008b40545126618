import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadProject } from '../../src/cli/load-project.ts';
import { fromTheEdge, servicesIn } from '../../src/project/services.ts';
import { REPOSITORY } from '../support/places.ts';
import { run } from '../support/run.ts';
import { aService } from '../support/world.ts';

const idsOf = (services: readonly { readonly id: string }[]) => services.map(({ id }) => id);

/** A project of one configuration, with some files more. Its path ends with a slash. */
async function projectOf(files: Readonly<Record<string, string>>): Promise<string> {
  const root = `${await mkdtemp(join(tmpdir(), 'found-'))}/`;
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, 'node_modules'));
  await symlink(REPOSITORY, join(root, 'node_modules/grafana-as-code'));
  const all = { 'package.json': '{ "type": "module" }', 'grafana.config.ts': 'export default {};\n', ...files };
  for (const [name, text] of Object.entries(all)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return root;
}

const file = (...ids: readonly string[]) =>
  `import { defineService, otel } from 'grafana-as-code';\n${ids
    .map(
      (id) =>
        `export const ${id} = defineService({ id: '${id}', title: '${id}', team: 't', tier: 'internal', metrics: otel({ job: 'acme/${id}' }) });\n`,
    )
    .join('')}`;

describe('services', () => {
  test('are shown from the edge inwards: what users talk to, what that calls, then the rest by name', () => {
    const edge = aService({ id: 'bankfront', tier: 'edge', dependencies: [{ service: 'z' }, { service: 'b' }] });
    const behind = aService({ id: 'z', dependencies: [{ service: 'c' }, { external: 'bank.example.com' }] });
    const others = ['y', 'c', 'b', 'a'].map((id) => aService({ id }));
    expect(idsOf(fromTheEdge([...others, behind, edge]))).toEqual(['bankfront', 'z', 'b', 'c', 'a', 'y']);
  });

  test('that call each other are each shown once', () => {
    const one = aService({ id: 'one', tier: 'edge', dependencies: [{ service: 'two' }] });
    const two = aService({ id: 'two', dependencies: [{ service: 'one' }] });
    expect(idsOf(fromTheEdge([two, one]))).toEqual(['one', 'two']);
  });

  test('are every export that is one, and those in lists; helpers are not', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((id) => aService({ id }));
    expect(servicesIn({ a, more: [b, c], team: 'money', none: null, make: () => a })).toEqual([a, b, c]);
  });

  test('are found in every file below services/, however deep, and listed nowhere', async () => {
    const root = await projectOf({
      'services/a.ts': file('a', 'b'),
      'services/deep/er/c.ts': file('c'),
      'services/c.test.ts': 'throw new Error("a test is no service");\n',
      'services/again.ts': "export * from './a.ts';\n",
    });
    const { services, serviceless } = await loadProject(root);
    expect(idsOf(services)).toEqual(['a', 'b', 'c']);
    expect(serviceless).toEqual([]);
  });

  test('that their file forgets to export are told of: nothing watches them', async () => {
    const root = await projectOf({ 'services/a.ts': file('a').replace('export const', 'const') });
    expect((await loadProject(root)).serviceless).toEqual(['services/a.ts']);
  });
});

test('a folder without grafana.config.ts is told what is missing', async () => {
  const root = await projectOf({});
  await rm(join(root, 'grafana.config.ts'));
  const { code, stdout, stderr } = await run('validate', [], {}, root, { loadProject: () => loadProject(root) });
  expect(code).not.toBe(0);
  expect(stdout + stderr).toContain('F020');
  expect(stdout + stderr).toContain('grafana.config.ts');
});

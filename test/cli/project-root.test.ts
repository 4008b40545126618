import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadProject } from '../../src/cli/load-project.ts';
import { packageOf, programOf, projectRoot } from '../../src/cli/project-root.ts';
import { ExplainedError } from '../../src/model/explained-error.ts';
import { REPOSITORY } from '../support/places.ts';

let folder = '';
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'roots-')));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function files(texts: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(texts)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

const CONFIG = 'grafana.config.ts';
const MODULE = '{ "type": "module" }';
const thrown = (call: () => unknown): unknown => {
  try {
    return call();
  } catch (error) {
    return error instanceof ExplainedError ? `${error.code} ${error.message}. ${error.remedy}` : error;
  }
};

describe('the project', () => {
  test('is the nearest folder from here upwards with a grafana.config.ts', async () => {
    await files({ [`one/${CONFIG}`]: '', 'one/services/eu/x.ts': '', [`one/inner/${CONFIG}`]: '' });
    expect(projectRoot(join(folder, 'one/services/eu'))).toBe(`${folder}/one/`);
    expect(projectRoot(join(folder, 'one'))).toBe(`${folder}/one/`);
    expect(projectRoot(join(folder, 'one/inner'))).toBe(`${folder}/one/inner/`);
  });

  test('that is nowhere is an error that says where it was looked for', async () => {
    await files({ 'none/x.ts': '' });
    expect(projectRoot(join(folder, 'none'))).toBeUndefined();
    await expect(loadProject(`${folder}/none/`)).rejects.toThrow(
      `does not exist in ${folder}/none, nor in a folder above`,
    );
  });
});

describe('the engine of a project', () => {
  test('is the copy that its files import: compiled where it is installed', async () => {
    const engine = 'two/node_modules/grafana-as-code';
    await files({
      [`two/${CONFIG}`]: '',
      'two/package.json': MODULE,
      [`${engine}/package.json`]:
        '{ "type": "module", "exports": { ".": { "types": "./index.d.ts", "default": "./index.js" } } }',
      [`${engine}/index.js`]: '',
      [`${engine}/cli/bin.js`]: '',
    });
    expect(programOf(`${folder}/two/`)).toBe(`${folder}/${engine}/cli/bin.js`);
  });

  test('is this repository’s own in this repository', () => {
    expect(programOf(REPOSITORY)).toBe(`${REPOSITORY}src/cli/bin.ts`);
  });

  test('that is not installed is C050', async () => {
    await files({ [`three/${CONFIG}`]: '', 'three/package.json': MODULE });
    expect(thrown(() => programOf(`${folder}/three/`))).toBe(
      `C050 grafana-as-code is not installed in ${folder}/three. npm install, with the engine among the dependencies of its package.json`,
    );
  });

  test.each([
    ['does not say so', '{ "name": "acme" }'],
    ['says something else', '{ "type": "commonjs" }'],
    ['cannot be read', '{'],
    ['is no object', '[]'],
  ])('is not looked for where the project’s files are no modules: its package.json %s', async (_, text) => {
    await files({ [`four/${CONFIG}`]: '', 'four/package.json': text });
    expect(thrown(() => programOf(`${folder}/four/`))).toBe(
      `C051 ${folder}/four/package.json does not say "type": "module", so that Node cannot load the project. npm pkg set type=module`,
    );
  });
});

test('scripts of the nearest package.json count, as far as they are texts', async () => {
  await files({
    'five/package.json': '{ "scripts": { "plan": "grafana-as-code plan", "odd": 7 } }',
    'five/eu/x.ts': '',
  });
  expect(packageOf(join(folder, 'five/eu'))).toMatchObject({ scripts: { plan: 'grafana-as-code plan' } });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { checkLayers, findModules } from '../../scripts/layers/layers.ts';
import { readModule } from '../../scripts/layers/module.ts';
import { COMPUTED, OUTSIDE, PACKAGES, ROOMS } from '../../scripts/layers/rooms.ts';

/** Rooms that are folders. */
const names = Object.keys(ROOMS).filter((room) => !room.endsWith('.ts'));
let root = '';

/** A repository with a module in each room. */
function useTree(): void {
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'layers-'));
    for (const room of names) plant(`${room}/target.ts`, 'export const value = 1;\nexport type Type = number;\n');
  });
  afterEach(() => rmSync(root, { recursive: true }));
}

function plant(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

/** The files that have problems. */
function red(): readonly string[] {
  const files = checkLayers(root, findModules(root)).problems.map((problem) => problem.replace(/:.*$/s, ''));
  return [...new Set(files)].sort();
}

/** From the folder of a room to a file. */
const path = (room: string, file: string) => `${'../'.repeat(room.split('/').length)}${file}`;
const FORMS: Readonly<Record<string, (from: string) => string>> = {
  value: (from) => `import { value } from '${from}';\nexport const planted = value;\n`,
  type: (from) => `import type { Type } from '${from}';\nexport type Planted = Type;\n`,
  dynamic: (from) => `export const planted = async () => (await import('${from}')).value;\n`,
};

/** Every pair of rooms, and whether the first may import the second. */
const pairs = names.flatMap((from) =>
  names.filter((to) => to !== from).map((to) => ({ from, to, allowed: ROOMS[from]?.includes(to) === true })),
);

describe('a planted import', () => {
  useTree();

  test.each(Object.entries(FORMS))(
    'of the form "%s" is red across each border, and green where it is allowed',
    (_, form) => {
      const planted = pairs.map(({ from, to, allowed }) => {
        const file = `${from}/to-${to.replace('/', '-')}.ts`;
        plant(file, form(path(from, `${to}/target.ts`)));
        return { file, allowed };
      });
      const forbidden = planted.filter(({ allowed }) => !allowed).map(({ file }) => file);
      expect(forbidden.length).toBeGreaterThan(250);
      expect(red()).toEqual(forbidden.sort());
    },
  );

  test('of the engine is red in the project’s configuration, and of the configuration in the engine', () => {
    plant('grafana.config.ts', FORMS['value']?.('./src/app/target.ts') ?? '');
    plant('src/app/config.ts', FORMS['dynamic']?.('../../grafana.config.ts') ?? '');
    expect(red()).toEqual(['grafana.config.ts', 'src/app/config.ts']);
    plant('grafana.config.ts', FORMS['value']?.('grafana-as-code') ?? '');
    plant('src/app/config.ts', FORMS['type']?.('grafana-as-code') ?? '');
    expect(red()).toEqual(['src/app/config.ts']);
  });

  test('of a package that only some may use is red in every other room', () => {
    for (const room of names)
      for (const name of Object.keys(PACKAGES)) plant(`${room}/${name}.ts`, FORMS['type']?.(name) ?? '');
    plant('src/adapters/http/axios.ts', "import axios from 'axios';\nexport const it = axios;\n");
    plant('src/adapters/chromium.ts', "export * from 'playwright-core';\n");
    const allowed = (room: string, name: string) =>
      PACKAGES[name]?.some((folder) => `${room}/`.startsWith(`${folder}/`));
    const expected = names.flatMap((room) =>
      Object.keys(PACKAGES)
        .filter((name) => !allowed(room, name))
        .map((name) => `${room}/${name}.ts`),
    );
    expect(expected).toContain('src/adapters/axios.ts');
    expect(red()).toEqual(expected.sort());
  });

  test('of files, processes and sockets is red in every room that does not reach outside', () => {
    for (const room of names) {
      plant(`${room}/files.ts`, "export { readFileSync } from 'node:fs';\n");
      plant(`${room}/processes.ts`, "export { spawn } from 'child_process';\n");
      plant(`${room}/hash.ts`, "export { createHash } from 'node:crypto';\n");
    }
    const inner = names.filter((room) => !OUTSIDE.places.some((folder) => `${room}/`.startsWith(`${folder}/`)));
    expect(inner).toContain('src/report');
    expect(red()).toEqual(inner.flatMap((room) => [`${room}/files.ts`, `${room}/processes.ts`]).sort());
  });

  test('of what is computed, or is not there, is red', () => {
    for (const file of ['src/app/any.ts', ...COMPUTED])
      plant(file, 'export const load = (name: string) => import(name);\n');
    plant('src/app/gone.ts', "export { value } from './nowhere.ts';\n");
    expect(red()).toEqual(['src/app/any.ts', 'src/app/gone.ts']);
  });
});

describe('the process, the clock and chance', () => {
  useTree();

  test.each([
    'process.env',
    'process.exit(1)',
    'Date.now()',
    'new Date()',
    'performance.now()',
    'Math.random()',
    "await import('node:process')",
  ])('%s is red below the command line', (code) => {
    for (const room of names) plant(`${room}/ambient.ts`, `export const ambient = async () => ${code};\n`);
    const below = names.filter((room) => room !== 'src/cli' && `${room}/`.startsWith('src/'));
    expect(red()).toEqual(below.map((room) => `${room}/ambient.ts`).sort());
  });

  test('what is given is green: a date of a moment, a clock as an argument, a metric of that name', () => {
    plant(
      'src/app/given.ts',
      "export const f = (at: number, clock: { now(): number }) => [new Date(at), clock.now(), Math.max(at, 1), 'process.cpu'];\n",
    );
    expect(red()).toEqual([]);
  });
});

describe('the check of the layers', () => {
  useTree();

  test('is red when it reads fewer modules than git lists, and names them', () => {
    const listed = findModules(root);
    expect(checkLayers(root, listed)).toEqual({ read: listed.length, problems: [] });
    const { read, problems } = checkLayers(root, listed, listed.slice(2));
    expect(read).toBe(listed.length - 2);
    expect(problems.map((problem) => problem.replace(/:.*/, ''))).toEqual(listed.slice(0, 2));
    expect(checkLayers(root, listed, []).problems).toHaveLength(listed.length);
  });

  test('is red where there is nothing to check', () => {
    expect(checkLayers(root, [], []).problems).toEqual(['git lists no module here: nothing was checked']);
  });

  test('is red for a folder that nobody has given a place', () => {
    plant('src/new-room/thing.ts', 'export const thing = 1;\n');
    expect(red()).toEqual(['src/new-room/thing.ts']);
  });

  test('is red for a module that it cannot parse, and never takes it for one without imports', () => {
    plant('src/app/broken.ts', "import { value } from '../cli/target.ts'\nconst = ;\n");
    expect(red()).toEqual(['src/app/broken.ts']);
  });
});

test('the rooms of the engine have an order: none is reached from what it imports', () => {
  const engine = names.filter((room) => room.startsWith('src/'));
  for (const room of engine) {
    const reached = new Set(ROOMS[room]);
    for (const inner of reached) for (const next of ROOMS[inner] ?? []) reached.add(next);
    expect([...reached]).not.toContain(room);
  }
});

test.each([
  ["import { a } from 'x';"],
  ["import a, * as b from 'x';"],
  ["import 'x';"],
  ["import {} from 'x';"],
  ["import type { A } from 'x';"],
  ["import { type A } from 'x';"],
  ["import a = require('x');"],
  ["export * from 'x';"],
  ["export * as a from 'x';"],
  ["export {} from 'x';"],
  ["export type { A } from 'x';"],
  ["type A = import('x').A;"],
  ["type A = typeof import('x');"],
  ["class A { b: import('x').B | undefined = undefined; }"],
  ["const a = { b: (await import('x')) satisfies object };"],
  ["const [a] = await Promise.all([import('x')]);"],
  ["const a = require('x');"],
])('finds %s', (text) => {
  expect(readModule('file.ts', `\n${text}\n`)).toMatchObject({ imports: [{ specifier: 'x', line: 2 }] });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unnamedChanges, unreleasedPart } from '../../scripts/api/changelog.ts';
import { apiOf, apiProblems, PUBLIC, RELEASED } from '../../scripts/api/check.ts';
import { entriesOf } from '../../scripts/api/declarations.ts';
import { compareListings, HIDDEN, parseListing, renderListing } from '../../scripts/api/listing.ts';
import { type Declared, readDeclarations } from '../../scripts/api/read-module.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

const only = (text: string): Declared => {
  const [declared] = readDeclarations('file.d.ts', text).declared.values();
  if (declared === undefined) throw new Error('nothing is declared');
  return declared;
};

describe('a declaration', () => {
  test.each([
    ['export declare function f<T>(a: T, b?: string): T;', 'function', '<T>(a: T, b?: string): T'],
    ['export declare const a: string;', 'const', ': string'],
    ['export declare const a: import("./b.ts").B;', 'const', ': B'],
    ['type A = readonly string[];', 'type', '= readonly string[]'],
    ['export type A<T> = T | undefined & { a: 1 };', 'type', '<T>'],
    ['export interface A extends B { }', 'interface', 'extends B'],
    ['export declare class A extends Error { }', 'class', 'extends Error'],
  ])('%s is a %s of one line', (text, kind, line) => {
    expect(only(text)).toMatchObject({ kind, text: line });
  });

  test('of an object or a union has a line for each part, without docstrings', () => {
    expect(
      only('interface A {\n /** Why. */\n readonly a: /* b */ string;\n b(): void; }').members.map(({ text }) => text),
    ).toEqual(['readonly a: string', 'b(): void']);
    expect(only('type A = { a: 1; b: 2 };').members.map(({ text }) => text)).toEqual(['a: 1', 'b: 2']);
    expect(only('type A = 1 | 2;').members.map(({ text }) => text)).toEqual(['1', '2']);
    expect(only('declare const a: { readonly b: 1; };').members.map(({ text }) => text)).toEqual(['readonly b: 1']);
  });

  test('of overloads has the signature of each', () => {
    const text = 'export declare function f(a: 1): 2;\nexport declare function f(a: 3): 4;';
    expect(only(text).text).toBe('(a: 1): 2; (a: 3): 4');
  });

  test('has the docstring that stands right above it, and parts have theirs', () => {
    const { doc, members } = only(
      '/** The module. */\n/**\n * About A.\n *\n * @example a\n */\ninterface A {\n /** One. */ a: 1;\n b: 2 }',
    );
    expect(doc).toBe('About A.\n\n@example a');
    expect(members.map((member) => member.doc)).toEqual(['One.', '']);
  });

  test.each([['export default 1;'], ["export * as a from './a.ts';"], ['const = ;']])(
    '%s is an error: a name must not be missed',
    (text) => {
      expect(() => readDeclarations('file.d.ts', text)).toThrow(/file\.d\.ts/);
    },
  );
});

/** A package of two entries. */
const FILES: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    name: 'acme',
    exports: { '.': './src/index.ts', './more': './src/more.ts', './data.json': './data.json' },
  }),
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      module: 'nodenext',
      target: 'es2023',
      types: [],
      noEmit: true,
      allowImportingTsExtensions: true,
    },
  }),
  'src/index.ts':
    "/** All. */\nexport { twice as double, type Size } from './inner.ts';\nexport { twice } from './inner.ts';\n",
  'src/more.ts': "export * from './inner.ts';\nexport { helper } from './helper.ts';\n",
  'src/inner.ts':
    'interface Box { readonly width: number }\nexport type Size = Box;\n/** Twice. */\nexport const twice = (size: Size): Size => size;\n',
  'src/helper.ts':
    "import type { Size } from './inner.ts';\nexport const helper = (): Size => ({ width: 1 });\nexport const unused = 1;\n",
  'CHANGELOG.md': '# Changelog\n\n## [Unreleased]\n\n## [0.1.0]\n\n- `helper`\n',
};

describe('the list of public names', () => {
  let root = '';
  let released: string | undefined;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'api-'));
    for (const [file, text] of Object.entries(FILES)) write(file, text);
    symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
    released ??= renderListing(apiOf(root));
    const text = released;
    for (const file of [PUBLIC, RELEASED]) write(file, text);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function write(file: string, text: string): void {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }

  test('has every name of every entry, and the types that they are made of', () => {
    expect(readFileSync(join(root, PUBLIC), 'utf8').replace(/^#.*\n/gm, '')).toBe(`
acme Size type
  = Box
acme double const
  : (size: Size) => Size
acme twice const
  : (size: Size) => Size
acme/more Size type
  the same as in acme
acme/more helper const
  : () => Size
acme/more twice const
  the same as in acme
${HIDDEN} Box interface
    readonly width: number
`);
    expect(apiProblems(root, apiOf(root))).toEqual([]);
  });

  test('is out of date when a type has changed, and the changelog has to say so', () => {
    write('src/helper.ts', 'export const helper = (): number => 1;\n');
    const api = apiOf(root);
    expect(apiProblems(root, api)).toEqual([
      `${PUBLIC} is not what the code gives (helper changed); npm run api writes it`,
      'CHANGELOG.md does not say under [Unreleased] that helper of acme/more is changed; name it there, as `helper`',
    ]);
    write('CHANGELOG.md', '# Changelog\n\n## [Unreleased]\n\n- `helper()` gives a number.\n');
    expect(apiProblems(root, api)).toHaveLength(1);
    write(PUBLIC, renderListing(api));
    expect(apiProblems(root, api)).toEqual([]);
  });

  test('a changed type that nobody imports is named by what it is a part of', () => {
    write('src/inner.ts', FILES['src/inner.ts']?.replace('number', 'string') ?? '');
    write(
      'src/helper.ts',
      "import type { Size } from './inner.ts';\nexport const helper = (): Size => ({ width: '1' });\n",
    );
    const api = apiOf(root);
    write(PUBLIC, renderListing(api));
    expect(apiProblems(root, api).join()).toContain(`Box of ${HIDDEN} is changed`);
    write('CHANGELOG.md', '## [Unreleased]\n\n- `Size` is of text.\n');
    expect(apiProblems(root, api)).toEqual([]);
  });

  test('says what was added and removed', () => {
    write('src/more.ts', "export { unused } from './helper.ts';\n");
    const api = apiOf(root);
    write(PUBLIC, renderListing(api));
    expect(apiProblems(root, api).map((problem) => problem.replace(/.* that (.*);.*/, '$1'))).toEqual([
      'unused of acme/more is added',
      'Size of acme/more is removed',
      'helper of acme/more is removed',
      'twice of acme/more is removed',
    ]);
  });

  test('of code that does not compile is an error with what the compiler says', () => {
    write('src/helper.ts', "export const helper: number = '1';\n");
    expect(() => apiOf(root)).toThrow(/The declarations were not made[\s\S]*helper\.ts/);
  });
});

test('a list that somebody has broken is an error with its line', () => {
  expect(() => parseListing('# head\n\n<<<<<<< here\n', PUBLIC)).toThrow(`${PUBLIC}:3`);
});

test('a word of every day counts as a name only where it stands in code', () => {
  const changes = compareListings(parseListing('acme count function\n  (): 1\n', ''), []);
  expect(unnamedChanges(changes, '## [Unreleased]\n\n- A count is a count.\n')).toEqual(changes);
  expect(unnamedChanges(changes, '## [Unreleased]\n\n- `count` is gone.\n')).toEqual([]);
  expect(unnamedChanges(changes, '## [Unreleased]\n\n## [0.1.0]\n\n- `count`\n')).toEqual(changes);
});

test('the unreleased part ends where a release begins', () => {
  expect(unreleasedPart('## [Unreleased]\n\n- a\n\n### Added\n\n- b\n\n## [0.1.0] - 2025-01-01\n\n- c\n')).toBe(
    '\n\n- a\n\n### Added\n\n- b\n\n',
  );
});

test('the version is below 1.0 until the model has settled', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
  expect(version).toMatch(/^0\./);
});

test('every public name of this package has a docstring', () => {
  const { entries } = apiOf(REPOSITORY);
  expect(entries.map(({ name }) => name)).toEqual(entriesOf(REPOSITORY).map(({ name }) => name));
  const silent = entries.flatMap(({ name: entry, names }) =>
    names.filter(({ declared }) => declared.doc === '').map(({ name }) => `${name} of ${entry}`),
  );
  expect(silent).toEqual([]);
});

/** The companies of the tests are projects as users have them, and the tests of the engine need no other. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findModules } from '../../scripts/layers/layers.ts';
import { readModule } from '../../scripts/layers/module.ts';

const COMPANIES = /^test\/companies\/[^/]+\//;
const modules = findModules('.').filter((file) => file.startsWith('test/'));

describe('a company of the tests', () => {
  test.each(modules.filter((file) => COMPANIES.test(file)))('%s imports the engine by its name alone', (file) => {
    const module = readModule(file);
    if (typeof module === 'string') throw new Error(module);
    const specifiers = module.imports.map(({ specifier = '' }) => specifier);
    const own = (specifier: string) =>
      specifier.startsWith('.') &&
      new URL(specifier, `file:///${file}`).pathname.startsWith(`/${COMPANIES.exec(file)?.[0]}`);
    const others = specifiers.filter((specifier) => !own(specifier));
    expect(others.filter((specifier) => !/^grafana-as-code(\/|$)/.test(specifier))).toEqual([]);
  });
});

/** What the names of the shop are needed for. */
const EXCUSED: ReadonlySet<string> = new Set([
  'test/structure/companies.test.ts',
  // What a real Grafana was asked, and said, is recorded as it was.
  'test/contract/exchanges.test.ts',
]);

test('no test of the engine names the shop, its services or its incident', () => {
  const names = /\bshop\b|user-service|order-service|api-gateway|2025-12-15/i;
  const ofTheEngine = modules.filter((file) => !/^test\/(estate|packed)\//.test(file) && !EXCUSED.has(file));
  expect(ofTheEngine.length).toBeGreaterThan(100);
  expect(ofTheEngine.filter((file) => names.test(readFileSync(file, 'utf8')))).toEqual([]);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Json } from '../../src/model/json.ts';
import { renderedFiles } from '../../src/report/rendered/files.ts';
import { renderYaml } from '../../src/report/rendered/yaml.ts';
import { desiredOf, project, rulesOf } from '../support/world.ts';

test('any JSON comes back as it was', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.stringMatching(/^[a-z :#\n'"-]{0,12}$/),
    fc.constantFrom(
      'yes',
      'null',
      '1',
      '1e3',
      '- a',
      'a: b',
      'a\n\n b\nc',
      '{{value}}',
      '%',
      '!x',
      '2026-03-16',
      '0x1',
      '.5',
      '~',
      '|',
      '*a',
      '&a',
    ),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true })
        .filter((object) => !Object.hasOwn(object, '__proto__')),
    ),
  }));
  fc.assert(
    fc.property(fc.record({ a: value, b: value }), (data) => {
      expect(parse(renderYaml(data as Json))).toEqual(data);
    }),
    { numRuns: 3000 },
  );
});

test('rendered rules are the rules that were built, with the time to a notification', () => {
  const desired = desiredOf();
  const shown = renderedFiles(desired, project)
    .filter(({ path }) => /rendered\/[^_].*\.yaml$/.test(path))
    .flatMap(({ content }) => (parse(content) as { rules: Record<string, unknown>[] }).rules);
  const bare = shown.map(({ notifiesWithin: _derived, ...rule }) => rule);
  expect(bare).toEqual(rulesOf(desired).map(({ rule }) => rule));
  expect(shown.every(({ notifiesWithin }) => /^\d+[smh]$/.test(String(notifiesWithin)))).toBe(true);
});

test('expressions stand as blocks, so that a pull request shows them line by line', () => {
  const [file] = renderedFiles(desiredOf(), project).filter(({ path }) => path === 'alerts/rendered/user-account.yaml');
  expect(file?.content).toContain('    expr: |-\n      (\n        (\n          histogram_quantile(');
});

import { describe, expect, test } from 'vitest';
import { compareQueries } from '../../src/diff/promql.ts';
import { noteText } from '../../src/report/common/words.ts';

describe('two expressions', () => {
  test.each([
    ['layout', 'sum(rate(a[5m]))', 'sum (\n  rate( a [5m] )\n)'],
    ['the order of matchers', 'a{b="1",c="2"}', 'a{c="2", b="1"}'],
    ['parentheses that order nothing', 'a + b', '(a) + (b)'],
    ['layout beside a text', 'label_replace(a,"x","$1","y",".*")', 'label_replace(a, "x", "$1", "y", ".*")'],
    ['the order of grouping labels', 'sum by (job, le) (a)', 'sum(a) by (le, job)'],
    ['the order of labels that are matched on', 'a * on(x, y) b', 'a * on (y, x) b'],
    ['quotation marks', 'a{b="1"}', "a{b='1'}"],
    ['the unit of a range', 'rate(a[5m] offset 1h)', 'rate(a[300s] offset 60m)'],
    ['the notation of a number', 'a > 1e3', 'a > 1000'],
    ['layout of what does not parse', 'sum(((', 'sum( ( ('],
  ])('that differ in %s are the same', (_, before, after) => {
    expect(compareQueries(before, after)).toMatchObject({ cosmetic: expect.any(String) });
  });

  test.each([
    ['white space in a text', 'label_replace(a, "x", "a b", "y", "")', 'label_replace(a, "x", "a  b", "y", "")'],
    ['brackets in a text', 'label_replace(a, "x", "a (b", "y", "")', 'label_replace(a, "x", "a( b", "y", "")'],
    ['white space in a matcher', 'a{b="1, 2"}', 'a{b="1,2"}'],
    ['a sign', '-a', '+a'],
    ['a sign that comes', 'a', '-a'],
    ['white space in a text of what does not parse', 'sum((a{b="x y"}', 'sum((a{b="xy"}'],
    ['one number in the depth', `${'('.repeat(5000)}1${')'.repeat(5000)}`, `${'('.repeat(5000)}2${')'.repeat(5000)}`],
  ])('that differ in %s are two', (_, before, after) => {
    expect(compareQueries(before, after)).toMatchObject({ cosmetic: undefined });
  });

  test.each<[string, string, string[]]>([
    ['a or b', 'a', ['or b removed']],
    ['a or b or c', 'a or c', ['or b removed']],
    ['a', 'a or vector(0)', ['or vector (0) added']],
    ['sum(a{x="1"} or b)', 'sum(b)', ['or a{x="1"} removed']],
    ['clamp_max(a, 1)', 'a', ['function clamp_max removed']],
    ['rate(a[5m])', 'max_over_time(rate(a[5m])[1h:1m])', ['function max_over_time added', 'subquery 1h:1m added']],
    ['max_over_time(a[1h:1m])', 'max_over_time(a[2h:1m])', ['subquery 1h:1m → 2h:1m']],
    ['-a', '+a', ['sign - → +']],
    ['a{x="1", y="2"}', 'a{x="3", y!="2"}', ['matcher x="1" → x="3"', 'matcher y="2" → y!="2"']],
    ['sum(rate(a{x="1"}[5m])) / sum(b)', 'max(c{x="1"})', []],
  ])('%s and %s differ by name', (before, after, notes) => {
    expect(compareQueries(before, after).notes.map(noteText)).toEqual(notes);
  });

  test('no note speaks of the grammar', () => {
    for (const [before, after] of [
      ['a offset 5m', 'a'],
      ['-a', 'a'],
      ['a[1h:1m]', 'a'],
      ['a @ 5', 'a'],
      ['"x"', 'a'],
      ['label_replace(a, "x", "y", "z", "")', 'label_replace(a, "x", "w", "z", "")'],
    ] as const) {
      expect(compareQueries(before, after).notes.map(noteText).join(' ')).not.toMatch(/Expr|Literal|Selector/);
    }
  });
});

import { describe, expect, test } from 'vitest';
import { compareQueries } from '../../src/diff/promql.ts';

describe('two expressions', () => {
  test.each([
    ['layout', 'sum(rate(a[5m]))', 'sum (\n  rate( a [5m] )\n)'],
    ['the order of matchers', 'a{b="1",c="2"}', 'a{c="2", b="1"}'],
    ['parentheses that order nothing', 'a + b', '(a) + (b)'],
    ['layout beside a text', 'label_replace(a,"x","$1","y",".*")', 'label_replace(a, "x", "$1", "y", ".*")'],
    ['layout of what does not parse', 'sum(((', 'sum( ( ('],
  ])('that differ in %s are the same', (_, before, after) => {
    expect(compareQueries(before, after)).toMatchObject({ cosmetic: true });
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
    expect(compareQueries(before, after)).toMatchObject({ cosmetic: false });
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchersOf, promqlTree } from '../../src/model/promql-tree.ts';

/** The matchers of an expression that is one selector. */
function matchersIn(expression: string): readonly string[] {
  const { root, text } = promqlTree(expression);
  return root === undefined ? [] : matchersOf(root, text);
}

describe('expressions that differ in quoted text alone', () => {
  test('keep their own text', () => {
    expect(matchersIn('up{job="a",path="x"}')).toEqual(['job="a"', 'path="x"']);
    expect(matchersIn('up{job="b",path="="}')).toEqual(['job="b"', 'path="="']);
    expect(matchersIn("up{job='\"',path=`}`}")).toEqual(["job='\"'", 'path=`}`']);
  });

  test('are told apart, whatever stands in the quotation marks', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const quoted = JSON.stringify(value);
        expect(promqlTree(`up{job=${quoted}}`).broken).toEqual([]);
        expect(matchersIn(`up{job=${quoted}}`)).toEqual([`job=${quoted}`]);
      }),
    );
  });
});

describe('what is no PromQL is found', () => {
  test.each([
    ['a text that does not end', 'up{job="a}'],
    ['a text over two lines', 'up{job="a\nb"}'],
    ['something between quotation marks of comments', "up # it's\nor or up # isn't"],
    ['something behind a text', 'up{job="a"}}'],
  ])('%s', (_, expression) => {
    expect(promqlTree(expression).broken).not.toEqual([]);
  });
});

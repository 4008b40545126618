import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatPromql } from '../../src/metrics/format.ts';
import { firstOf, matcher, select } from '../../src/metrics/promql.ts';
import { parseQuery } from '../../src/validate/promql.ts';
import { desiredOf, rulesOf } from '../support/world.ts';

describe('matchers', () => {
  test('any label value gives a selector that parses', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        expect(parseQuery(select('up', [matcher('job', '=', value)])).problems).toEqual([]);
      }),
    );
  });

  test('quotes, backslashes and line breaks of a value are escaped', () => {
    expect(matcher('job', '=', 'a"b\\c\nd')).toBe('job="a\\"b\\\\c\\nd"');
  });
});

test('a thousand alternatives are a query that can be read, each of them once', () => {
  const all = Array.from({ length: 1000 }, (_, index) => `sum by (job)(rate(a_total{job="${index}"}[5m]))`);
  const { problems, selectors } = parseQuery(firstOf(...all));
  expect(problems).toEqual([]);
  expect(selectors.map(({ matchers }) => matchers.join())).toEqual(all.map((_, index) => `job="${index}"`));
});

describe('formatPromql', () => {
  const rules = rulesOf(desiredOf()).map(({ rule }) => rule.expr);

  test('changes nothing but white space, and its result parses', () => {
    for (const expression of rules) {
      const oneLine = expression.replace(/\s+/g, ' ');
      const laidOut = formatPromql(oneLine);
      expect(laidOut.replace(/\s/g, '')).toBe(expression.replace(/\s/g, ''));
      expect(parseQuery(laidOut).problems).toEqual([]);
    }
  });

  test('gives the same for its own result', () => {
    for (const expression of rules) expect(formatPromql(formatPromql(expression))).toBe(formatPromql(expression));
  });

  test("leaves Grafana's variables as they are", () => {
    const query = `sum(rate(a_total{job="x"}[$__rate_interval])) / sum(rate(b_total{job="x"}[$__range])) ${'+ vector(1) '.repeat(12)}`;
    expect(formatPromql(query).replace(/\s/g, '')).toBe(query.replace(/\s/g, ''));
  });

  test('leaves text that is no PromQL alone', () => {
    expect(formatPromql('sum by (')).toBe('sum by (');
  });

  test('keeps short expressions on one line', () => {
    expect(formatPromql('a\nor b')).toBe('a or b');
  });

  test('leaves what stands in quotation marks, and what a comment is about, as they are', () => {
    const quoted = 'a{route="/x( y )",\n  path=~"a  b"}';
    expect(formatPromql(quoted)).toBe('a{route="/x( y )", path=~"a  b"}');
    const commented = 'a # of ( b )\nor b';
    expect(formatPromql(commented)).toBe(commented);
  });
});

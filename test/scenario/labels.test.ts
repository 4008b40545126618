import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { otel } from '../../src/metrics/index.ts';
import { ExplainedError } from '../../src/model/explained-error.ts';
import { defineCatalog } from '../../src/model/service.ts';
import { buildSeries, checkScenarios, defineScenario, matcherParts } from '../../src/scenario/index.ts';
import { labelsFor, NoLabels, outcomeLabels } from '../../src/scenario/labels.ts';
import { valuesLike } from '../../src/scenario/values-like.ts';
import { aService, project } from '../support/world.ts';

const scenario = defineScenario({
  id: 'any',
  title: 'Any',
  because: 'of a test',
  from: '14:00',
  until: '14:02',
  expect: { must: [], may: [], never: [] },
});

function serviceWith(failed: string) {
  const metrics = otel({ job: 'bank/payments' });
  return aService({ metrics: { ...metrics, server: { ...metrics.server, failures: { where: failed } } } });
}

describe('the labels of a failed request', () => {
  it.each([
    ['status="5xx"', { status: '5xx' }, { status: '200' }],
    ['code=~"5..|timeout"', { code: '503' }, { code: '200' }],
    ['status!~"[1-4].."', { status: '503' }, { status: '200' }],
    ['grpc_code="Unavailable"', { grpc_code: 'Unavailable' }, { grpc_code: '200' }],
    ['grpc_code=~"Unknown|DataLoss"', { grpc_code: 'Unknown' }, { grpc_code: '200' }],
    ['grpc_code!="OK"', { grpc_code: '503' }, { grpc_code: 'OK' }],
    ['error!=""', { error: '503' }, {}],
    ['error!~"|none"', { error: '503' }, { error: 'none' }],
    ['outcome=~"(?i)server_error"', { outcome: 'server_error' }, { outcome: '200' }],
    ['code=~"6\\\\d{2}"', { code: '600' }, { code: '200' }],
    ["class='server error'", { class: 'server error' }, { class: '200' }],
    ['result=~"(?:fail|err)(?:ed|or)?"', { result: 'error' }, { result: '200' }],
    ['success="false"', { success: 'false' }, { success: '200' }],
    ['http_ok!~".+"', {}, { http_ok: '200' }],
  ])('are made from the matcher: %s', (failed, bad, good) => {
    expect(outcomeLabels([], failed, 'failed')).toEqual(bad);
    expect(outcomeLabels([], failed, 'well')).toEqual(good);
  });

  it('are those that the service’s own matchers want as well, all of one label together', () => {
    expect(outcomeLabels(['job="a"', 'code!=""'], 'code!~"[1-4].."', 'failed')).toEqual({ job: 'a', code: '503' });
    expect(labelsFor(['job=~"a.*"', 'job!="a0"', 'container!="POD"'])).toEqual({ job: 'a', container: 'default' });
    expect(() => labelsFor(['job="a"', 'job="b"'])).toThrow(NoLabels);
  });

  it.each(['code=~".*"', 'code=~"[[:alpha:]]+"', 'code=~"\\\\pL"', 'code=~"("', 'code', 'code="a', 'code!~".*"'])(
    'that cannot be made are said to be so: %s',
    (failed) => {
      const service = serviceWith(failed);
      const catalog = defineCatalog([service]);
      const problems = checkScenarios([scenario], { catalog, alerts: new Set(['A']) });
      expect(problems.map(({ code, file, subject }) => [code, file, subject])).toEqual([
        ['T106', service.source, 'service payments'],
      ]);
      expect(() => buildSeries(scenario, service, { catalog, project })).toThrow(ExplainedError);
    },
  );

  it('are found by the matcher, or refused, whatever it is', () => {
    const piece = fc.constantFrom(
      '5',
      '.',
      '[1-4]',
      '[^0-9]',
      '|',
      '(a|b)',
      'x+',
      'y*',
      '\\d',
      '{2}',
      '?',
      '^',
      '$',
      'OK',
    );
    const pattern = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(pattern, fc.constantFrom('=', '!=', '=~', '!~'), (text, operator) => {
        const matcher = `code${operator}${JSON.stringify(text)}`;
        for (const [outcome, wanted] of [
          ['failed', true],
          ['well', false],
        ] as const) {
          try {
            const { code = '' } = outcomeLabels([], matcher, outcome);
            expect(selects(operator, text, code)).toBe(wanted);
          } catch (error) {
            if (!(error instanceof NoLabels)) throw error;
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  function selects(operator: string, text: string, value: string): boolean {
    if (operator === '=' || operator === '!=') return (value === text) === (operator === '=');
    return new RegExp(`^(?:${text})$`, 's').test(value) === (operator === '=~');
  }
});

describe('values like a pattern', () => {
  it('are one of each of its alternatives', () => {
    expect(valuesLike('5..|timeout')).toEqual(['500', 'timeout']);
    expect(valuesLike('[45]\\d\\d')).toEqual(['400']);
    expect(valuesLike('a{3}b?')).toEqual(['aaab', 'aaa']);
    expect(valuesLike('[[:alpha:]]')).toEqual([]);
    expect(valuesLike('('.repeat(2000))).toEqual([]);
  });
});

describe('a matcher', () => {
  it('is taken apart in any of PromQL’s quotation marks', () => {
    expect(matcherParts('a="b\\"c\\n"')).toEqual({ label: 'a', operator: '=', value: 'b"c\n' });
    expect(matcherParts(" a != 'b' ")).toEqual({ label: 'a', operator: '!=', value: 'b' });
    expect(matcherParts('a=~`\\d`')).toEqual({ label: 'a', operator: '=~', value: '\\d' });
    expect(matcherParts('a=b')).toBeUndefined();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExplainedError } from '../../src/model/explained-error.ts';
import { defineCatalog } from '../../src/model/service.ts';
import { runPromtool } from '../../src/replay/evaluate.ts';
import { parseReport } from '../../src/replay/output.ts';
import { selectionOf } from '../../src/replay/selection.ts';
import { evaluationTimes, valuesOf } from '../../src/replay/test-file.ts';
import { buildSeries, gridOf, STALE } from '../../src/scenario/index.ts';
import { ownRules, replayContext, rulesOfService, scenarioOf } from '../support/replays.ts';
import { bankServices, project } from '../support/world.ts';

describe("promtool's notation", () => {
  it('writes runs short, and tells gaps from ends', () => {
    const samples = Float64Array.of(0, 5, 10, 15, 7, 7, 7, 7, Number.NaN, Number.NaN, STALE, 1.5, 2.5);
    expect(valuesOf(samples)).toBe('0+5x3 7x3 _x2 stale 1.5 2.5');
  });

  it('says exactly the samples it was given, as promtool reads them', () => {
    const sample = fc.oneof(fc.nat(20), fc.constant(Number.NaN), fc.constant(STALE), fc.constant(0.25));
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 30 }), (values) => {
        expect(read(valuesOf(Float64Array.from(values)))).toEqual(values);
      }),
    );
  });

  /** The rules of promtool's documentation: `a+bxn` is n + 1 samples, `_xn` is n missing ones. */
  function read(text: string): number[] {
    return text.split(' ').flatMap((part) => {
      if (part === '') return [];
      if (part === 'stale') return [STALE];
      const missing = /^_x(\d+)$/.exec(part);
      if (missing !== null) return Array.from({ length: Number(missing[1]) }, () => Number.NaN);
      const [, first, step = '+0', times = '0'] = /^(-?[\d.]+)([+-][\d.]+)?(?:x(\d+))?$/.exec(part) ?? [];
      return Array.from({ length: Number(times) + 1 }, (_unused, index) => Number(first) + index * Number(step));
    });
  }
});

describe("promtool's report", () => {
  const report = [
    '  FAILED:',
    '    expr: "{__name__=~\\"ALERTS|replay:signal\\"}", time: 1h2m,',
    '        exp: nil',
    '        got: {__name__="ALERTS", alertname="A", alertstate="firing", note="a \\"b\\", {c}"} 1E+00, {__name__="replay:signal", rule="a"} +Inf',
    '    expr: "vector(42)", time: 1h3m,',
    '        exp: nil',
    '        got: {} 4.2E+01',
  ].join('\n');

  it('is read with its times, labels and values', () => {
    expect(parseReport(report)).toEqual({
      alerts: [{ at: 3720, labels: { alertname: 'A', alertstate: 'firing', note: 'a "b", {c}' }, value: 1 }],
      signals: [{ at: 3720, labels: { rule: 'a' }, value: Number.POSITIVE_INFINITY }],
    });
  });

  it('is read whatever stands in a label, as Go quotes it', () => {
    const odd = report.replace('note="a \\"b\\", {c}"', 'note="\\a\\v\\x07\\U0001f600\\u00e9\\\\x41\\n"');
    expect(parseReport(odd)?.alerts[0]?.labels['note']).toBe('\u0007\u000b\u0007\u{1f600}\u00e9\\x41\n');
  });

  it('is none where promtool stopped before the end', () => {
    expect(parseReport(report.replace('vector(42)', 'vector(1)'))).toBeUndefined();
  });
});

describe('a run of promtool', () => {
  const scenario = scenarioOf('dependency-errors');
  const catalog = defineCatalog(bankServices);
  const rules = rulesOfService('offer-service');
  const grid = gridOf(scenario, project);
  const run = {
    rules,
    step: grid.step,
    series: selectionOf(rules.map(({ expr }) => expr))
      .services(bankServices)
      .flatMap((service) => buildSeries(scenario, service, { catalog, project })),
    evaluations: evaluationTimes((grid.samples - 1) * grid.step, '1m'),
  };

  it('finds the same alerts at the same times in the plain form of the rules as in the recorded one', async () => {
    const { promtool } = await replayContext();
    const [plain, recorded] = await Promise.all([
      runPromtool(promtool, { ...run, form: 'plain' }),
      runPromtool(promtool, { ...run, form: 'recorded' }),
    ]);
    const keys = (alerts: typeof plain.alerts) =>
      alerts
        .map(({ at, labels: { rule: _rule, ...labels } }) => JSON.stringify([at, Object.entries(labels).sort()]))
        .sort();
    expect(keys(plain.alerts)).toEqual(keys(recorded.alerts));
    expect(plain.alerts.length).toBeGreaterThan(20);
    expect(plain.signals).toEqual([]);
  });

  it('says in the words of promtool what is wrong with an expression', async () => {
    const [rule] = rules;
    const wrong = [{ ...(rule as NonNullable<typeof rule>), expr: 'rate(' }];
    const { promtool } = await replayContext();
    const failure = await runPromtool(promtool, { ...run, rules: wrong }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ExplainedError);
    expect(failure).toMatchObject({ code: 'T102', message: expect.stringContaining('parse error') });
  });
});

describe('the series that a group of rules reads', () => {
  const [rule] = ownRules as [(typeof ownRules)[number]];
  const servicesRead = (expressions: readonly string[]) =>
    selectionOf(expressions)
      .services(bankServices)
      .map(({ id }) => id);

  it('are those of the services its expressions select', () => {
    const ids = (group: string) => servicesRead(rulesOfService(group).map(({ expr }) => expr));
    expect(ids('user-account')).toEqual(['user-account']);
    expect(ids('app-gateway')).toEqual(['app-gateway']);
    expect(ids('project')).toEqual([]);
  });

  it('are those of all services where an expression selects by something else', () => {
    expect(servicesRead(['sum(rate(http_server_request_duration_seconds_count{env="prod"}[5m]))'])).toHaveLength(
      bankServices.length,
    );
  });

  it('are those with the metric and the labels that a selector wants, and no others', () => {
    const { reads } = selectionOf([
      'sum(rate(a_bucket{job="x",le="+Inf",code!~"5.."}[5m] offset 1h)) / ignoring(job) {__name__="b", job="y"}',
    ]);
    expect(reads('a_bucket', { job: 'x', le: '+Inf', code: '503' })).toBe(true);
    expect(reads('a_bucket', { job: 'x', le: '1' })).toBe(false);
    expect(reads('a_bucket', { job: 'x' })).toBe(false);
    expect(reads('a_count', { job: 'x', le: '+Inf' })).toBe(false);
    expect(reads('b', { job: 'y', more: 'z' })).toBe(true);
    expect(selectionOf(['a{job=""}']).reads('a', {})).toBe(true);
    expect(selectionOf(['vector(1)'])).toMatchObject({ any: false, others: false });
  });

  it('are all where a name is not written out, or an expression is not understood', () => {
    for (const expression of ['{job="x"}', '{__name__=~"a.*",job="x"}', 'info(a{job="x"})', 'rate(']) {
      expect(selectionOf([expression]).reads('anything', { job: 'x' })).toBe(true);
    }
  });

  it('are all that promtool needs: the answers are those on all series', async () => {
    const scenario = scenarioOf('query-regression');
    const rules = rulesOfService('offer-service');
    const grid = gridOf(scenario, project);
    const catalog = defineCatalog(bankServices);
    const { promtool } = await replayContext();
    const { reads } = selectionOf(rules.map(({ expr }) => expr));
    const own = bankServices.filter(({ id }) => id === 'offer-service');
    const [all, read] = [undefined, reads].map((only) =>
      own.flatMap((service) =>
        buildSeries(scenario, service, { catalog, project, ...(only === undefined ? {} : { reads: only }) }),
      ),
    );
    expect(read?.length).toBeLessThan(all?.length ?? 0);
    // Ten minutes tell: what is read does not depend on the time.
    const asked = { rules, step: grid.step, evaluations: evaluationTimes(600, rule.evaluationInterval) };
    const answers = await Promise.all([
      runPromtool(promtool, { ...asked, series: all ?? [] }),
      runPromtool(promtool, { ...asked, series: read ?? [] }),
    ]);
    // promtool adds up in the order in which it finds series: the last digits are chance.
    const told = answers.map(({ signals, alerts }) => ({
      alerts,
      signals: signals.map(({ value, ...one }) => ({ ...one, value: value.toPrecision(9) })),
    }));
    expect(told[1]).toEqual(told[0]);
    expect(told[0]?.signals.length).toBeGreaterThan(50);
  });
});

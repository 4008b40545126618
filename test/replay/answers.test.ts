import { describe, expect, it } from 'vitest';
import type { AlertRule } from '../../src/model/alert-rule.ts';
import { defineCatalog } from '../../src/model/service.ts';
import { keyOf, parseAnswer, type Question, renderAnswer } from '../../src/replay/answers.ts';
import { evaluateScenarios, type ReplayContext } from '../../src/replay/evaluate.ts';
import { SENTINEL, SIGNAL_METRIC } from '../../src/replay/test-file.ts';
import { defineScenario, type Scenario } from '../../src/scenario/index.ts';
import { rulesOfService } from '../support/replays.ts';
import { bankServices, project } from '../support/world.ts';

const rules = rulesOfService('user-account').filter(({ alert }) => /PoolSaturated|CpuHigh/.test(alert));
const short = defineScenario({
  id: 'short',
  title: 'Two minutes',
  because: 'of a test',
  from: '14:00',
  until: '14:02',
  expect: { must: [], may: [], never: [] },
});

/** A promtool that says of every rule that it is at 1, and remembers what it was asked. */
function fakePromtool(version = '2.42.0') {
  const asked: string[][] = [];
  return {
    asked,
    version: () => Promise.resolve(version),
    testRules: (files: { readonly rules: string }) => {
      const { groups } = JSON.parse(files.rules) as {
        groups: { rules: { record?: string; labels: { rule: string } }[] }[];
      };
      const uids = groups.flatMap((group) =>
        group.rules.flatMap(({ record, labels }) => (record === undefined ? [] : [labels.rule])),
      );
      asked.push(uids);
      const got = uids.map((uid) => `{__name__="${SIGNAL_METRIC}", rule="${uid}"} 1E+00`).join(', ');
      return Promise.resolve(`expr: "x", time: 1m,\n got: ${got}\nexpr: "${SENTINEL}", time: 2m,\n`);
    },
  };
}

function memory() {
  const kept = new Map<string, string>();
  return {
    kept,
    read: (key: string) => Promise.resolve(kept.get(key)),
    keep: (key: string, text: string) => Promise.resolve(void kept.set(key, text)),
  };
}

function evaluate(
  context: Pick<ReplayContext, 'promtool'> & Partial<ReplayContext>,
  own: readonly AlertRule[] = rules,
  scenario: Scenario = short,
) {
  return evaluateScenarios([scenario], own, {
    catalog: defineCatalog(bankServices),
    project,
    processes: 1,
    ...context,
  });
}

describe("promtool's answers", () => {
  it('are asked for once, and are the same from then on', async () => {
    const [promtool, answers] = [fakePromtool(), memory()];
    const first = await evaluate({ promtool, answers });
    const second = await evaluate({ promtool, answers });
    expect(promtool.asked).toEqual([rules.map(({ uid }) => uid)]);
    expect(second).toEqual(first);
    expect(second[0]?.rules.get(rules[0]?.uid ?? '')?.evaluations[1]?.values).toEqual(new Map([['{}', 1]]));
  });

  it('are asked for again, of that rule alone, where one has changed', async () => {
    const [promtool, answers] = [fakePromtool(), memory()];
    await evaluate({ promtool, answers });
    const [first, ...others] = rules as [AlertRule, ...AlertRule[]];
    await evaluate({ promtool, answers }, [{ ...first, threshold: 9 }, ...others]);
    await evaluate({ promtool, answers }, [{ ...first, annotations: {} }, ...others]);
    expect(promtool.asked.slice(1)).toEqual([[first.uid]]);
  });

  it('are asked for again with another promtool, other series that are read, and other times', async () => {
    const answers = memory();
    await evaluate({ promtool: fakePromtool(), answers });
    const again = async (version: string, change: Partial<Scenario>) => {
      const promtool = fakePromtool(version);
      await evaluate({ promtool, answers }, rules, { ...short, ...change });
      return promtool.asked.flat();
    };
    const [cpu, pool] = ['CpuHigh', 'PoolSaturated'].map(
      (name) => rules.find(({ alert }) => alert.endsWith(name))?.uid,
    );
    expect(await again('2.42.0', {})).toEqual([]);
    expect(await again('3.0.0', {})).toHaveLength(rules.length);
    expect(await again('2.42.0', { until: '14:03' })).toHaveLength(rules.length);
    expect(await again('2.42.0', { services: { 'user-account': { cpu: 0.9 } } })).toEqual([cpu]);
    expect(await again('2.42.0', { services: { 'user-account': { pools: { primary: { used: 0.9 } } } } })).toEqual([
      pool,
    ]);
    // Nobody here reads requests, and another service is not theirs.
    expect(await again('2.42.0', { services: { 'user-account': { errors: 0.9 } } })).toEqual([]);
    expect(await again('2.42.0', { services: { 'offer-service': { cpu: 0.9 } } })).toEqual([]);
  });

  it.each([
    ['is no JSON', '{"signals":['],
    ['has another form', '{"signals":[],"alerts":[],"more":1}'],
    ['has a text for a number', '{"signals":[{"labels":{},"values":["1",null,null]}],"alerts":[]}'],
    ['is of other evaluations', '{"signals":[{"labels":{},"values":[1]}],"alerts":[]}'],
    ['is empty', ''],
  ])('are asked for again where what is kept %s', async (_what, text) => {
    const [promtool, answers] = [fakePromtool(), memory()];
    const first = await evaluate({ promtool, answers });
    for (const key of answers.kept.keys()) answers.kept.set(key, text);
    expect(await evaluate({ promtool, answers })).toEqual(first);
    expect(promtool.asked).toHaveLength(2);
    await evaluate({ promtool, answers });
    expect(promtool.asked).toHaveLength(2);
  });

  it('of rules that read what others of their group make are kept together only', async () => {
    const [first, second] = rules as [AlertRule, AlertRule];
    const reader = { ...second, expr: `count(ALERTS{alertname="${first.alert}"})` };
    const [promtool, answers] = [fakePromtool(), memory()];
    await evaluate({ promtool, answers }, [first, reader]);
    await evaluate({ promtool, answers }, [{ ...first, threshold: 9 }, reader]);
    expect(promtool.asked).toEqual([
      [first.uid, reader.uid],
      [first.uid, reader.uid],
    ]);
  });

  it('are not kept where nobody says where', async () => {
    const promtool = fakePromtool();
    await evaluate({ promtool });
    await evaluate({ promtool });
    expect(promtool.asked).toHaveLength(2);
  });

  it('come back as they were, numbers that JSON does not know included', () => {
    const answer = {
      signals: [{ labels: { a: 'b' }, values: [1, undefined, Number.NaN, Number.POSITIVE_INFINITY, -0.5] }],
      alerts: [{ labels: {}, values: [undefined, 1, 1, Number.NEGATIVE_INFINITY, 1] }],
    };
    expect(parseAnswer(renderAnswer(answer), 5)).toEqual(answer);
    expect(parseAnswer(renderAnswer(answer), 4)).toBeUndefined();
  });

  it('have a key that every sample is part of', () => {
    const [rule] = rules as [AlertRule];
    const samples = Float64Array.of(1, 2, Number.NaN);
    const question = (change: Float64Array): Question => ({
      version: '1',
      rules: [rule],
      series: [{ name: 'a', labels: {}, samples: change }],
      step: 15,
      evaluations: [0],
    });
    const key = keyOf(question(samples), rule);
    expect(keyOf(question(samples.slice()), rule)).toBe(key);
    expect(keyOf(question(Float64Array.of(1, 2.000001, Number.NaN)), rule)).not.toBe(key);
    expect(key).toMatch(/^[0-9a-f]{40}$/);
  });
});

import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ExplainedError } from '../../src/model/explained-error.ts';
import type { AlertSpan, Replay, ReplayedAlert } from '../../src/model/replay.ts';
import { checkExpectations, checkProven } from '../../src/replay/expectations.ts';
import { backtestBody, backtestRules, backtestSpan, parseBacktest } from '../../src/replay/grafana-backtest.ts';
import { changedRules, compareReplays, compareWithGrafana, parseRenderedRules } from '../../src/replay/index.ts';
import { renderedFiles } from '../../src/report/rendered/files.ts';
import { changeLine } from '../../src/report/replay/summary.ts';
import { defineScenario, type Scenario, secondsOf, type TimeOfDay } from '../../src/scenario/index.ts';
import { ownRules, scenarioOf } from '../support/replays.ts';
import { desiredOf, project } from '../support/world.ts';

const ALERT = 'ServiceErrorRateHigh';
const service = 'user-account';
const because = 'somebody waits';

function span(firing: TimeOfDay, resolved?: TimeOfDay): AlertSpan {
  const at = secondsOf(firing);
  return { pending: at - 120, firing: at, ...(resolved === undefined ? {} : { resolved: secondsOf(resolved) }) };
}

function fired(spans: readonly AlertSpan[], change: Partial<ReplayedAlert> = {}): ReplayedAlert {
  const { uid, threshold, comparison, unit } = ownRules.find(
    (rule) => rule.alert === ALERT && rule.group === service,
  ) as (typeof ownRules)[number];
  return {
    uid,
    alert: ALERT,
    service,
    severity: 'critical',
    series: {},
    spans,
    prometheus: spans,
    threshold,
    comparison,
    unit,
    signal: [],
    ...change,
  };
}

function expecting(expect: Partial<Scenario['expect']>): Scenario {
  return defineScenario({
    id: 'one',
    title: 'One',
    because: 'of a test',
    from: '13:00',
    until: '16:00',
    services: {},
    expect: { must: [], may: [], never: [], ...expect },
  });
}

function broken(expectations: Partial<Scenario['expect']>, alerts: readonly ReplayedAlert[]): string[] {
  return checkExpectations(expecting(expectations), alerts, ownRules).map(
    ({ expected, seen }) => `${expected} | ${seen}`,
  );
}

describe('expectations', () => {
  const must = { alert: ALERT, service, pages: true, between: ['14:00', '14:10'], because } as const;

  it('hold when the alert fires and resolves in time', () => {
    const kept = { ...must, resolvedBy: '14:30', untilAtLeast: '14:20' } as const;
    expect(broken({ must: [kept] }, [fired([span('14:05', '14:25')])])).toEqual([]);
  });

  it.each([
    ['never', [], 'fires between 14:00 and 14:10 | never fires'],
    ['too late', [span('14:11', '14:25')], 'fires between 14:00 and 14:10 | fires at 14:11'],
    ['too early', [span('13:59', '14:25')], 'fires between 14:00 and 14:10 | fires at 13:59'],
    ['only pending', [{ pending: secondsOf('14:05') }], 'fires between 14:00 and 14:10 | never fires'],
  ] as const)('break when it fires %s', (_when, spans, told) => {
    expect(broken({ must: [must] }, spans.length === 0 ? [] : [fired(spans)])).toEqual([told]);
  });

  it('break when it resolves too late, never, or too soon', () => {
    const kept = { ...must, resolvedBy: '14:30', untilAtLeast: '14:20' } as const;
    expect(broken({ must: [kept] }, [fired([span('14:05', '14:31')])])).toEqual([
      'is resolved by 14:30 | is resolved at 14:31',
    ]);
    expect(broken({ must: [kept] }, [fired([span('14:05')])])).toEqual([
      'is resolved by 14:30 | still fires at the end',
    ]);
    expect(broken({ must: [kept] }, [fired([span('14:05', '14:15')])])).toEqual([
      'fires until 14:20 at least | is resolved at 14:15',
    ]);
  });

  it('break when it flaps', () => {
    expect(broken({ must: [must] }, [fired([span('14:05', '14:10'), span('14:20', '14:25')])])).toEqual([
      'fires once | fires 2 times: 14:05, 14:20',
    ]);
  });

  it('break when an alert fires that nobody named, or that must never, but not when it may', () => {
    const alerts = [fired([span('14:05', '14:10')])];
    const about = { alert: ALERT, pages: true, because } as const;
    expect(broken({}, alerts)).toEqual(['stays silent | fires at 14:05']);
    expect(broken({ may: [about], never: [about] }, alerts)).toEqual(['stays silent | fires at 14:05']);
    expect(broken({ may: [about] }, alerts)).toEqual([]);
    expect(broken({ may: [{ ...about, service: 'offer-service' }] }, alerts)).toEqual([
      'stays silent | fires at 14:05',
    ]);
  });

  it('break when it pages where it should warn, or warns where it should page', () => {
    const alerts = [fired([span('14:05', '14:25')])];
    expect(broken({ must: [{ ...must, pages: false }] }, alerts)).toEqual(['only warns | pages']);
    expect(broken({ may: [{ alert: ALERT, because }] }, alerts)).toEqual(['only warns | pages at 14:05']);
    const warning = ownRules.map((rule) => ({ ...rule, severity: 'warning' }) as const);
    expect(
      checkExpectations(expecting({ must: [must] }), alerts, warning).map(({ expected, seen }) => [expected, seen]),
    ).toEqual([['pages', 'only warns']]);
  });

  it('break when the first page comes late, or everything is not over in time', () => {
    const alerts = [fired([span('14:05', '14:40')])];
    const may = [{ alert: ALERT, pages: true, because }] as const;
    expect(broken({ may, firstPageBy: '14:04', resolvedBy: '14:30' }, alerts)).toEqual([
      'a page by 14:04 | the first fires at 14:05',
      'is resolved by 14:30 | is resolved at 14:40',
    ]);
    expect(broken({ firstWarningBy: '14:00' }, [])).toEqual(['a warning by 14:00 | none at all']);
  });

  it('break when they are about a rule that does not exist', () => {
    expect(broken({ must: [{ ...must, alert: 'ServiceErorRateHigh' }] }, [])).toEqual([
      'fires between 14:00 and 14:10 | there is no such rule',
    ]);
  });
});

describe('a scenario in which nothing could have fired', () => {
  const scenario = expecting({});
  const seen = (rules: typeof ownRules, values: readonly (readonly [string, boolean])[]) =>
    checkProven(scenario, rules, new Map(values)).map(({ expected, seen: what }) => `${expected} | ${what}`);
  const [first, second] = ownRules as [(typeof ownRules)[number], (typeof ownRules)[number]];

  it('is no proof without rules, and with paused ones alone', () => {
    expect(seen([], [])).toEqual(['rules that see data | there are none']);
    expect(seen([{ ...first, paused: true }], [[first.uid, true]])).toEqual(['rules that see data | there are none']);
  });

  it('is no proof where no rule that reads series had a value', () => {
    const blind = [
      [first.uid, false],
      [second.uid, false],
    ] as const;
    expect(seen([first, second], blind)).toEqual([
      'rules that see data | none has a value at any evaluation: their series are not those of the scenario',
    ]);
    expect(
      seen(
        [first, second],
        [
          [first.uid, false],
          [second.uid, true],
        ],
      ),
    ).toEqual([]);
    // `vector(1)` reads no series.
    expect(seen([first], [])).toEqual([]);
  });

  it('is no proof of an alert that does not exist', () => {
    const never = [{ alert: 'ServiceQueryP95High', service, because }];
    expect(broken({ never }, [])).toEqual([]);
    expect(broken({ never: [{ ...never[0], service: 'nobody' } as (typeof never)[0]] }, [])).toEqual([
      'stays silent | there is no such rule',
    ]);
  });
});

describe('two versions of the rules', () => {
  it('differ where firing is decided, not where words are', () => {
    const [first, second, third, ...rest] = ownRules as [
      (typeof ownRules)[number],
      (typeof ownRules)[number],
      (typeof ownRules)[number],
    ];
    const after = [
      { ...first, annotations: {} },
      { ...second, threshold: 9 },
      { ...third, expr: third.expr.replace(/\s+/g, '\n') },
      ...rest,
    ];
    const changed = changedRules(ownRules, after);
    expect(changed.after.map(({ uid }) => uid)).toEqual([second.uid]);
    expect(changed.before.map(({ uid }) => uid)).toEqual([second.uid]);
    expect(changedRules(ownRules.slice(1), ownRules).after.map(({ uid }) => uid)).toEqual([first.uid]);
  });

  it('are compared by when they fire and resolve', () => {
    const replay = (alerts: readonly ReplayedAlert[]) => ({ scenario: { id: 'one' }, alerts }) as unknown as Replay;
    const before = [replay([fired([span('14:05', '14:30')]), fired([span('14:05')], { uid: 'gone' })])];
    const after = [replay([fired([span('14:09', '14:30')]), fired([{ pending: 1 }], { uid: 'only-pending' })])];
    const changes = compareReplays(before, after);
    expect(changes.map(({ before: was, after: is }) => [was[0]?.firing, is[0]?.firing])).toEqual([
      [secondsOf('14:05'), secondsOf('14:09')],
      [secondsOf('14:05'), undefined],
    ]);
    expect(compareReplays(before, before)).toEqual([]);
    const quieter = [
      replay([fired([span('14:05', '14:30')], { severity: 'warning' }), fired([span('14:05')], { uid: 'gone' })]),
    ];
    expect(compareReplays(before, quieter).map(changeLine)).toEqual([
      `${ALERT} of ${service} warns, and no longer pages (14:05)`,
    ]);
  });

  it('come back whole from the files that npm run render writes', () => {
    const files = renderedFiles(desiredOf(), project).filter(({ path }) => path.startsWith('alerts/'));
    const rules = files.flatMap(({ content }) => {
      const parsed = parseRenderedRules(content);
      return 'rules' in parsed ? parsed.rules : [];
    });
    expect(rules).toEqual(ownRules);
  });

  it('are refused, with the place, where a file is no such file', () => {
    expect(parseRenderedRules('rules: [')).toMatchObject({ problem: expect.stringContaining('is not YAML') });
    expect(parseRenderedRules(stringify({ rules: [{ ...ownRules[0], for: 'soon' }] }))).toMatchObject({
      problem: expect.stringContaining('rules[0].for'),
    });
  });
});

describe("Grafana's own engine", () => {
  const rule = ownRules.find(({ uid }) => uid === 'bank-user-account-pool') as (typeof ownRules)[number];
  const scenario = scenarioOf('incident-linear');
  const midnight = Date.parse('2026-03-16T00:00:00Z');
  const pool = { pool: 'primary', service: 'user-account' };
  const frame = (
    rows: readonly (readonly [TimeOfDay, string, string])[],
    notices: readonly { text: string }[] = [],
  ) => ({
    schema: { fields: [], meta: { notices } },
    data: {
      values: [
        rows.map(([at]) => midnight + secondsOf(at) * 1000),
        rows.map(([, previous, current]) => ({ schemaVersion: 1, previous, current, labels: pool })),
        rows.map(() => ({})),
      ],
    },
  });

  it('is asked with the rule as it is synced, from half an hour before the first event', () => {
    expect(backtestSpan(scenario)).toEqual([secondsOf('13:30'), secondsOf('16:45')]);
    expect(backtestBody(rule, midnight / 1000, [secondsOf('13:30'), secondsOf('16:45')])).toMatchObject({
      from: '2026-03-16T13:30:00.000Z',
      to: '2026-03-16T16:45:01.000Z',
      interval: '1m',
      condition: 'B',
      for: '2m',
      keep_firing_for: '5m',
      no_data_state: 'KeepLast',
      missing_series_evals_to_resolve: 5,
      labels: { service: 'user-account' },
      data: [{ refId: 'A', model: { expr: rule.expr } }, { refId: 'B' }],
    });
  });

  it('answers with transitions, which become spans', () => {
    const answer = frame([
      ['14:30', 'Normal', 'Pending'],
      ['14:32', 'Pending', 'Alerting'],
      ['16:08', 'Alerting', 'Recovering'],
      ['16:13', 'Recovering', 'Normal (MissingSeries)'],
    ]);
    expect(parseBacktest(answer, midnight, rule)).toEqual([
      {
        labels: pool,
        spans: [{ pending: secondsOf('14:30'), firing: secondsOf('14:32'), resolved: secondsOf('16:13') }],
      },
    ]);
  });

  it('is not believed where it stopped before the end, and the remedy is named', () => {
    const answer = frame(
      [],
      [{ text: 'Number of evaluations are adjusted to the limit of 100 evaluations. Requested: 196' }],
    );
    expect(() => parseBacktest(answer, midnight, rule)).toThrow(ExplainedError);
    expect(() => parseBacktest({ message: 'no' }, midnight, rule)).toThrow('is not understood');
    const odd = frame([['14:30', 'Normal', 'Pending']]);
    odd.data.values[1] = [null as never];
    expect(() => parseBacktest(odd, midnight, rule)).toThrow(ExplainedError);
  });

  it('is compared minute by minute', async () => {
    const answer = frame([
      ['14:30', 'Normal', 'Pending'],
      ['14:33', 'Pending', 'Alerting'],
      ['16:13', 'Alerting', 'Normal'],
    ]);
    const asked: string[] = [];
    const theirs = await backtestRules(scenario, [rule], (path) => {
      asked.push(path);
      return Promise.resolve(answer);
    });
    expect(asked).toEqual(['/api/v1/rule/backtest']);
    const ours = fired([span('14:32', '16:13')], { uid: rule.uid, alert: rule.alert, series: { pool: 'primary' } });
    const replay = { alerts: [ours] } as unknown as Replay;
    const compared = compareWithGrafana(replay, theirs, backtestSpan(scenario));
    expect(compared).toMatchObject({ series: 1, evaluations: 196 });
    expect(compared.differences).toEqual([
      {
        alert: 'ServicePoolSaturated',
        subject: 'user-account (pool primary)',
        promtool: 'fires 14:32 to 16:13',
        grafana: 'fires 14:33 to 16:13',
        minutes: 1,
      },
    ]);
  });

  it('differs where it fires and promtool does not', () => {
    const theirs = new Map([[rule.uid, [{ labels: pool, spans: [span('14:32', '14:40')] }]]]);
    const compared = compareWithGrafana({ alerts: [] } as unknown as Replay, theirs, backtestSpan(scenario));
    expect(compared.differences).toMatchObject([
      { promtool: 'never fires', grafana: 'fires 14:32 to 14:40', minutes: 10 },
    ]);
  });
});

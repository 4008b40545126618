import { beforeAll, describe, expect, it } from 'vitest';
import { type AlertRule, watchesQueries } from '../../src/model/alert-rule.ts';
import { firstFiring, formatSecond, type Replay } from '../../src/model/replay.ts';
import { evaluateScenarios, judge } from '../../src/replay/index.ts';
import { secondsOf } from '../../src/scenario/index.ts';
import { ownRules, replayContext, scenarios, withChange } from '../support/replays.ts';

const library = scenarios.filter(({ long }) => long !== true);
let evaluated: Awaited<ReturnType<typeof evaluateScenarios>>;
let replays: readonly Replay[];

beforeAll(async () => {
  evaluated = await evaluateScenarios(library, ownRules, await replayContext());
  replays = evaluated.map((one) => judge(one, ownRules));
}, 600_000); // A minute on two free cores; more where others work, too.

function replayOf(id: string): Replay {
  const found = replays.find(({ scenario }) => scenario.id === id);
  if (found === undefined) throw new Error(`no replay of ${id}`);
  return found;
}

function firing(id: string, alert: string, service: string): string | undefined {
  const found = replayOf(id).alerts.find((one) => one.alert === alert && one.service === service);
  const first = firstFiring(found?.spans ?? []);
  return first === undefined ? undefined : formatSecond(first);
}

describe('the library', () => {
  it.each(library.map(({ id }) => id))('holds every expectation of %s', (id) => {
    expect(replayOf(id).broken).toEqual([]);
  });

  it('runs every rule over every scenario', () => {
    expect(replays.map(({ rules }) => rules)).toEqual(library.map(() => ownRules.length));
    for (const { rules } of evaluated) expect(rules.size).toBe(ownRules.length);
  });

  it('pages nobody on a healthy day, at three levels of traffic', () => {
    for (const level of ['low', 'mid', 'high']) {
      expect(replayOf(`healthy-morning-${level}`).notifications).toEqual([]);
    }
  });

  it('states for every alert that has to fire, or must not, why', () => {
    for (const { expect: expected, because } of library) {
      for (const reason of [
        because,
        ...[...expected.must, ...expected.may, ...expected.never].map((one) => one.because),
      ]) {
        expect(reason.length).toBeGreaterThan(10);
      }
    }
  });
});

describe('errors', () => {
  it('page within six minutes after the true ratio passes 5 % at 40 requests a second', () => {
    const at = firing('error-ramp', 'ServiceErrorRateHigh', 'user-account') as `${number}:${number}`;
    expect(secondsOf(at) - secondsOf('14:10')).toBeLessThanOrEqual(360);
    expect(secondsOf(at)).toBeGreaterThan(secondsOf('14:10'));
  });
});

describe('the model of Grafana', () => {
  it('says the same as promtool, minute by minute, wherever there is data', () => {
    const blind = new Set(['blind-mid-incident', 'memory-leak', 'minor-troubles', 'prometheus-down', 'service-silent']);
    let compared = 0;
    for (const { scenario, alerts } of replays) {
      if (blind.has(scenario.id)) continue;
      for (const { spans, prometheus } of alerts) {
        expect(spans).toEqual(prometheus);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(50);
  });

  it('keeps a page open that Prometheus resolves when its data is gone', () => {
    const found = replayOf('blind-mid-incident').alerts.find(
      (one) => one.alert === 'ServiceErrorRateHigh' && one.service === 'user-account',
    );
    expect(found?.spans).toHaveLength(1);
    expect(found?.prometheus).toHaveLength(2);
  });

  it('sends one page for a cascade over two services', () => {
    const pages = replayOf('rollback').notifications.filter(({ alert }) => alert === 'ServiceErrorRateHigh');
    expect(pages.map(({ kind }) => kind)).toEqual(['first', 'changed', 'resolved']);
    expect(pages[1]?.firing).toEqual(['app-gateway', 'user-account']);
  });
});

describe('mutations of the rules', () => {
  /** Scenarios that notice a change of one alert in every service. */
  function caughtBy(alert: string, change: (rule: AlertRule) => Partial<AlertRule>): string[] {
    const rules = withChange(ownRules, alert, change);
    return evaluated.filter((one) => judge(one, rules).broken.length > 0).map(({ scenario }) => scenario.id);
  }

  // What fires by a failing query alone has no value that a threshold could change.
  const judging = ownRules.filter((rule) => !watchesQueries(rule));
  const alerts = [...new Set(judging.map(({ alert }) => alert))].filter((alert) => alert.startsWith('Service'));
  const opposite = { gt: 'lt', gte: 'lt', lt: 'gt' } as const;

  it.each(alerts)('a threshold of %s times ten is caught', (alert) => {
    expect(caughtBy(alert, ({ threshold }) => ({ threshold: threshold === 0 ? 10_000 : threshold * 10 }))).not.toEqual(
      [],
    );
  });

  it.each(alerts)('a threshold of %s in another unit is caught', (alert) => {
    expect(
      caughtBy(alert, ({ threshold }) => ({ threshold: threshold === 0 ? 10_000 : threshold * 1000 })),
    ).not.toEqual([]);
  });

  it.each(alerts)('a reversed comparison of %s is caught', (alert) => {
    expect(caughtBy(alert, ({ comparison }) => ({ comparison: opposite[comparison] }))).not.toEqual([]);
  });

  it('a missing `for` is caught, whichever alert has lost it', () => {
    const survivors = alerts.filter((alert) => caughtBy(alert, () => ({ for: '0s' })).length === 0);
    expect(survivors).toEqual([]);
  });

  it.each([...new Set(ownRules.map(({ alert }) => alert))])('another severity of %s is caught', (alert) => {
    const levels = new Set(ownRules.filter((rule) => rule.alert === alert).map(({ severity }) => severity));
    for (const severity of levels) {
      const other = severity === 'critical' ? 'warning' : 'critical';
      const change = (rule: AlertRule) => (rule.severity === severity ? ({ severity: other } as const) : {});
      expect({ severity, caught: caughtBy(alert, change) }).not.toEqual({ severity, caught: [] });
    }
  });

  it('a data source alert that does not fire is caught', () => {
    const deaf = (rule: AlertRule) => ({ ...rule, execErrState: 'KeepLast' }) as const;
    expect(caughtBy('DataSourceUnreachable', deaf)).toEqual(['prometheus-down']);
  });

  it('an alert on failing queries that does not fire is caught', () => {
    const deaf = () => ({ execErrState: 'KeepLast' }) as const;
    expect(caughtBy('ServiceAlertQueryFailing', deaf)).toEqual(['prometheus-down']);
  });

  it('resolving while Prometheus does not answer is caught', () => {
    expect(caughtBy('ServiceErrorRateHigh', () => ({ execErrState: 'Error' }))).toEqual(['prometheus-down']);
  });

  it('resolving without data is caught', () => {
    expect(caughtBy('ServiceErrorRateHigh', () => ({ noDataState: 'NoData' }))).toEqual(['blind-mid-incident']);
  });

  it('a missing `keep_firing_for` is caught', () => {
    expect(caughtBy('ServiceErrorRateHigh', () => ({ keepFiringFor: '0s' }))).toContain('flapping');
  });
});

import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AlertRule, watchesQueries } from '../../src/model/alert-rule.ts';
import { firstFiring, formatSecond, lastResolved, type Replay } from '../../src/model/replay.ts';
import { evaluateScenarios, judge } from '../../src/replay/index.ts';
import { renderFiredTable, renderReplaySvg } from '../../src/report/index.ts';
import { secondsOf } from '../../src/scenario/index.ts';
import { scenarios } from '../../src/scenario/library/index.ts';
import { template } from '../../src/scenario/template.ts';
import { ownRules, replayContext, withChange } from '../support/replays.ts';
import { PROJECT } from '../support/run.ts';

const library = [...scenarios.filter(({ long }) => long !== true), template];
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

describe('the incident of 2025-12-15', () => {
  it('warns by 14:20 and pages by 14:24 in its linear shape, and by 14:25 and 14:33 in its exponential one', () => {
    const first = (id: string, severity: string) =>
      Math.min(
        ...replayOf(id)
          .alerts.filter((one) => one.severity === severity)
          .map(({ spans }) => firstFiring(spans) ?? Infinity),
      );
    expect(first('incident-linear', 'warning')).toBeLessThanOrEqual(secondsOf('14:20'));
    expect(first('incident-linear', 'critical')).toBeLessThanOrEqual(secondsOf('14:24'));
    expect(first('incident-exponential', 'warning')).toBeLessThanOrEqual(secondsOf('14:25'));
    expect(first('incident-exponential', 'critical')).toBeLessThanOrEqual(secondsOf('14:33'));
  });

  // Alert, service, linear, exponential: the table of docs/alerting.md.
  it.each([
    ['ServiceLatencyRegression', 'user-service', '14:19', '14:24'],
    ['ServiceDegradationConfirmed', 'user-service', '14:23', '14:32'],
    ['ServiceQueryP95High', 'user-service', '14:27', '14:40'],
    ['ServicePoolSaturated', 'user-service', '14:32', '14:32'],
    ['ServiceDegradationConfirmed', 'api-gateway', '14:32', '14:35'],
    ['ServiceLatencyP95High', 'user-service', '14:38', '14:46'],
    ['ServicePoolWaiting', 'user-service', '14:47', '14:47'],
    ['ServiceErrorRateHigh', 'api-gateway', '14:55', '14:55'],
    ['ServiceDependencyErrorsHigh', 'api-gateway', '14:59', '14:59'],
  ] as const)('fires %s of %s within a minute of the measured table', (alert, service, linear, exponential) => {
    for (const [id, measured] of [
      ['incident-linear', linear],
      ['incident-exponential', exponential],
    ] as const) {
      const found = replayOf(id).alerts.find((one) => one.alert === alert && one.service === service);
      expect(firstFiring(found?.spans ?? [])).toBeLessThanOrEqual(secondsOf(measured) + 60);
    }
  });

  it.each(['incident-linear', 'incident-exponential'])('resolves everything by 16:36 without flapping in %s', (id) => {
    const fired = replayOf(id).alerts.filter(({ spans }) => firstFiring(spans) !== undefined);
    expect(fired.length).toBeGreaterThanOrEqual(10);
    for (const { spans } of fired) {
      expect(spans.filter(({ firing: at }) => at !== undefined)).toHaveLength(1);
      expect(lastResolved(spans)).toBeLessThanOrEqual(secondsOf('16:36'));
    }
  });

  it('is calibrated so that the rule of that day pages at exactly 15:00', async () => {
    const errors = ownRules.find(({ uid }) => uid === 'shop-api-gateway-errors') as AlertRule;
    const job = 'job="shop/api-gateway"';
    const failed = `${job},http_response_status_code!~"[1-4].."`;
    const rate = (matchers: string) =>
      `sum by (job)(rate(http_server_request_duration_seconds_count{${matchers}}[5m]))`;
    const old: AlertRule = { ...errors, expr: `${rate(failed)} / ${rate(job)}`, threshold: 0.1, for: '5m' };
    for (const id of ['incident-linear', 'incident-exponential']) {
      const scenario = library.filter((one) => one.id === id);
      const [only] = await evaluateScenarios(scenario, [old], await replayContext());
      const replay = judge(only as NonNullable<typeof only>, [old]);
      expect(formatSecond(firstFiring(replay.alerts[0]?.spans ?? []) ?? 0)).toBe('15:00');
    }
  });
});

describe('README.md', () => {
  it('shows what fires when in incident-linear', async () => {
    expect(await tableIn('README.md', 'incident-linear')).toBe(renderFiredTable(replayOf('incident-linear')));
  });
});

/** The table of a scenario on a page. */
async function tableIn(page: string, id: string): Promise<string | undefined> {
  const text = await readFile(`${PROJECT}${page}`, 'utf8');
  return new RegExp(`<!-- table ${id} -->\\n([^]*?)\\n<!-- end -->`).exec(text)?.[1];
}

describe('docs/replay.md', () => {
  it.each(['incident-linear', 'incident-exponential'])(
    'shows what fires when in %s, in its table and its picture',
    async (id) => {
      expect(await tableIn('docs/replay.md', id)).toBe(renderFiredTable(replayOf(id)));
      // Curves may differ in the last digit between versions of promtool; the label says which alerts fire when.
      const label = (svg: string) => /aria-label="([^"]*)"/.exec(svg)?.[1];
      const picture = await readFile(`${PROJECT}docs/replay/${id}.svg`, 'utf8');
      expect(label(picture)).toBe(label(renderReplaySvg(replayOf(id))));
    },
  );
});

describe('errors', () => {
  it('page within six minutes after the true ratio passes 5 % at 40 requests a second', () => {
    const at = firing('error-ramp', 'ServiceErrorRateHigh', 'user-service') as `${number}:${number}`;
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
      (one) => one.alert === 'ServiceErrorRateHigh' && one.service === 'user-service',
    );
    expect(found?.spans).toHaveLength(1);
    expect(found?.prometheus).toHaveLength(2);
  });

  it('sends one page for a cascade over two services', () => {
    const pages = replayOf('rollback').notifications.filter(({ alert }) => alert === 'ServiceErrorRateHigh');
    expect(pages.map(({ kind }) => kind)).toEqual(['first', 'changed', 'resolved']);
    expect(pages[1]?.firing).toEqual(['api-gateway', 'user-service']);
  });
});

describe('mutations of the rules', () => {
  /** Scenarios that notice a change of one alert in every service. */
  function caughtBy(alert: string, change: (rule: AlertRule) => Partial<AlertRule>): string[] {
    const rules = withChange(ownRules, alert, change);
    return evaluated
      .filter((one) => one.scenario !== template && judge(one, rules).broken.length > 0)
      .map(({ scenario }) => scenario.id);
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

/** What the shop's rules make of its own incident, and what its pages say of that. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildProject } from '../../src/app/build-project.ts';
import type { AlertRule } from '../../src/model/alert-rule.ts';
import { firstFiring, formatSecond, lastResolved, type Replay } from '../../src/model/replay.ts';
import { evaluateScenarios, judge, type ReplayContext, replayScenarios } from '../../src/replay/index.ts';
import { renderFiredTable, renderReplaySvg } from '../../src/report/index.ts';
import { type Scenario, secondsOf } from '../../src/scenario/index.ts';
import { REPOSITORY } from '../support/places.ts';
import { replayContext } from '../support/replays.ts';
import { ioOf } from '../support/run.ts';

let rules: readonly AlertRule[];
let scenarios: readonly Scenario[];
let context: ReplayContext;
let replays: readonly Replay[];

beforeAll(async () => {
  const built = await buildProject(ioOf({}, REPOSITORY));
  if (!built.ok) throw new Error(built.problems.map(({ message }) => message).join('; '));
  const { catalog, project, desired, source } = built;
  rules = desired.resources.flatMap((resource) => (resource.kind === 'rule' ? [resource.rule] : []));
  scenarios = Object.values(source.incident?.scenarios ?? {});
  context = { ...(await replayContext()), catalog, project };
  replays = await replayScenarios(scenarios, rules, context);
}, 300_000);

function replayOf(id: string): Replay {
  const found = replays.find(({ scenario }) => scenario.id === id);
  if (found === undefined) throw new Error(`no replay of ${id}`);
  return found;
}

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
    const errors = rules.find(({ uid }) => uid === 'shop-api-gateway-errors') as AlertRule;
    const job = 'job="shop/api-gateway"';
    const failed = `${job},http_response_status_code!~"[1-4].."`;
    const rate = (matchers: string) =>
      `sum by (job)(rate(http_server_request_duration_seconds_count{${matchers}}[5m]))`;
    const old: AlertRule = { ...errors, expr: `${rate(failed)} / ${rate(job)}`, threshold: 0.1, for: '5m' };
    for (const id of ['incident-linear', 'incident-exponential']) {
      const scenario = scenarios.filter((one) => one.id === id);
      const [only] = await evaluateScenarios(scenario, [old], context);
      const replay = judge(only as NonNullable<typeof only>, [old]);
      expect(formatSecond(firstFiring(replay.alerts[0]?.spans ?? []) ?? 0)).toBe('15:00');
    }
  });

  it('cites the review for every fixed point of the incident, and names its assumptions', () => {
    expect(scenarios).toHaveLength(2);
    for (const { events, assumptions } of scenarios) {
      expect(events.map(({ at }) => at)).toEqual([
        '14:00',
        '14:15',
        '14:30',
        '14:45',
        '15:00',
        '15:30',
        '16:00',
        '16:30',
      ]);
      expect(events.every(({ source }) => source === 'incident review')).toBe(true);
      expect(assumptions.length).toBeGreaterThan(3);
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
  const text = await readFile(`${REPOSITORY}${page}`, 'utf8');
  return new RegExp(`<!-- table ${id} -->\\n([^]*?)\\n<!-- end -->`).exec(text)?.[1];
}

describe('docs/replay.md', () => {
  it.each(['incident-linear', 'incident-exponential'])(
    'shows what fires when in %s, in its table and its picture',
    async (id) => {
      expect(await tableIn('docs/replay.md', id)).toBe(renderFiredTable(replayOf(id)));
      // Curves may differ in the last digit between versions of promtool; the label says which alerts fire when.
      const label = (svg: string) => /aria-label="([^"]*)"/.exec(svg)?.[1];
      const picture = await readFile(`${REPOSITORY}docs/replay/${id}.svg`, 'utf8');
      expect(label(picture)).toBe(label(renderReplaySvg(replayOf(id))));
    },
  );
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPrometheus } from '../../src/adapters/prometheus/index.ts';
import { parseBaseline, runGate } from '../../src/gate/index.ts';
import type { GateResult } from '../../src/model/gate.ts';
import { defineCatalog, type Service } from '../../src/model/service.ts';
import { renderGateJson, renderGateJunit, renderGateMarkdown } from '../../src/report/gate/gate.ts';
import { buildSeries, defineScenario, openMetricsLines, type Scenario, through } from '../../src/scenario/index.ts';
import { incidentLinear } from '../companies/bank/scenarios/incident.ts';
import { type FilledPrometheus, startPrometheus } from '../support/filled-prometheus.ts';
import { httpWorld } from '../support/http-world.ts';
import { scenarioOf } from '../support/replays.ts';
import { passedOn, startStandIn } from '../support/stand-in.ts';
import { aService, bankServices, project } from '../support/world.ts';

function own(id: string): Service {
  const found = bankServices.find((service) => service.id === id);
  if (found === undefined) throw new Error(`no service ${id}`);
  return found;
}
const appGateway = own('app-gateway');
const userAccount = own('user-account');
/** Records neither 2 s nor 500 ms. */
const coarse = aService({ id: 'coarse' });
/** Loses its database's telemetry. */
const blind = aService({ id: 'blind' });
const catalog = defineCatalog([...bankServices, coarse, blind]);

/** One day for all: promtool reads the file again for every two hours between the first sample and the last. */
const { day: DAY } = incidentLinear;
const incident: Scenario = { ...incidentLinear, from: '13:00', until: '15:00' };
const healthy = {
  ...scenarioOf('healthy-morning-mid'),
  day: DAY,
  from: '08:50',
} as const;
const idle = { ...scenarioOf('idle-night'), day: DAY };

/** Two versions side by side: a rollout at 19:00, and one of the two new instances is slower. */
const canary = defineScenario({
  id: 'canary',
  title: 'A canary that is slower',
  because: 'It has to be told from the version beside it.',
  day: DAY,
  from: '18:00',
  until: '19:45',
  services: {
    'user-account': {
      restarts: [{ kind: 'rollout', at: '19:00', apart: '15s' }],
      instanceOverrides: { 1: { latencyP95: through(['18:59', 0.05], ['19:00', 0.15]) } },
    },
  },
  expect: { must: [], may: [], never: [] },
});
const VERSIONS = [
  ['v1.3.0', 'user-account-0', '18:00', '19:00'],
  ['v1.3.0', 'user-account-1', '18:00', '19:00'],
  ['v1.4.0', 'user-account-0-r1', '19:00', '19:45'],
  ['v1.5.0', 'user-account-1-r1', '19:00', '19:45'],
] as const;

/** Queries are not recorded any more from 12:00 on. */
const lost = defineScenario({
  id: 'lost',
  title: 'The telemetry of queries is lost',
  because: 'Silence is no pass.',
  day: DAY,
  from: '11:30',
  until: '12:55',
  services: { blind: { lost: [{ families: ['database'], from: '12:00', until: '12:55' }] } },
  expect: { must: [], may: [], never: [] },
});

function* lines(): Generator<string> {
  const of = (scenario: Scenario, service: Service, boundaries = project.histogramBoundaries) =>
    openMetricsLines(
      scenario,
      buildSeries(scenario, service, { catalog, project: { ...project, histogramBoundaries: boundaries } }),
      project,
    );
  yield* of(incident, userAccount);
  yield* of(idle, userAccount);
  yield* of(healthy, userAccount);
  yield* of(canary, userAccount);
  yield* of(lost, blind);
  const without = (numbers: readonly number[]) => numbers.filter((number) => number !== 2 && number !== 0.5);
  const { server, database } = project.histogramBoundaries;
  yield* of(lost, coarse, { server: without(server), database: without(database) });
  yield '# TYPE target_info unknown\n';
  for (const [version, instance, from, until] of VERSIONS) {
    for (let second = timeOf(canary, from); second < timeOf(canary, until); second += 60) {
      yield `target_info{job="bank/user-account",instance="${instance}",service_version="${version}"} 1 ${second}\n`;
    }
  }
}

function timeOf({ day }: Pick<Scenario, 'day'>, time: string): number {
  return Date.parse(`${day}T${time}:00Z`) / 1000;
}

let prometheus: FilledPrometheus;
beforeAll(async () => {
  prometheus = await startPrometheus(lines());
}, 60_000);
afterAll(() => prometheus.stop());

interface Window {
  readonly service?: Service;
  readonly day?: Pick<Scenario, 'day'>;
  readonly from: string;
  readonly until: string;
  readonly baseline?: string;
  readonly url?: string;
}

async function gate({ service = userAccount, day = incident, from, until, baseline, url }: Window) {
  const choice = parseBaseline(baseline ?? 'offset:1h');
  if (choice === undefined || choice.kind === 'file') throw new Error('no such baseline in these tests');
  const window = { from: timeOf(day, from), until: timeOf(day, until) };
  // As after the default warm-up.
  const since = window.from - 300;
  const client = openPrometheus({ url: url ?? prometheus.url, world: httpWorld() });
  return (await runGate({ service, catalog, project, since, window, baseline: choice }, client)).result;
}

/** The checks of an outcome: `latency-p95 relative`. */
function those({ checks }: GateResult, outcome: GateResult['verdict']): readonly string[] {
  return checks.filter((check) => check.outcome === outcome).map(({ signal, kind }) => `${signal} ${kind}`);
}

function codes({ checks, notes }: GateResult): readonly string[] {
  return [...new Set([...checks.flatMap(({ problems }) => problems), ...notes].map(({ code }) => code))].sort();
}

describe('in the incident, the gate', () => {
  test('finds a breach from 14:15 to 14:45, and when each alert would fire', async () => {
    const result = await gate({ from: '14:15', until: '14:45' });
    expect(result.verdict).toBe('breach');
    const fires = result.checks.flatMap(({ signal, firesAt }) =>
      firesAt === undefined ? [] : [[signal, (firesAt - timeOf(incident, '14:00')) / 60] as const],
    );
    const minutes = new Map(fires);
    expect([...minutes.keys()].sort()).toEqual(['latency-p95', 'pool-utilisation', 'query-p95']);
    // As the replay says, with a minute for the evaluation's phase.
    for (const [signal, minute] of [
      ['query-p95', 27],
      ['pool-utilisation', 32],
      ['latency-p95', 38],
    ] as const) {
      expect(Math.abs((minutes.get(signal) ?? 0) - minute)).toBeLessThanOrEqual(1);
    }
    expect(those(result, 'pass')).toEqual(['error-ratio absolute', 'error-ratio relative']);
    expect(result.requests).toBeGreaterThan(70_000);
  });

  test('finds a breach at 14:20 by the comparison alone: every value is still within its limit', async () => {
    const result = await gate({ from: '14:10', until: '14:20' });
    expect(result.verdict).toBe('breach');
    expect(those(result, 'breach')).toEqual(['latency-p95 relative', 'query-p95 relative']);
    const absolute = result.checks.filter(({ kind }) => kind === 'absolute');
    expect(absolute.every(({ value, allowed }) => (value ?? 0) < (allowed ?? 0))).toBe(true);
    expect((await gate({ from: '14:10', until: '14:20', baseline: 'none' })).verdict).toBe('pass');
  });

  test('would have passed ten minutes after the deployment: nothing had happened yet', async () => {
    expect((await gate({ from: '14:02', until: '14:12' })).verdict).toBe('pass');
  });

  test('warns where a value stays over half of its limit', async () => {
    const result = await gate({ from: '14:10', until: '14:22', baseline: 'none' });
    expect(result.verdict).toBe('warning');
    expect(those(result, 'warning')).toEqual(['query-p95 absolute']);
  });

  test('finds a breach where the window as a whole is above a limit, before its alert would fire', async () => {
    const result = await gate({ from: '14:10', until: '14:25', baseline: 'none' });
    expect(those(result, 'breach')).toEqual(['query-p95 absolute']);
    expect(result.checks.find(({ outcome }) => outcome === 'breach')?.says).toMatch(
      /^above 500 ms over the whole window \(3\d{4} queries\), though its alert does not fire in it$/,
    );
  });
});

test('on the healthy day it passes, after a deployment, with every check', async () => {
  const result = await gate({ day: healthy, from: '10:02', until: '10:28' });
  expect(result.checks.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 8 }, () => 'pass'));
  expect(result).toMatchObject({ verdict: 'pass', notes: [] });
});

describe('it is inconclusive', () => {
  test('on too little traffic', async () => {
    const result = await gate({ day: idle, from: '02:15', until: '02:45' });
    expect(result.verdict).toBe('inconclusive');
    expect(codes(result)).toContain('K021');
    expect(those(result, 'pass')).toEqual([]);
    expect(result.checks[0]?.problems[0]?.message).toMatch(/^has \d+ requests in the window, and 200 are needed$/);
  });

  test('on an empty store', async () => {
    const empty = await startPrometheus([]);
    try {
      const result = await gate({ from: '14:15', until: '14:45', url: empty.url });
      expect(result.verdict).toBe('inconclusive');
      expect(codes(result)).toEqual(['K020']);
      expect(result.checks.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 8 }, () => 'inconclusive'));
      expect(result.requests).toBeUndefined();
    } finally {
      await empty.stop();
    }
  });

  test('where a histogram lacks the boundary of the limit', async () => {
    const result = await gate({ service: coarse, day: lost, from: '12:20', until: '12:50', baseline: 'none' });
    expect(result.verdict).toBe('inconclusive');
    expect(those(result, 'inconclusive')).toEqual(['latency-p95 absolute', 'query-p95 absolute']);
    expect(codes(result)).toEqual(['K023']);
    expect(result.checks[0]?.problems[0]?.message).toContain('0.25, 0.75, 1, 2.5, 5');
  });

  test('where a family of telemetry is lost, and names it', async () => {
    const result = await gate({ service: blind, day: lost, from: '12:05', until: '12:50', baseline: 'none' });
    expect(those(result, 'inconclusive')).toEqual(['query-p95 absolute']);
    expect(those(result, 'pass')).toHaveLength(3);
    expect(codes(result)).toEqual(['K020']);
    expect(result.checks.flatMap(({ problems }) => problems)[0]?.message).toContain('query');
  });

  test('in a window too short for ten evaluations', async () => {
    const result = await gate({ from: '13:15', until: '13:19', baseline: 'none' });
    expect(result.verdict).toBe('inconclusive');
    expect(codes(result)).toEqual(['K022', 'K024']);
  });

  test('without a baseline at the time it is compared with', async () => {
    const result = await gate({ from: '13:15', until: '13:45', baseline: 'offset:7d' });
    expect(result.verdict).toBe('inconclusive');
    expect(those(result, 'pass')).toHaveLength(4);
    expect(codes(result)).toEqual(['K025']);
  });

  test('where Prometheus gives only a part of an answer', async () => {
    const partial = await startStandIn((request) =>
      passedOn(request, prometheus.url, (body) =>
        body.replace('"status":"success"', '"status":"success","warnings":["store lost"]'),
      ),
    );
    try {
      const result = await gate({ from: '13:15', until: '13:45', url: partial.url, baseline: 'none' });
      expect(result.verdict).toBe('inconclusive');
      expect(codes(result)).toEqual(['K026']);
      const breach = await gate({ from: '14:15', until: '14:45', url: partial.url });
      expect(breach.verdict).toBe('breach');
    } finally {
      await partial.stop();
    }
  });
});

describe('another version', () => {
  const window = { day: canary, from: '19:10', until: '19:40' };

  test('that runs beside the new one is compared with the new instances alone', async () => {
    const slower = await gate({ ...window, baseline: 'version:v1.4.0' });
    expect(those(slower, 'breach')).toEqual(['latency-p95 relative', 'query-p95 relative']);
    expect(slower.checks.find(({ kind }) => kind === 'relative')).toMatchObject({
      // Both lie between the boundaries 0.1 and 0.25 s.
      value: expect.closeTo(0.2, 1),
      baseline: expect.closeTo(0.05, 2),
    });
    const other = await gate({ ...window, baseline: 'version:v1.5.0' });
    expect(those(other, 'breach')).toEqual([]);
    expect(those(other, 'pass')).toContain('latency-p95 relative');
  });

  test('that is gone is looked for in the past', async () => {
    const result = await gate({ ...window, baseline: 'version:v1.3.0' });
    expect(those(result, 'breach')).toEqual(['latency-p95 relative', 'query-p95 relative']);
    expect(result.baseline).toMatch(/^version:v1\.3\.0, 18:3\d to 19:0\d UTC$/);
  });

  test('can be told by a label of the series', async () => {
    const result = await gate({ ...window, baseline: 'version:instance=user-account-0-r1' });
    expect(those(result, 'breach')).toEqual(['latency-p95 relative', 'query-p95 relative']);
  });

  test('beside which nothing new runs is compared with nothing, and says so', async () => {
    const result = await gate({ ...window, baseline: 'version:job=bank/user-account' });
    expect(result.verdict).toBe('inconclusive');
    const relative = result.checks.filter(({ kind }) => kind === 'relative');
    expect(relative.map(({ problems }) => problems.map(({ code }) => code))).toEqual([
      ['K021'],
      ['K021'],
      ['K021'],
      ['K021'],
    ]);
  });

  test('that never ran is not a baseline', async () => {
    const result = await gate({ ...window, baseline: 'version:v9' });
    expect(result.verdict).toBe('inconclusive');
    expect(codes(result)).toEqual(['K025']);
  });
});

test('a service without a database is judged without queries: those are judged where they are made', async () => {
  const result = await gate({ service: appGateway, from: '13:15', until: '13:45' });
  expect(result.checks.some(({ signal }) => signal === 'query-p95')).toBe(false);
  expect(result.verdict).toBe('inconclusive');
});

test('the JSON form has ISO times and plain numbers', async () => {
  const document = JSON.parse(renderGateJson(await gate({ from: '14:15', until: '14:45' }))) as {
    checks: { signal: string; firesAt?: string; value: number }[];
  };
  expect(document).toMatchObject({ format: 'grafana-as-code/gate', version: 1, verdict: 'breach', stepSeconds: 60 });
  const query = document.checks.find(({ signal }) => signal === 'query-p95');
  expect(query?.firesAt).toMatch(/^2026-03-16T14:2\d:00\.000Z$/);
});

test('what is inconclusive is an error in JUnit, so that no pipeline shows it green', async () => {
  const report = renderGateJunit(await gate({ day: idle, from: '02:15', until: '02:45' }));
  expect(report).toMatch(/tests="8" failures="0" errors="8"/);
  expect(report).toContain('<error type="inconclusive" message="K021 ');
});

test('a name cannot break out of its cell in Markdown', async () => {
  const result = await gate({ from: '13:15', until: '13:45' });
  const [check] = result.checks;
  if (check === undefined) throw new Error('no check');
  const named = { ...check, series: { pool: 'a|b @team' } };
  const text = renderGateMarkdown({ ...result, checks: [named] });
  expect(text).toContain('(a\\|b @\u2060team) |');
});

/** What a pass rests on: alerts are silent at little traffic, and silence is no pass. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPrometheus } from '../../src/adapters/prometheus/index.ts';
import { type Baseline, runGate } from '../../src/gate/index.ts';
import { gatedSignals, openWindowReader } from '../../src/gate/measure.ts';
import type { GateCheck, GateResult } from '../../src/model/gate.ts';
import { defineCatalog } from '../../src/model/service.ts';
import { renderGateText } from '../../src/report/gate/gate.ts';
import { buildSeries, defineScenario, openMetricsLines, type Scenario, through } from '../../src/scenario/index.ts';
import { type FilledPrometheus, startPrometheus } from '../support/filled-prometheus.ts';
import { httpWorld } from '../support/http-world.ts';
import { aService, project } from '../support/world.ts';

/** Slow until a new version at 19:00. */
const repaired = through(['18:59', 9], ['19:00', 0.05, 'step']);
const stories = {
  'slow-at-night': { traffic: 0.035, latencyP95: 9, errors: 0.3 },
  'failing-at-night': { traffic: 0.12, errors: 0.12 },
  'well-at-night': { traffic: 0.3 },
  'slow-load': { traffic: through(['18:59', 0], ['19:00', 0.5, 'step']), latencyP95: 9 },
  'quiet-load': { traffic: through(['18:59', 0], ['19:00', 0.15, 'step']) },
  'repaired-busy': { traffic: 5, latencyP95: repaired, errors: through(['18:59', 0.5], ['19:00', 0, 'step']) },
  'repaired-quiet': { traffic: 0.3, latencyP95: repaired },
} as const satisfies Scenario['services'];
type Id = keyof typeof stories;

const services = Object.keys(stories).map((id) => aService({ id }));
const catalog = defineCatalog(services);
const evening: Scenario = defineScenario({
  id: 'evening',
  title: 'Little traffic, and a repair',
  because: 'What nobody saw is no pass, and what was before is not the new version.',
  from: '17:00',
  until: '21:00',
  defaults: { instances: 1 },
  services: stories,
  expect: { must: [], may: [], never: [] },
});

let prometheus: FilledPrometheus;
beforeAll(async () => {
  const series = services.flatMap((service) => buildSeries(evening, service, { catalog, project }));
  prometheus = await startPrometheus(openMetricsLines(evening, series, project));
}, 60_000);
afterAll(() => prometheus.stop());

interface Window {
  readonly since: string;
  readonly from: string;
  readonly until: string;
  readonly baseline?: Baseline;
}

function timeOf(time: string): number {
  return Date.parse(`${evening.day}T${time}:00Z`) / 1000;
}

async function gate(id: Id, { since, from, until, baseline = { kind: 'none' } }: Window): Promise<GateResult> {
  const service = services.find((one) => one.id === id);
  if (service === undefined) throw new Error(`no service ${id}`);
  const window = { from: timeOf(from), until: timeOf(until) };
  const question = { service, catalog, project, since: timeOf(since), window, baseline };
  return (await runGate(question, openPrometheus({ url: prometheus.url, world: httpWorld() }))).result;
}

function checkOf({ checks }: GateResult, signal: GateCheck['signal']): GateCheck {
  const found = checks.find((check) => check.signal === signal);
  if (found === undefined) throw new Error(`no check of ${signal}`);
  return found;
}

describe('where the alerts are silent because there is little traffic', () => {
  test('a service that is slow and fails over the whole window is a breach, though no alert fires', async () => {
    const result = await gate('slow-at-night', { since: '17:30', from: '17:35', until: '20:35' });
    expect(result.verdict).toBe('breach');
    expect(checkOf(result, 'latency-p95')).toMatchObject({ outcome: 'breach', value: expect.closeTo(9.6, 0) });
    expect(checkOf(result, 'latency-p95').says).toMatch(
      /^above 2 s over the whole window \(37\d requests\), though its alert does not fire/,
    );
    expect(checkOf(result, 'latency-p95').firesAt).toBeUndefined();
    expect(checkOf(result, 'error-ratio')).toMatchObject({ outcome: 'breach', value: expect.closeTo(0.3, 2) });
  });

  test('a share of failures is held against the limit over the whole window too', async () => {
    const result = await gate('failing-at-night', { since: '17:30', from: '17:35', until: '18:05' });
    expect(checkOf(result, 'error-ratio')).toMatchObject({ outcome: 'breach', value: expect.closeTo(0.12, 2) });
  });

  test('a healthy one is inconclusive, shows no value that nobody measured, and says what helps', async () => {
    const result = await gate('quiet-load', { since: '19:00', from: '19:05', until: '19:28' });
    expect(result.verdict).toBe('inconclusive');
    const latency = checkOf(result, 'latency-p95');
    expect(latency).toMatchObject({ outcome: 'inconclusive', problems: [{ code: 'K022' }] });
    expect(latency.value).toBeUndefined();
    expect(latency.problems[0]?.message).toMatch(
      /^could be judged at 0 of 24 evaluations, and 12 are needed: at \d+ there was too little/,
    );
    expect(renderGateText(result)).toMatch(/Latency p95 +- /);
    // No request failed: that is no silence of the guard.
    expect(checkOf(result, 'error-ratio').outcome).toBe('pass');
  });

  test('a load that begins at --since is judged before the long guard fills', async () => {
    const result = await gate('slow-load', { since: '19:00', from: '19:00', until: '19:30' });
    expect(checkOf(result, 'latency-p95')).toMatchObject({ outcome: 'breach', value: expect.closeTo(9.6, 0) });
  });

  test('a window that is long enough for the long guard is a pass', async () => {
    const result = await gate('well-at-night', { since: '17:30', from: '17:35', until: '18:35' });
    expect(result).toMatchObject({ verdict: 'pass', notes: [] });
    expect(checkOf(result, 'latency-p95').value).toBeCloseTo(0.05, 2);
  });
});

test('an alert that reads anything but 0 has an open guard', async () => {
  const client = openPrometheus({ url: prometheus.url, world: httpWorld() });
  const reader = openWindowReader(client);
  const span = { from: timeOf('17:30'), until: timeOf('20:55') };
  const spoken = new Map<string, number>();
  for (const service of services) {
    for (const gated of gatedSignals(service, catalog)) {
      const lookBack = await reader.lookBack(gated, span, 60);
      const tracks = await reader.track(gated.signal, span, 60);
      const speaking = tracks.flatMap(({ series, points }) =>
        points.filter(({ value }) => value > 0).map(({ at }) => lookBack(series)(at)),
      );
      expect(speaking.filter((seconds) => seconds === undefined)).toEqual([]);
      spoken.set(gated.id, (spoken.get(gated.id) ?? 0) + speaking.length);
    }
  }
  expect(Math.min(...spoken.values())).toBeGreaterThan(50);
  expect([...spoken.keys()].sort()).toEqual(['error-ratio', 'latency-p95', 'pool-utilisation', 'query-p95']);
});

describe('what was before --since', () => {
  test('is not blamed on a version that repaired it, even without a warm-up', async () => {
    for (const from of ['19:00', '19:02', '19:05']) {
      const result = await gate('repaired-busy', { since: '19:00', from, until: '19:30' });
      expect(result.checks.map(({ outcome }) => outcome)).toEqual(['pass', 'pass', 'pass', 'pass']);
      expect(checkOf(result, 'latency-p95').value).toBeCloseTo(0.05, 2);
    }
  });

  test('is called ill where it is the baseline and was above a limit itself', async () => {
    const baseline = { kind: 'offset', offset: '1h' } as const;
    const result = await gate('repaired-busy', { since: '19:00', from: '19:05', until: '19:35', baseline });
    expect(result.verdict).toBe('pass');
    const said = result.checks.filter(({ kind }) => kind === 'relative').map(({ says }) => says);
    expect(said[0]).toMatch(/^not worse than before: 9\.\d+ s \(itself above 2 s\), which allows/);
    expect(said[2]).toContain('50 % (itself above 5 %)');
  });

  test('is what the evaluations of a quiet service still look at half an hour later: inconclusive', async () => {
    const result = await gate('repaired-quiet', { since: '19:00', from: '19:05', until: '19:35' });
    expect(checkOf(result, 'latency-p95')).toMatchObject({ outcome: 'inconclusive', problems: [{ code: 'K022' }] });
    expect(checkOf(result, 'latency-p95').problems[0]?.message).toContain('25 look back to before 19:00 UTC');
    expect(checkOf(result, 'latency-p95').problems[0]?.remedy).toContain('--duration 1h');
    const longer = await gate('repaired-quiet', { since: '19:00', from: '19:05', until: '20:05' });
    expect(longer.verdict).toBe('pass');
  });
});

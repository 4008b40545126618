import { describe, expect, test } from 'vitest';
import { defineCatalog } from '../../src/model/service.ts';
import { familiesOf, valueBetween } from '../../src/preview/families.ts';
import {
  beginningOf,
  createSimulator,
  healthyNow,
  previewScenario,
  scenarioNames,
  startRun,
} from '../../src/preview/index.ts';
import { incidentLinear } from '../../src/scenario/library/incident.ts';
import type { Series } from '../../src/scenario/recorder.ts';
import { project, shopServices } from '../support/world.ts';

const context = { catalog: defineCatalog(shopServices), project };
/** 2026-11-24 05:00 UTC. */
const NOW = Date.UTC(2026, 10, 24, 5) / 1000;

/** One value of a text in Prometheus' form. */
function valueIn(text: string, series: RegExp): number {
  const line = text.split('\n').find((each) => series.test(each));
  if (line === undefined) throw new Error(`no line ${series}`);
  return Number(line.slice(line.lastIndexOf(' ') + 1));
}

describe('the clock of a run', () => {
  test('puts a time of the scenario to now, with three hours before it', () => {
    const { scenario, midnight } = startRun(incidentLinear, '14:40', NOW);
    expect(NOW - midnight).toBe(14 * 3600 + 40 * 60);
    expect(scenario).toMatchObject({ id: 'incident-linear', from: '11:40', until: '26:40' });
  });

  test('lets a healthy day go by the real clock, so that its nights are quiet', () => {
    const { scenario, midnight } = startRun(healthyNow, beginningOf(healthyNow), NOW);
    expect(((NOW - midnight) % 86_400) / 3600).toBe(5);
    expect(scenario.from).toBe('26:00');
  });

  test('without a time begins with the first thing that happens', () => {
    expect(beginningOf(incidentLinear)).toBe('14:00');
  });

  test('knows short names, the whole library, and nothing else', () => {
    expect(previewScenario('incident')).toBe(incidentLinear);
    for (const name of scenarioNames()) expect(previewScenario(name)).toBeDefined();
    expect(previewScenario('nope')).toBeUndefined();
  });
});

describe('metrics between two samples', () => {
  const series = (name: string, ...samples: number[]): Series => ({
    name,
    labels: {},
    samples: Float64Array.from(samples),
  });

  test('count up evenly, whenever they are scraped', () => {
    expect(valueBetween(series('a_total', 10, 20), 'counter', 0.5)).toBe(15);
    expect(valueBetween(series('a_bucket', 10, 13), 'histogram', 0.5)).toBe(11);
  });

  test('do not count down where a process starts again', () => {
    expect(valueBetween(series('a_total', 90, 2), 'counter', 0.9)).toBe(90);
  });

  test('stay as they are if they go up and down', () => {
    expect(valueBetween(series('pool_size', 5, 9), 'gauge', 0.9)).toBe(5);
  });

  test('are not there where the scenario has none', () => {
    expect(valueBetween(series('a', Number.NaN, 1), 'gauge', 0)).toBeUndefined();
    expect(valueBetween(series('a', 1), 'gauge', 7)).toBeUndefined();
  });

  test('are sorted into what their names say', () => {
    const names = ['a_seconds_bucket', 'a_seconds_count', 'a_seconds_sum', 'b_total', 'db_client_connection_count'];
    expect(familiesOf(names.map((name) => series(name, 1))).map(({ name, type }) => `${name} ${type}`)).toEqual([
      'a_seconds histogram',
      'b_total counter',
      'db_client_connection_count gauge',
    ]);
  });
});

describe('the simulator', () => {
  test('goes on without a seam where its history ends', async () => {
    const simulator = createSimulator(startRun(incidentLinear, '14:40', NOW), context);
    const history = [...simulator.recent(NOW)].join('');
    const series = 'http_server_request_duration_seconds_count{';
    const last = history
      .split('\n')
      .filter((line) => line.startsWith(series))
      .at(-1);
    const [, identity = '', value, time] = /^(.*) (\S+) (\S+)$/.exec(last ?? '') ?? [];
    expect(Number(time)).toBeLessThanOrEqual(NOW);
    expect(NOW - Number(time)).toBeLessThan(15);
    const labels = /job="[^"]+"/.exec(identity)?.[0] ?? '';
    const instance = /instance="[^"]+"/.exec(identity)?.[0] ?? '';
    const route = /http_route="[^"]+"/.exec(identity)?.[0] ?? '';
    const now = await simulator.metrics(NOW);
    const same = now
      .split('\n')
      .filter((line) => [series, labels, instance, route].every((part) => line.includes(part)))
      .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
    expect(Math.min(...same.map((one) => Math.abs(one - Number(value))))).toBeLessThan(200);
    expect(history.endsWith('# EOF\n')).toBe(true);
  });

  test('tells the types and counts up from scrape to scrape', async () => {
    const simulator = createSimulator(startRun(incidentLinear, '14:40', NOW), context);
    const first = await simulator.metrics(NOW);
    const later = await simulator.metrics(NOW + 15);
    expect(first).toContain('# TYPE http_server_request_duration_seconds histogram');
    const requests = /^http_server_request_duration_seconds_count\{.*user-service/;
    expect(valueIn(later, requests)).toBeGreaterThan(valueIn(first, requests));
  });

  test('has the incident at its real time', () => {
    const times = [...createSimulator(startRun(healthyNow, undefined, NOW), context).incident()]
      .join('')
      .split('\n')
      .flatMap((line) => (line.startsWith('#') || line === '' ? [] : [Number(line.slice(line.lastIndexOf(' ') + 1))]));
    const at = (time: number) => new Date(time * 1000).toISOString().slice(0, 16);
    expect(at(times.reduce((least, time) => Math.min(least, time)))).toBe('2025-12-15T09:30');
    expect(at(times.reduce((most, time) => Math.max(most, time)))).toBe('2025-12-15T17:00');
  });

  test('becomes a healthy day when the scenario is over', async () => {
    const simulator = createSimulator(startRun(incidentLinear, '15:30', NOW), context);
    const slow = await simulator.metrics(NOW);
    const well = await simulator.metrics(NOW + 13 * 3600);
    const busy =
      /^db_client_connection_count\{.*state="used".*user-service|^db_client_connection_count\{.*user-service.*state="used"/;
    expect(valueIn(slow, busy)).toBeGreaterThan(15);
    expect(valueIn(well, busy)).toBeLessThan(8);
  });
});

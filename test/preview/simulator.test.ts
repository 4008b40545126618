import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ordinaryDay } from '../../src/defaults/scenarios/ordinary-day.ts';
import { defineCatalog } from '../../src/model/service.ts';
import { familiesOf, valueBetween } from '../../src/preview/families.ts';
import {
  beginningOf,
  incidentPast,
  createSimulator as openSimulator,
  parseSimulated,
  previewScenario,
  prometheusFile,
  type Run,
  renderSimulated,
  scenarioNames,
  startDay,
  startRun,
} from '../../src/preview/index.ts';
import type { Series } from '../../src/scenario/recorder.ts';
import { incidentExponential, incidentLinear } from '../companies/bank/scenarios/incident.ts';
import { scenarioOf, scenarios } from '../support/replays.ts';
import { bankServices, project } from '../support/world.ts';

const context = { catalog: defineCatalog(bankServices), project };
const healthyNow = ordinaryDay(context);
const incident = {
  title: 'Outage',
  from: '13:30',
  until: '16:01',
  scenarios: { linear: incidentLinear, exponential: incidentExponential },
} as const;
/** As the container has it: through its file. */
function createSimulator(run: Run, { past, ...facts }: typeof context & { readonly past?: Run | undefined } = context) {
  return openSimulator(parseSimulated(renderSimulated({ run, healthy: healthyNow, past, ...facts })));
}
/** 2026-11-24 05:00 UTC. */
const NOW = Date.UTC(2026, 10, 24, 5) / 1000;

/** Series and value of every line, with or without a time; labels in the order of their names. */
function linesOf(text: string): [series: string, value: string][] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value = ''] = /^(\w+)\{(.*)\} (\S+)(?: \S+)?$/.exec(line) ?? [];
    const sorted = [...labels.matchAll(/\w+="(?:[^"\\]|\\.)*"/g)].map(([pair]) => pair).sort();
    return name === undefined ? [] : [[`${name}{${sorted.join(',')}}`, value]];
  });
}

const rules = z
  .array(
    z.strictObject({
      source_labels: z.tuple([z.string()]),
      regex: z.string(),
      target_label: z.string(),
      replacement: z.literal(''),
    }),
  )
  .default([]);
const [scrape] = (
  parse(prometheusFile(project)) as {
    scrape_configs: { job_name: string; static_configs: [{ targets: [string] }]; metric_relabel_configs: unknown }[];
  }
).scrape_configs;

/** The labels that the preview's Prometheus keeps of a series: those of the target where it has none, relabelled. */
function asScraped(series: string): string {
  const [, name = '', text = ''] = /^(\w+)\{(.*)\}$/.exec(series) ?? [];
  const own = [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', value = '']) => [label, value]);
  const labels = new Map([
    ['job', scrape?.job_name ?? ''],
    ['instance', scrape?.static_configs[0].targets[0] ?? ''],
    ...(own as [string, string][]),
  ]);
  for (const { source_labels, regex, target_label } of rules.parse(scrape?.metric_relabel_configs)) {
    if (new RegExp(`^(?:${regex})$`).test(labels.get(source_labels[0]) ?? '')) labels.delete(target_label);
  }
  const pairs = [...labels].map(([label, value]) => `${label}="${value}"`).sort();
  return `${name}{${pairs.join(',')}}`;
}

/** One value of a text in Prometheus' form. */
function valueIn(text: string, series: RegExp): number {
  const line = text.split('\n').find((each) => series.test(each));
  if (line === undefined) throw new Error(`no line ${series}`);
  return Number(line.slice(line.lastIndexOf(' ') + 1));
}

describe('the clock of a run', () => {
  test('puts a time of the scenario to now, with eight hours before it', () => {
    const { scenario, midnight } = startRun(incidentLinear, '14:40', NOW);
    expect(NOW - midnight).toBe(14 * 3600 + 40 * 60);
    expect(scenario).toMatchObject({ id: 'incident-linear', from: '06:40', until: '26:40' });
  });

  test('lets a healthy day go by the real clock, so that its nights are quiet', () => {
    const { scenario, midnight } = startDay(healthyNow, undefined, NOW);
    expect(((NOW - midnight) % 86_400) / 3600).toBe(5);
    expect(scenario.from).toBe('21:00');
    const early = startDay(healthyNow, '03:00', NOW);
    expect(early.scenario.from).toBe('19:00');
    expect(((NOW - early.midnight) % 86_400) / 3600).toBe(3);
  });

  test('without a time begins with the first thing that happens', () => {
    expect(beginningOf(incidentLinear)).toBe('14:00');
  });

  test('where nothing happens, begins as soon as there is room for the hours before', () => {
    const noise = scenarioOf('noise-40');
    expect(noise.from).toBe('00:00');
    const { scenario, midnight } = startRun(noise, beginningOf(noise), NOW);
    expect(scenario.from).toBe('00:00');
    expect(NOW - midnight).toBe(8 * 3600);
  });

  test('knows short names, all scenarios of the project, and nothing else', () => {
    const known = { healthy: healthyNow, incident, others: scenarios };
    expect(previewScenario('incident', known)).toBe(incidentLinear);
    for (const name of scenarioNames(known)) expect(previewScenario(name, known)).toBeDefined();
    expect(previewScenario('nope', known)).toBeUndefined();
  });

  test('knows no incident where the project has none', () => {
    const known = { healthy: healthyNow, others: scenarios };
    expect(scenarioNames(known)).not.toContain('incident');
    expect(previewScenario('incident', known)).toBeUndefined();
    expect(incidentPast(undefined)).toBeUndefined();
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
  test('has a history until the first scrape, however seldom Prometheus scrapes', () => {
    const slow = { ...context, project: { ...project, scrapeInterval: '1m' as const } };
    const history = [...createSimulator(startRun(incidentLinear, '14:40', NOW), slow).recent(NOW)].join('');
    const times = [...history.matchAll(/ (\d+)$/gm)].map(([, time]) => Number(time));
    expect(times.reduce((latest, time) => Math.max(latest, time), 0) - NOW).toBeGreaterThan(30);
  });

  test('goes on without a seam where its history ends: every series under the same labels, with the same value', async () => {
    const simulator = createSimulator(startRun(incidentLinear, '14:40', NOW), context);
    const history = [...simulator.recent(NOW)].join('');
    expect(history.endsWith('# EOF\n')).toBe(true);
    const lines = history.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const timeOf = (line: string) => Number(line.slice(line.lastIndexOf(' ') + 1));
    const end = lines.reduce((latest, line) => Math.max(latest, timeOf(line)), 0);
    // The first scrape comes half a minute later, or more.
    expect(end - NOW).toBeGreaterThanOrEqual(30);
    expect(end - NOW).toBeLessThanOrEqual(45);
    const last = linesOf(lines.filter((line) => timeOf(line) === end).join('\n'));
    const scraped = linesOf(await simulator.metrics(end)).map(([series, value]) => [asScraped(series), value] as const);
    expect(scraped.length).toBeGreaterThan(100);
    expect(new Map(scraped)).toEqual(new Map(last));
    for (const name of ['container_cpu_usage_seconds_total', 'kube_pod_container_resource_limits', 'target_info'])
      expect(scraped.some(([series]) => series.startsWith(`${name}{`))).toBe(true);
  });

  test('shows the deployment and the rollback of the incident by the running version', async () => {
    const simulator = createSimulator(startRun(incidentLinear, '14:00', NOW), context);
    const versionAt = async (minutes: number) =>
      linesOf(await simulator.metrics(NOW + minutes * 60)).flatMap(([series]) => {
        const version = /^target_info\{.*service_version="([^"]+)"/.exec(series)?.[1];
        return version !== undefined && series.includes('job="bank/user-account"') ? [version] : [];
      });
    expect(await versionAt(-1)).toEqual(['v1.2.2', 'v1.2.2']);
    expect(await versionAt(0)).toEqual(['v1.2.3', 'v1.2.3']);
    expect(await versionAt(119)).toEqual(['v1.2.3', 'v1.2.3']);
    expect(await versionAt(120)).toEqual(['v1.2.2', 'v1.2.2']);
  });

  test('changes no version where nothing is released', () => {
    expect(healthyNow.release).toBeUndefined();
    const history = [...createSimulator(startDay(healthyNow, undefined, NOW), context).recent(NOW)].join('');
    const versions = [...history.matchAll(/^target_info\{.*service_version="([^"]+)"/gm)].map(([, version]) => version);
    expect(new Set(versions)).toEqual(new Set(['v1.2.2']));
  });

  test('tells the types and counts up from scrape to scrape', async () => {
    const simulator = createSimulator(startRun(incidentLinear, '14:40', NOW), context);
    const first = await simulator.metrics(NOW);
    const later = await simulator.metrics(NOW + 15);
    expect(first).toContain('# TYPE http_server_request_duration_seconds histogram');
    const requests = /^http_server_request_duration_seconds_count\{.*user-account/;
    expect(valueIn(later, requests)).toBeGreaterThan(valueIn(first, requests));
  });

  test('has the incident at its real time', () => {
    const past = incidentPast(incident);
    const times = [...createSimulator(startDay(healthyNow, undefined, NOW), { ...context, past }).past()]
      .join('')
      .split('\n')
      .flatMap((line) => (line.startsWith('#') || line === '' ? [] : [Number(line.slice(line.lastIndexOf(' ') + 1))]));
    const at = (time: number) => new Date(time * 1000).toISOString().slice(0, 16);
    expect(at(times.reduce((least, time) => Math.min(least, time)))).toBe('2026-03-16T10:30');
    expect(at(times.reduce((most, time) => Math.max(most, time)))).toBe('2026-03-16T17:01');
  });

  test('has no past where the project has no incident', () => {
    expect([...createSimulator(startDay(healthyNow, undefined, NOW)).past()]).toEqual(['# EOF\n']);
  });

  test('becomes a healthy day when the scenario is over', async () => {
    const simulator = createSimulator(startRun(incidentLinear, '15:30', NOW), context);
    const slow = await simulator.metrics(NOW);
    const well = await simulator.metrics(NOW + 13 * 3600);
    const busy =
      /^db_client_connection_count\{.*state="used".*user-account|^db_client_connection_count\{.*user-account.*state="used"/;
    expect(valueIn(slow, busy)).toBeGreaterThan(15);
    expect(valueIn(well, busy)).toBeLessThan(8);
  });
});

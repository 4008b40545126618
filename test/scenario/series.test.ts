import { describe, expect, it } from 'vitest';
import { micrometer, otel, promClient } from '../../src/metrics/index.ts';
import type { MetricProfile } from '../../src/model/metrics.ts';
import { defineCatalog } from '../../src/model/service.ts';
import {
  buildSeries,
  defineScenario,
  openMetricsLines,
  type Scenario,
  type Series,
  STALE,
  through,
} from '../../src/scenario/index.ts';
import type { ServiceBehaviour } from '../../src/scenario/scenario.ts';
import { scenarios } from '../support/replays.ts';
import { aService, project } from '../support/world.ts';

const base = { id: 'test', title: 'Test', because: 'a test needs it', from: '14:00', until: '14:10' } as const;
const silent = { must: [], may: [], never: [] };

function behaviour(payments: Partial<ServiceBehaviour>, more: Partial<Scenario> = {}): Scenario {
  return defineScenario({ ...base, services: { payments }, expect: silent, ...more });
}

function seriesOf(scenario: Scenario, metrics: MetricProfile = otel({ job: 'bank/payments' })): readonly Series[] {
  const service = aService({ metrics, dependencies: [{ external: 'bank.example.com' }] });
  return buildSeries(scenario, service, { catalog: defineCatalog([service]), project });
}

function find(all: readonly Series[], name: string, labels: Readonly<Record<string, string>> = {}): readonly Series[] {
  return all.filter(
    (one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
  );
}

function only(all: readonly Series[], name: string, labels: Readonly<Record<string, string>> = {}): Float64Array {
  const [first] = find(all, name, { instance: 'payments-0', ...labels });
  if (first === undefined) throw new Error(`no series ${name} ${JSON.stringify(labels)}`);
  return first.samples;
}

const COUNT = 'http_server_request_duration_seconds_count';
const WELL = { http_response_status_code: '200' };

describe('series of a scenario', () => {
  it('count the requests of each instance: 40 a second, two instances, 15 s', () => {
    const samples = only(seriesOf(behaviour({ errors: 0 })), COUNT, WELL);
    expect([...samples.slice(0, 4)]).toEqual([0, 300, 600, 900]);
  });

  it('put durations into the buckets of the project, cumulative and up to all of them', () => {
    const all = seriesOf(behaviour({ errors: 0, latencyP95: 2 }));
    const bucket = (le: string) =>
      only(all, 'http_server_request_duration_seconds_bucket', { ...WELL, le }).at(-1) ?? 0;
    expect(bucket('2') / bucket('+Inf')).toBeCloseTo(0.95, 2);
    expect(bucket('1')).toBeLessThan(bucket('2'));
    expect(bucket('+Inf')).toBe(only(all, COUNT, WELL).at(-1));
  });

  it('say how long requests wait for a connection, where panels read it: 20 a second behind 40 wait 2 s', () => {
    const service = aService({ metrics: otel({ job: 'bank/payments' }) });
    const scenario = behaviour({ pools: { primary: { used: 1, waiting: 40 } } });
    const context = { catalog: defineCatalog([service]), project, detail: 'all' } as const;
    const all = buildSeries(scenario, service, context);
    const last = (name: string) => only(all, `db_client_connection_wait_time_seconds_${name}`).at(-1) ?? 0;
    expect(last('sum') / last('count')).toBeCloseTo(2, 2);
    expect(find(seriesOf(scenario), 'db_client_connection_wait_time_seconds_count')).toEqual([]);
  });

  it('have what only panels read where it is asked for: routes, throttling, the event loop, restarts', () => {
    const service = aService({ metrics: otel({ job: 'bank/payments' }) });
    const scenario = behaviour({ cpu: 0.85, restarts: [{ kind: 'in place', at: '14:05' }] });
    const all = buildSeries(scenario, service, { catalog: defineCatalog([service]), project, detail: 'all' });
    expect(only(all, COUNT, { ...WELL, http_route: '/payments' }).length).toBeGreaterThan(0);
    const counted = (name: string) => find(all, name, { pod: 'payments-0' })[0]?.samples ?? [];
    expect(counted('container_cpu_cfs_throttled_periods_total')[4]).toBe(0.5 * 10 * 15 * 4);
    expect(only(all, 'nodejs_eventloop_delay_p99_seconds')[4]).toBeCloseTo(0.073, 3);
    expect([0, -1].map((at) => counted('kube_pod_container_status_restarts_total').at(at))).toEqual([0, 1]);
    expect(find(seriesOf(scenario), 'container_cpu_cfs_periods_total')).toEqual([]);
  });

  it('begin again at 0 when an instance restarts in place', () => {
    const samples = only(
      seriesOf(behaviour({ errors: 0, restarts: [{ kind: 'in place', at: '14:05' }] })),
      COUNT,
      WELL,
    );
    expect([...samples.slice(19, 22)]).toEqual([5700, 0, 300]);
  });

  it('end, and begin anew under another instance, in a rollout', () => {
    const all = seriesOf(behaviour({ errors: 0, restarts: [{ kind: 'rollout', at: '14:05', apart: '1m' }] }));
    const old = only(all, COUNT, WELL);
    const fresh = only(all, COUNT, { ...WELL, instance: 'payments-0-r1' });
    expect([...old.slice(19, 22)]).toEqual([5700, STALE, Number.NaN]);
    expect([...fresh.slice(19, 22)]).toEqual([Number.NaN, 0, 300]);
    expect(only(all, COUNT, { ...WELL, instance: 'payments-1' })[24]).toBe(STALE);
  });

  it('are gone while a family is lost, and counted on meanwhile', () => {
    const all = seriesOf(behaviour({ errors: 0, lost: [{ families: ['server'], from: '14:02', until: '14:04' }] }));
    const samples = only(all, COUNT, WELL);
    expect([...samples.slice(7, 10)]).toEqual([2100, STALE, Number.NaN]);
    expect(samples[16]).toBe(4800);
    expect(only(all, 'db_client_operation_duration_seconds_count')[9]).toBe(2700);
  });

  it("use a pool as given, or by Little's law, and queue what does not fit", () => {
    const given = seriesOf(behaviour({ pools: { primary: { used: through(['14:00', 0.2], ['14:10', 0.8]) } } }));
    expect(only(given, 'db_client_connection_count').at(-1)).toBe(16);
    // 20 requests a second of 2.2 s on average need 45 connections; there are 20.
    const law = seriesOf(behaviour({ latencyP95: 3, queryP95: 3 }));
    expect(only(law, 'db_client_connection_count').at(-1)).toBe(20);
    expect(only(law, 'db_client_connection_pending_requests').at(-1)).toBe(25);
  });

  it('give an odd instance its own story', () => {
    const all = seriesOf(behaviour({ instanceOverrides: { 1: { errors: 0.5 } }, errors: 0 }));
    const failed = { http_response_status_code: '503' };
    expect(only(all, COUNT, failed).at(-1)).toBe(0);
    expect(only(all, COUNT, { ...failed, instance: 'payments-1' }).at(-1)).toBe(6000);
  });

  it('have no status where calls time out', () => {
    const all = seriesOf(behaviour({ calls: { 'bank.example.com': { timeouts: 0.25, errors: 0 } } }));
    const without = find(all, 'http_client_request_duration_seconds_count').filter(
      ({ labels }) => labels['http_response_status_code'] === undefined && labels['instance'] === 'payments-0',
    );
    expect(without).toHaveLength(1);
    expect(without[0]?.samples.at(-1)).toBe(3000);
  });

  it('are the same every time, also where chance decides, and other ones under another id', () => {
    const random = { arrivals: 'poisson' } as const;
    const flat = (scenario: Scenario) => seriesOf(scenario).map(({ labels, samples }) => [labels, [...samples]]);
    expect(flat(behaviour({}, random))).toEqual(flat(behaviour({}, random)));
    expect(flat(behaviour({}, random))).not.toEqual(flat(behaviour({}, { ...random, id: 'another' })));
  });

  it('are whole requests where chance decides, close to the rate', () => {
    const samples = only(seriesOf(behaviour({ errors: 0 }, { arrivals: 'poisson' })), COUNT, WELL);
    expect(samples.every(Number.isInteger)).toBe(true);
    expect(Math.abs((samples.at(-1) ?? 0) / 12_000 - 1)).toBeLessThan(0.05);
  });

  it.each([
    [
      'micrometer',
      micrometer({ job: 'payments' }),
      'http_server_requests_seconds_count',
      { status: '200', uri: '/api' },
    ],
    [
      'prom-client',
      promClient({ job: 'payments', cpuLimitCores: 1, memoryLimitBytes: 2 ** 29 }),
      'http_request_duration_seconds_count',
      { status_code: '503' },
    ],
  ] as const)('carry the names and labels of %s', (_name, metrics, count, labels) => {
    const all = seriesOf(behaviour({}), metrics);
    expect(find(all, count, { job: 'payments', ...labels })).toHaveLength(2);
    expect(find(all, metrics.databasePool.used.name, { pool: 'primary' })).toHaveLength(2);
    expect(find(all, metrics.cpu.usage.name)).toHaveLength(2);
    expect(find(all, metrics.memory.usage.name)).toHaveLength(2);
  });

  it('can be written as OpenMetrics, with the times of the day', () => {
    const scenario = behaviour({ errors: 0 });
    const text = [...openMetricsLines(scenario, seriesOf(scenario), project)].join('');
    const midnight = Date.parse('2026-01-14T14:00:15Z') / 1000;
    expect(text).toContain(`# TYPE ${COUNT} unknown\n`);
    expect(text).toMatch(new RegExp(`^${COUNT}\\{.*instance="payments-0".*\\} 300 ${midnight}$`, 'm'));
  });
});

describe('the library', () => {
  it('has what the incident and its neighbours need, under unique ids', () => {
    const ids = scenarios.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => /^noise-/.test(id))).toEqual([
      'noise-0.05',
      'noise-0.5',
      'noise-4',
      'noise-40',
      'noise-400',
    ]);
    expect(ids).toEqual(
      expect.arrayContaining(['incident-linear', 'incident-exponential', 'spike-served-well', 'rollback']),
    );
  });
});

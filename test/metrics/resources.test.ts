import { describe, expect, test } from 'vitest';
import { buildDashboard, serviceDashboard } from '../../src/build/index.ts';
import { findSignal, micrometer, signals } from '../../src/metrics/index.ts';
import { defineCatalog, type ServiceFacts } from '../../src/model/service.ts';
import { type GivenSeries, promqlProblems } from '../support/promql.ts';
import { aService, panelsOf, project, sourceOf } from '../support/world.ts';

function alertExpression(
  id: 'cpu-utilisation' | 'memory-utilisation' | 'pool-utilisation',
  facts: Partial<ServiceFacts> = {},
) {
  const service = aService(facts);
  return findSignal(signals(service, defineCatalog([service])), id)?.alertExpression ?? '';
}

/** The expressions of a panel, over five minutes instead of Grafana's window. */
function panelExpressions(title: string): string[] {
  const service = aService();
  const context = { project, catalog: defineCatalog([service]), alertNames: {} };
  const panels = panelsOf(buildDashboard(serviceDashboard(service, context, sourceOf().dashboards), project));
  const found = panels.find((panel) => panel.title === title)?.targets ?? [];
  return found.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m'));
}

const POD = 'namespace="bank",pod="payments-1",container="payments"';
const SIDECAR = 'namespace="bank",pod="payments-1",container="proxy"';
const memory = (labels: string, bytes: number): GivenSeries => [
  `container_memory_working_set_bytes{${labels}}`,
  `${bytes}x200`,
];
const limit = (resource: string, labels: string, value: number): GivenSeries => [
  `kube_pod_container_resource_limits{resource="${resource}",${labels}}`,
  `${value}x200`,
];
/** Cores in use. */
const cpu = (labels: string, cores: number): GivenSeries => [
  `container_cpu_usage_seconds_total{${labels}}`,
  `0+${cores * 15}x200`,
];
const twice = (name: string, labels: string) => [`${labels},${name}="a"`, `${labels},${name}="b"`];

describe('memory of containers', () => {
  test('is 95 % of its limit with one exporter, with two of the limit, and with two of the usage', async () => {
    const expr = alertExpression('memory-utilisation');
    const gives = [['{}', 0.95]] as const;
    expect(
      await promqlProblems([
        { expr, gives, series: [memory(POD, 950), limit('memory', POD, 1000)] },
        { expr, gives, series: [memory(POD, 950), ...twice('instance', POD).map((one) => limit('memory', one, 1000))] },
        { expr, gives, series: [...twice('endpoint', POD).map((one) => memory(one, 950)), limit('memory', POD, 1000)] },
      ]),
    ).toBe('');
  });

  test('of a sidecar is held against the sidecar’s own limit, and the worst pod counts', async () => {
    const expr = alertExpression('memory-utilisation');
    const other = POD.replace('payments-1', 'payments-2');
    expect(
      await promqlProblems([
        {
          expr,
          gives: [['{}', 0.9]],
          series: [
            ...[memory(POD, 500), limit('memory', POD, 1000), memory(other, 900), limit('memory', other, 1000)],
            ...[memory(SIDECAR, 990), limit('memory', SIDECAR, 100)],
          ],
        },
      ]),
    ).toBe('');
  });

  test('a limit of 0 counts as none: nothing is infinitely full', async () => {
    const expr = alertExpression('memory-utilisation');
    expect(await promqlProblems([{ expr, gives: [], series: [memory(POD, 950), limit('memory', POD, 0)] }])).toBe('');
  });

  test('of the JVM leaves out memory pools without a maximum, and areas without any are no infinity', async () => {
    const expr = alertExpression('memory-utilisation', { metrics: micrometer({ job: 'payments' }) });
    const heap = (name: string, id: string, value: number): GivenSeries => [
      `jvm_memory_${name}_bytes{job="payments",instance="a",area="heap",id="${id}"}`,
      `${value}x200`,
    ];
    expect(
      await promqlProblems([
        {
          expr,
          gives: [['{}', 0.5]],
          series: [heap('used', 'old', 500), heap('max', 'old', 1000), heap('max', 'eden', -1)],
        },
        { expr, gives: [], series: [heap('used', 'old', 500), heap('max', 'old', 0)] },
      ]),
    ).toBe('');
  });
});

describe('CPU of containers', () => {
  test('is the same with two exporters of either side', async () => {
    const expr = alertExpression('cpu-utilisation');
    const gives = [['{}', 0.9]] as const;
    expect(
      await promqlProblems([
        { expr, gives, series: [cpu(POD, 0.45), limit('cpu', POD, 0.5)] },
        { expr, gives, series: [cpu(POD, 0.45), ...twice('instance', POD).map((one) => limit('cpu', one, 0.5))] },
        { expr, gives, series: [...twice('endpoint', POD).map((one) => cpu(one, 0.45)), limit('cpu', POD, 0.5)] },
        { expr, gives: [], series: [cpu(POD, 0.45), limit('cpu', POD, 0)] },
      ]),
    ).toBe('');
  });
});

describe('panels of containers', () => {
  test('show restarts and throttling once, however often they are scraped', async () => {
    const [restarts = ''] = panelExpressions('Restarts');
    const [throttling = ''] = panelExpressions('CPU throttling');
    const throttled = (name: string, step: number) =>
      twice('endpoint', POD).map((labels): GivenSeries => [`container_cpu_cfs_${name}{${labels}}`, `0+${step}x200`]);
    expect(
      await promqlProblems([
        {
          expr: restarts,
          at: '30m',
          gives: [['{pod="payments-1"}', 1]],
          series: twice('instance', POD).map(
            (labels): GivenSeries => [`kube_pod_container_status_restarts_total{${labels}}`, '3x110 4x90'],
          ),
        },
        {
          expr: throttling,
          gives: [['{pod="payments-1"}', 0.25]],
          series: [...throttled('throttled_periods_total', 1), ...throttled('periods_total', 4)],
        },
      ]),
    ).toBe('');
  });

  test('show CPU and memory by pod as their alerts see them', async () => {
    const [memoryOf = ''] = panelExpressions('Memory of the limit');
    expect(
      await promqlProblems([
        {
          expr: memoryOf,
          gives: [['{pod="payments-1"}', 0.95]],
          series: [memory(POD, 950), ...twice('instance', POD).map((one) => limit('memory', one, 1000))],
        },
      ]),
    ).toBe('');
  });
});

describe('pools', () => {
  const LABELS = 'job="bank/payments",instance="a",db_client_connection_pool_name="primary"';
  const used: GivenSeries = [`db_client_connection_count{${LABELS},db_client_connection_state="used"}`, '15x200'];

  test.each(['0', '-1', 'NaN', 'Inf'])(
    'a maximum of %s counts as missing: the declared one takes its place',
    async (max) => {
      const expr = alertExpression('pool-utilisation');
      const reported: GivenSeries = [`db_client_connection_max{${LABELS}}`, Array(130).fill(max).join(' ')];
      const gives = [['{job="bank/payments",db_client_connection_pool_name="primary",pool="primary"}', 0.75]] as const;
      expect(await promqlProblems([{ expr, gives, series: [used, reported] }])).toBe('');
    },
  );
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPrometheus } from '../../src/adapters/prometheus/index.ts';
import { pooledServices } from '../../src/app/services.ts';
import { termsOf } from '../../src/metrics/timing.ts';
import { defineCatalog } from '../../src/model/service.ts';
import { sizePools } from '../../src/pools/index.ts';
import { buildSeries, defineScenario, openMetricsLines, type Scenario, through } from '../../src/scenario/index.ts';
import { incidentLinear } from '../companies/bank/scenarios/incident.ts';
import { type FilledPrometheus, startPrometheus } from '../support/filled-prometheus.ts';
import { httpWorld } from '../support/http-world.ts';
import { run } from '../support/run.ts';
import { aService, bankServices, project } from '../support/world.ts';

const incident: Scenario = { ...incidentLinear, from: '13:00', until: '15:45' };
/** Busy for ten minutes: a window of five lies in them, wherever it begins. */
const spiky = aService({ id: 'spiky' });
const spike = defineScenario({
  id: 'spike',
  title: 'A short peak',
  because: 'A pool has to hold it, however long the range is.',
  day: incident.day,
  from: '13:00',
  until: '15:45',
  services: { spiky: { traffic: through(['14:05', 4], ['14:05:30', 800], ['14:16', 800], ['14:16:30', 4]) } },
  expect: { must: [], may: [], never: [] },
});
const catalog = defineCatalog([...bankServices, spiky]);

let prometheus: FilledPrometheus;
beforeAll(async () => {
  const users = bankServices.filter(({ id }) => id !== 'offer-service');
  const series = users.flatMap((service) => buildSeries(incident, service, { catalog, project, detail: 'all' }));
  const short = buildSeries(spike, spiky, { catalog, project, detail: 'all' });
  prometheus = await startPrometheus([
    ...openMetricsLines(incident, series, project),
    ...openMetricsLines(spike, short, project),
  ]);
}, 60_000);
afterAll(() => prometheus.stop());

async function pools(from: string, until: string, ids: readonly string[] = ['app-gateway', 'user-account']) {
  const second = (time: string) => Date.parse(`2026-03-16T${time}:00Z`) / 1000;
  const services = bankServices.filter(({ id }) => ids.includes(id));
  const span = { from: second(from), until: second(until) };
  return (await sizePools(termsOf({}), services, span, openPrometheus({ url: prometheus.url, world: httpWorld() })))
    .pools;
}

test('before the incident the pool of User Account is far too large for its work', async () => {
  const found = await pools('13:15', '14:15', ['user-account']);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({
    pool: 'primary',
    maximum: 20,
    instances: 2,
    verdict: 'fits',
    demand: { size: 1, waiting: 0 },
  });
  // 20 requests a second for each instance, 33 ms each on average.
  expect(found[0]?.demand?.peak).toBeCloseTo(0.66, 1);
});

test('over the incident it is slow, not small, and so is what the gateway sees of it', async () => {
  const found = await pools('13:02', '15:42', ['app-gateway', 'user-account', 'offer-service']);
  const verdicts = Object.fromEntries(found.map(({ service, pool, verdict }) => [`${service.id} ${pool}`, verdict]));
  expect(verdicts).toMatchObject({
    'app-gateway user-account': 'slow',
    'user-account primary': 'slow',
    'offer-service primary': 'unknown',
  });
  const users = found.find(({ service }) => service.id === 'user-account');
  expect(users?.demand?.peak).toBeGreaterThan(35);
  expect(users?.demand?.size).toBeGreaterThan(50);
  expect(users?.demand?.waiting).toBe(40);
  // In the middle of it, slow is usual, and still no reason for a larger pool.
  expect((await pools('15:10', '15:40', ['user-account']))[0]?.verdict).toBe('slow');
});

test('a short peak is found however long the range is, up to its very end', async () => {
  const client = openPrometheus({ url: prometheus.url, world: httpWorld() });
  const peaks: unknown[] = [];
  for (const time of ['14:15', '14:40']) {
    const until = Date.parse(`${incident.day}T${time}:00Z`) / 1000;
    for (const days of [0.05, 7, 30, 90]) {
      const { pools: found } = await sizePools(termsOf({}), [spiky], { from: until - days * 86_400, until }, client);
      // 400 requests a second for each of two instances, 33 ms each.
      expect(found[0]?.demand?.peak).toBeCloseTo(13.2, 0);
      expect(found[0]?.demand?.peakAt).toBeLessThanOrEqual(until);
      peaks.push(found[0]?.verdict);
    }
  }
  expect(new Set(peaks)).toEqual(new Set(['fits']));
});

test('a service without pools is refused: there is nothing to size', () => {
  const bare = aService({ id: 'bare', pools: [] });
  expect(pooledServices([spiky, bare], undefined)).toEqual([spiky]);
  const failure = caught(() => pooledServices([spiky, bare], 'bare'));
  expect(failure).toMatchObject({ problems: [{ code: 'K017', subject: '--service bare' }] });
  expect(failure).toMatchObject({ problems: [{ remedy: expect.stringContaining('another service: spiky') }] });
  expect(caught(() => pooledServices([bare], undefined))).toMatchObject({ problems: [{ code: 'K017' }] });
});

function caught(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

test('npm run pools says what to do, and calls a store without these services neither good nor bad', async () => {
  const environment = { PROMETHEUS_URL: prometheus.url };
  const then = ['--range', '1h', '--until', '2026-03-16T15:40:00Z', '--service', 'user-account'];
  const { code, stdout } = await run('pools', [...then, '--format', 'md'], environment);
  expect(code).toBe(0);
  expect(stdout).toContain('- **User Account, primary** (slow): Do not enlarge it.');
  expect(stdout).toContain('| service | pool | size |');
  const nothing = await run(
    'pools',
    ['--range', '1h', '--until', '2026-03-21T12:00:00Z', '--format', 'json'],
    environment,
  );
  expect(nothing.code).toBe(3);
  expect(JSON.parse(nothing.stdout)).toMatchObject({
    format: 'grafana-as-code/pools',
    pools: [{ verdict: 'unknown', demand: null }, {}, {}, {}],
  });
});

/**
 * The standard scenarios of catalogs that are not the bank: whatever services, limits and intervals a project has, its
 * rules hold what is expected of them. A few scenarios of each: all of them take a minute on two free cores, and some
 * seconds where the answers of promtool are kept.
 */
import { describe, expect, it } from 'vitest';
import { standardScenarios } from '../../src/defaults/scenarios/index.ts';
import { ordinaryDay } from '../../src/defaults/scenarios/ordinary-day.ts';
import { micrometer, otel, promClient } from '../../src/metrics/index.ts';
import type { Duration } from '../../src/model/duration.ts';
import { count, milliseconds, percent, seconds, times } from '../../src/model/quantity.ts';
import { defineCatalog, defineService, type Service, type ServiceFacts } from '../../src/model/service.ts';
import { replayScenarios } from '../../src/replay/index.ts';
import { checkScenarios, type Scenario, scenarioWorld } from '../../src/scenario/index.ts';
import { template } from '../../src/scenario/template.ts';
import { replayContext } from '../support/replays.ts';
import { desiredOf, project, rulesOf } from '../support/world.ts';

type Thresholds = NonNullable<ServiceFacts['thresholds']>;

function service(id: string, facts: Partial<ServiceFacts> = {}): Service {
  const title = `${id[0]?.toUpperCase()}${id.slice(1)}`;
  return defineService({ id, title, team: 'core', tier: 'internal', metrics: otel({ job: `acme/${id}` }), ...facts });
}

const database = (name: string) => ({ databases: [{ name, system: 'postgresql' }] });
const pool = (name: string, maxConnections: number) => ({ kind: 'database', name, maxConnections }) as const;
const outbound = (maxConnections: number) => ({ kind: 'http', name: 'outbound', maxConnections }) as const;

const one = [service('payments', { ...database('ledger'), pools: [pool('primary', 20)] })];
/** No pool, no database, no dependency. */
const bare = [service('payments')];
/** Each calls the next; every third one has a database and two pools. */
const chain = (length: number) =>
  Array.from({ length }, (_, index) =>
    service(`step${index}`, {
      tier: index === 0 ? 'edge' : 'internal',
      ...(index % 3 === 2 ? database('main') : {}),
      pools: [
        ...(index % 3 === 2 ? [pool('primary', 10), pool('reports', 5)] : []),
        ...(index < length - 1 ? [outbound(20)] : []),
      ],
      dependencies: index < length - 1 ? [{ service: `step${index + 1}` }] : [],
    }),
  );
/** Its only pool is one of outbound connections, which the agent has a gauge for. */
const outboundOnly = [service('web', { pools: [outbound(10)], dependencies: [{ external: 'api.example.com' }] })];
const mix = [
  service('web', {
    tier: 'edge',
    metrics: promClient({ job: 'web', cpuLimitCores: 2, memoryLimitBytes: 512 * 1024 ** 2 }),
    pools: [outbound(10)],
    dependencies: [{ service: 'core' }, { service: 'files' }],
  }),
  service('core', {
    metrics: micrometer({ job: 'core' }),
    ...database('main'),
    pools: [pool('primary', 10), pool('batch', 4), outbound(5)],
    dependencies: [{ service: 'files', address: 'files-internal' }, { external: 'bank.example.com' }],
  }),
  service('files', {
    metrics: {
      ...otel({ job: 'acme/files' }),
      databasePool: micrometer({ job: 'files' }).databasePool,
      httpPool: { kind: 'littles-law' },
    },
    ...database('main'),
    pools: [pool('primary', 2)],
  }),
];
const three = (thresholds: Thresholds) => [
  service('front', {
    tier: 'edge',
    pools: [outbound(20)],
    dependencies: [{ service: 'ledger' }, { service: 'mail' }],
    thresholds,
  }),
  service('ledger', { ...database('main'), pools: [pool('primary', 10)], thresholds }),
  service('mail', {
    ...database('main'),
    pools: [pool('primary', 3), outbound(2)],
    dependencies: [{ service: 'ledger' }, { external: 'smtp.example.com', title: 'Mail provider' }],
    thresholds,
  }),
];
const strict = three({
  errorRatio: { above: percent(1), for: '1m' },
  latencyP95: { above: milliseconds(250), for: '1m' },
  poolUtilisation: { atLeast: percent(60), for: '1m' },
  queryP95: { above: milliseconds(50), for: '2m' },
  dependencyErrorRatio: { above: percent(2), for: '1m' },
  cpuUtilisation: { above: percent(60), for: '5m' },
  memoryUtilisation: { above: percent(70), for: '2m' },
  latencyRegression: { above: times(2), for: '1m', floor: milliseconds(50) },
  degradation: {
    atLeast: count(2),
    for: '1m',
    latencyAbove: milliseconds(250),
    regressionFloor: milliseconds(100),
  },
  instanceErrorRatio: { above: percent(5), for: '2m' },
  trafficRatio: { below: percent(50), for: '3m' },
  telemetryAbsent: { above: count(0), for: '1m' },
});
const lax = three({
  errorRatio: { above: percent(20), for: '15m' },
  latencyP95: { above: seconds(5), for: '10m' },
  poolUtilisation: { atLeast: percent(95), for: '15m' },
  queryP95: { above: seconds(2), for: '15m' },
  dependencyErrorRatio: { above: percent(50), for: '10m' },
  cpuUtilisation: { above: percent(95), for: '20m' },
  memoryUtilisation: { above: percent(97), for: '10m' },
  latencyRegression: { above: times(10), for: '10m', floor: milliseconds(500) },
  instanceErrorRatio: { above: percent(60), for: '15m' },
  trafficRatio: { below: percent(5), for: '15m' },
  telemetryAbsent: { above: count(0), for: '10m' },
});

interface Facts {
  readonly scrapeInterval?: Duration;
  readonly evaluationInterval?: Duration;
}

function projectOf(services: readonly Service[], facts: Facts = {}) {
  const own = { ...project, ...facts };
  const rules = rulesOf(desiredOf(services, facts)).map(({ rule }) => rule);
  const catalog = defineCatalog(services, own);
  return { project: own, catalog, rules, scenarios: standardScenarios(scenarioWorld(own, catalog, rules)) };
}

/** What breaks of some scenarios. */
async function broken(
  services: readonly Service[],
  facts: Facts,
  chosen: (standard: readonly Scenario[]) => readonly Scenario[],
) {
  const { scenarios, rules, ...own } = projectOf(services, facts);
  const replays = await replayScenarios(chosen(scenarios), rules, { ...(await replayContext()), ...own });
  return replays.flatMap((replay) => replay.broken);
}

const named =
  (...ids: readonly string[]) =>
  (standard: readonly Scenario[]): readonly Scenario[] =>
    ids.map((id) => {
      const found = standard.find((scenario) => scenario.id === id);
      if (found === undefined) throw new Error(`no scenario ${id}`);
      return found;
    });

describe('the standard scenarios', () => {
  it.each<readonly [string, readonly Service[], Facts, readonly string[]]>([
    ['one service', one, {}, ['edge-overload', 'blind-mid-incident']],
    ['a chain with several pools', chain(4), {}, ['rollback']],
    ['a mix of profiles', mix, {}, ['query-regression', 'dependency-timeouts']],
    ['stricter limits, asked every 30 s', strict, { evaluationInterval: '30s' }, ['minor-troubles']],
    ['limits that wait long', lax, {}, ['flapping']],
    ['a pool of outbound connections alone', outboundOnly, {}, ['connection-leak']],
    ['slow scrapes', three({}), { scrapeInterval: '60s', evaluationInterval: '2m' }, ['rollback']],
  ])(
    'hold for %s',
    async (_name, services, facts, ids) => {
      expect(await broken(services, facts, named(...ids))).toEqual([]);
    },
    120_000,
  );

  it('are silent on the day that a preview shows, whatever the limits', async () => {
    const ledger = strict.filter(({ id }) => id === 'ledger');
    const day = (): Scenario => ({ ...ordinaryDay(projectOf(ledger)), from: '12:00', until: '14:30' });
    expect(await broken(ledger, {}, () => [day()])).toEqual([]);
  }, 120_000);

  it('break where a rule is not as its service says: a threshold that is three times as high, and a `for` that is lost', async () => {
    const { scenarios, rules, ...own } = projectOf(one);
    const leak = named('connection-leak', 'minor-troubles')(scenarios);
    const changed = rules.map((rule) => {
      if (rule.signal === 'memory-utilisation') return rule;
      return rule.signal === 'pool-utilisation'
        ? { ...rule, threshold: 3 * rule.threshold }
        : { ...rule, for: '0s' as const };
    });
    const replays = await replayScenarios(leak, changed, { ...(await replayContext()), ...own });
    const seen = replays.flatMap((replay) => replay.broken.map(({ scenario, alert }) => `${scenario} ${alert}`));
    expect(seen).toEqual(
      expect.arrayContaining(['connection-leak ServicePoolSaturated', 'minor-troubles ServicePoolWaiting']),
    );
  }, 120_000);
});

describe('the template of a scenario', () => {
  it('holds for a service with a caller', async () => {
    const services = [service('web', { tier: 'edge', dependencies: [{ service: 'payments' }] }), ...one];
    expect(await broken(services, {}, () => [template])).toEqual([]);
  }, 120_000);
});

describe('scenarios made from a catalog', () => {
  const CATALOGS = { one, bare, chain: chain(10), outboundOnly, mix, strict, lax } as const;
  it.each(Object.entries(CATALOGS))('are about what exists: %s', (_name, services) => {
    const { scenarios, rules, catalog } = projectOf(services);
    expect(checkScenarios(scenarios, { catalog, alerts: new Set(rules.map(({ alert }) => alert)) })).toEqual([]);
  });

  it('are left out where no service has what they need', () => {
    const ids = projectOf(bare).scenarios.map(({ id }) => id);
    for (const id of [
      'connection-leak',
      'dependency-errors',
      'dependency-timeouts',
      'query-regression',
      'family-lost',
    ]) {
      expect(ids).not.toContain(id);
    }
    expect(ids).toContain('edge-hangs');
    expect(standardScenarios(scenarioWorld(project, defineCatalog([]), []))).toEqual([]);
  });

  it('expect nothing of alerts that a project has not chosen, and are left out where nothing is left', () => {
    const { rules, catalog } = projectOf(one);
    const chosen = rules.filter(({ alert }) => alert !== 'ServicePoolSaturated' && alert !== 'ServiceQueryP95High');
    const made = standardScenarios(scenarioWorld(project, catalog, chosen));
    expect(made.map(({ id }) => id)).not.toContain('connection-leak');
    const alerts = made.flatMap(({ expect: { must, may, never } }) =>
      [...must, ...may, ...never].map(({ alert }) => alert),
    );
    expect(alerts).not.toContain('ServiceQueryP95High');
    expect(made.find(({ id }) => id === 'query-regression')?.expect.must.map(({ alert }) => alert)).toContain(
      'ServiceDegradationConfirmed',
    );
  });

  it('take an alert by what it watches, whatever it is called and whoever it notifies', () => {
    const { rules, catalog } = projectOf(one);
    const renamed = rules.map((rule) =>
      rule.signal === 'pool-utilisation' ? { ...rule, alert: 'PoolNearlyFull', severity: 'critical' as const } : rule,
    );
    const [leak] = named('connection-leak')(standardScenarios(scenarioWorld(project, catalog, renamed)));
    expect(leak?.expect.must).toMatchObject([{ alert: 'PoolNearlyFull', service: 'payments', pages: true }]);
  });

  it('let an alert of the project’s own fire in trouble, and on no healthy day', () => {
    const { rules, catalog } = projectOf(one);
    const [first] = rules;
    const own = { ...first, alert: 'QueueTooLong', signal: 'queue-length' } as (typeof rules)[number];
    const made = standardScenarios(scenarioWorld(project, catalog, [...rules, own]));
    const mays = (id: string) => named(id)(made)[0]?.expect.may.map(({ alert }) => alert);
    expect(mays('rollback')).toContain('QueueTooLong');
    expect(mays('spike-served-well')).toEqual([]);
  });

  it('name the services as people do', () => {
    const titles = projectOf(mix).scenarios.map(({ title }) => title);
    expect(titles).toContain('bank.example.com does not answer Core at all');
    expect(projectOf(lax).scenarios.map(({ title }) => title)).toContain('Mail provider answers Mail with errors');
  });

  it('give a rule that waits long the time that it needs', () => {
    const [usual] = named('rollback')(projectOf(three({})).scenarios);
    const [long] = named('rollback')(projectOf(lax).scenarios);
    expect(usual?.events.at(-1)?.at).toBe('14:20');
    expect(usual?.expect.must[0]?.between).toEqual(['14:05', '14:09']);
    expect(long?.expect.must[0]?.between).toEqual(['14:17', '14:21']);
    expect(long?.events.at(-1)?.at).toBe('14:22');
  });
});

/** A service that a dimension divides: each region is judged by its own traffic, in Prometheus itself. */
import { describe, expect, it } from 'vitest';
import { otel } from '../../src/metrics/index.ts';
import type { Dimension } from '../../src/model/dimension.ts';
import { defineCatalog, defineService, type Service } from '../../src/model/service.ts';
import { replayScenarios } from '../../src/replay/index.ts';
import { defineScenario, type ServiceBehaviour, through } from '../../src/scenario/index.ts';
import { replayContext } from '../support/replays.ts';
import { desiredOf, rulesOf } from '../support/world.ts';

const two: Dimension = { label: 'region', values: ['eu', 'us'] };
const five: Dimension = { label: 'region', values: ['ap', 'br', 'eu', 'in', 'us'] };
/** The same regions, of which nobody has said which there are. */
const unnamed: Dimension = { label: 'region' };

const payments = defineService({
  id: 'payments',
  title: 'Payments',
  team: 'money',
  tier: 'edge',
  metrics: otel({ job: 'acme/payments' }),
  databases: [{ name: 'ledger', system: 'postgresql' }],
  pools: [
    { kind: 'database', name: 'primary', maxConnections: 20 },
    { kind: 'http', name: 'outbound', maxConnections: 30 },
  ],
  dependencies: [{ external: 'bank.example.com' }],
});

/** What fires in three hours of a day of which only this differs, by alert and labels, with the problems of Prometheus. */
async function fires(
  dimension: Dimension,
  behaviour: Partial<ServiceBehaviour>,
  service: Service = payments,
): Promise<readonly string[]> {
  const dimensions = [dimension];
  const rules = rulesOf(desiredOf([service], { dimensions })).map(({ rule }) => rule);
  const scenario = defineScenario({
    id: 'regions',
    title: 'Regions',
    because: 'each of them has users',
    from: '12:00',
    until: '15:00',
    services: { payments: { traffic: 40, instances: 1, ...behaviour } },
    expect: { must: [], may: [], never: [] },
  });
  const context = { ...(await replayContext()), catalog: defineCatalog([service], { dimensions }) };
  const [replay] = await replayScenarios([scenario], rules, context);
  return (replay?.alerts ?? [])
    .filter(({ alert, spans }) => alert !== 'AlertingWatchdog' && spans.some(({ firing }) => firing !== undefined))
    .map(({ alert, series }) => `${alert} ${JSON.stringify(series)}`)
    .sort();
}

/** Every request of it fails from two o'clock on. */
const failing = through(['14:00', 0], ['14:01', 1]);

describe.each([
  ['two regions', two],
  ['five regions', five],
])('%s', (_name, dimension) => {
  it('are silent while all is well', async () => {
    expect(await fires(dimension, {})).toEqual([]);
  });

  it('page for one with 4 % of the traffic in which every request fails', async () => {
    const seen = await fires(dimension, { divisions: { eu: { share: 0.04, errors: failing } } });
    expect(seen).toContain('ServiceErrorRateHigh {"region":"eu"}');
    expect(seen.filter((text) => !text.includes('eu'))).toEqual([]);
  });

  it('page for one whose series vanish', async () => {
    const lost = [{ families: 'all' as const, from: '14:00' as const, until: '15:00' as const }];
    const seen = await fires(dimension, { divisions: { eu: { share: 0.04, lost } } });
    expect(seen).toContain('ServiceTelemetryAbsent {"family":"server","region":"eu"}');
    expect(seen.filter((text) => !text.includes('eu'))).toEqual([]);
  });

  it("never judge a quiet one by a busy one's traffic: one slow or failed request is no outage", async () => {
    // Two requests a minute, every third of which fails: under any guard of its own.
    expect(await fires(dimension, { divisions: { eu: { share: 0.0008, errors: 0.3, latencyP95: 9 } } })).toEqual([]);
  });
});

describe('regions that nobody has named', () => {
  it('page for one that vanishes, and not before', async () => {
    const lost = [{ families: 'all' as const, from: '14:00' as const, until: '15:00' as const }];
    expect(await fires(unnamed, {})).toEqual([]);
    const seen = await fires(unnamed, { divisions: { 'region-1': { share: 0.04, lost } } });
    expect(seen).toContain('ServiceTelemetryAbsent {"family":"server","region":"region-1"}');
    expect(seen.filter((text) => !text.includes('region-1'))).toEqual([]);
  });
});

describe('a binding that lacks the dimension', () => {
  it('is judged as a whole, and joined to what has it', async () => {
    const { databasePool, ...metrics } = otel({ job: 'acme/payments' });
    const lacks = ['region'];
    const service = {
      ...payments,
      metrics: {
        ...metrics,
        databasePool: {
          ...databasePool,
          used: { ...databasePool.used, lacks },
          max: { name: 'db_client_connection_max', matchers: databasePool.used.matchers.slice(0, 1), lacks },
        },
      },
    };
    expect(await fires(two, {}, service)).toEqual([]);
    const slow = { latencyP95: through(['14:00', 0.05], ['14:20', 3]), pools: { primary: { used: 0.9 } } };
    const seen = await fires(two, { divisions: { eu: slow }, ...slow }, service);
    expect(seen).toContain('ServiceDegradationConfirmed {"region":"eu"}');
  });
});

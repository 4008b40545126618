import { describe, expect, it } from 'vitest';
import { micrometer, otel, promClient } from '../../src/metrics/index.ts';
import type { MetricProfile } from '../../src/model/metrics.ts';
import { firstFiring, formatSecond } from '../../src/model/replay.ts';
import { defineCatalog } from '../../src/model/service.ts';
import { replayScenarios } from '../../src/replay/index.ts';
import { replayContext, scenarioOf } from '../support/replays.ts';
import { desiredOf, edited, rulesOf } from '../support/world.ts';

/** The bank's own: what is not replaced in a profile has been evaluated with the library. */
const job = 'bank/offer-service';

describe('a scenario in another metric profile', () => {
  it.each<readonly [string, MetricProfile]>([
    ['micrometer', micrometer({ job })],
    ['prom-client', promClient({ job, cpuLimitCores: 1, memoryLimitBytes: 2 ** 29 })],
    ["otel, its outbound pool by Little's law", { ...otel({ job }), httpPool: { kind: 'littles-law' } }],
    ['a mix of otel and micrometer', { ...otel({ job }), databasePool: micrometer({ job }).databasePool }],
  ])(
    'fires the same alerts: %s',
    async (_name, metrics) => {
      const services = edited('offer-service', () => ({ metrics }));
      const rules = rulesOf(desiredOf(services))
        .map(({ rule }) => rule)
        // The scenarios name an alert of another service, which stays silent.
        .filter(({ group, alert }) => group === 'offer-service' || alert === 'ServiceQueryP95High');
      const context = { ...(await replayContext()), catalog: defineCatalog(services) };
      const [regression, timeouts] = await replayScenarios(
        ['query-regression', 'dependency-timeouts'].map(scenarioOf),
        rules,
        context,
      );
      expect(regression?.broken).toEqual([]);
      expect(timeouts?.broken).toEqual([]);
      const query = regression?.alerts.find(({ alert }) => alert === 'ServiceQueryP95High');
      expect(formatSecond(firstFiring(query?.spans ?? []) ?? 0)).toBe('14:25');
    },
    120_000,
  );
});

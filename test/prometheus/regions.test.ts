/** Every expression that a project with regions builds, asked of a real Prometheus: none may join many with many. */
import { describe, expect, it } from 'vitest';
import { openPrometheus } from '../../src/adapters/prometheus/index.ts';
import type { Dimension } from '../../src/model/dimension.ts';
import { defineCatalog } from '../../src/model/service.ts';
import { buildSeries, defineScenario, openMetricsLines } from '../../src/scenario/index.ts';
import { startPrometheus } from '../support/filled-prometheus.ts';
import { httpWorld } from '../support/http-world.ts';
import { bankServices, builtOf, dashboardsOf, desiredOf, panelsOf, project, rulesOf } from '../support/world.ts';

const scenario = defineScenario({
  id: 'regions',
  title: 'Regions',
  because: 'each of them has users',
  from: '10:00',
  until: '14:00',
  sampleInterval: '60s',
  services: { 'user-account': { errors: 0.02, divisions: { eu: { share: 0.04 } } } },
  expect: { must: [], may: [], never: [] },
});
const end = Date.parse(`${scenario.day}T14:00:00Z`) / 1000;

/** What Grafana would ask: its variables have a value each. */
function asked(expression: string): string {
  return expression.replaceAll('$__rate_interval', '5m').replaceAll('$__range', '3h').replaceAll('$instance', '.*');
}

describe.each<readonly [string, Dimension]>([
  ['two', { label: 'region', values: ['eu', 'us'] }],
  ['five', { label: 'region', values: ['ap', 'br', 'eu', 'in', 'us'] }],
  ['unnamed', { label: 'region' }],
])('%s regions', (_name, dimension) => {
  it('answer every rule and every panel', async () => {
    const dimensions = [dimension];
    const catalog = defineCatalog(bankServices, { dimensions });
    const desired = desiredOf(bankServices, { dimensions });
    const built = builtOf(bankServices, { dimensions });
    expect(built.ok ? [] : built.problems).toEqual([]);
    const series = bankServices.flatMap((service) =>
      buildSeries(scenario, service, { catalog, project, detail: 'all' }),
    );
    const prometheus = await startPrometheus(openMetricsLines(scenario, series, project));
    try {
      const client = openPrometheus({ url: prometheus.url, world: httpWorld() });
      const panels = dashboardsOf(desired).flatMap((dashboard) =>
        panelsOf(dashboard).flatMap(({ targets = [] }) => targets.map(({ expr }) => asked(expr))),
      );
      const rules = rulesOf(desired).map(({ rule }) => rule.expr);
      const refused: string[] = [];
      for (const expression of new Set([...rules, ...panels])) {
        await client
          .instant(expression, end)
          .catch((error: unknown) => refused.push(`${expression}\n${String(error)}`));
      }
      expect(refused).toEqual([]);
      // Not for want of series: the region with a twenty-fifth of the traffic has a value of its own.
      const ratio = rulesOf(desired).find(
        ({ title, service }) => title === 'ServiceErrorRateHigh' && service === 'user-account',
      );
      const answer = await client.instant(ratio?.rule.expr ?? '', end);
      expect(answer.series.map(({ labels }) => labels['region']).sort()).toEqual(
        dimension.values ?? ['region-1', 'region-2'],
      );
    } finally {
      await prometheus.stop();
    }
  }, 120_000);
});

import { describe, expect, test } from 'vitest';
import { panelId, runbookUrl, timeseriesPanel } from '../../src/build/index.ts';
import { percent } from '../../src/model/quantity.ts';
import type { DashboardResource } from '../../src/model/resource.ts';
import {
  aService,
  bankServices,
  dashboardsOf,
  desiredOf,
  edited,
  panelsOf,
  project,
  ruleOf,
  rulesOf,
} from '../support/world.ts';

const dashboards = dashboardsOf(desiredOf());
const services = dashboards.filter(({ service }) => service !== undefined);
const [gateway, user] = services as [DashboardResource, DashboardResource];

describe('dashboards', () => {
  test('there is one for every service, and an overview', () => {
    expect(dashboards.map(({ uid }) => uid)).toEqual([
      'bank-overview',
      'bank-app-gateway',
      'bank-user-account',
      'bank-offer-service',
    ]);
  });

  test.each(services.map((dashboard) => [dashboard.title, dashboard] as const))(
    '%s has all six families of panels',
    (_, dashboard) => {
      const rows = panelsOf(dashboard)
        .filter(({ type }) => type === 'row')
        .map(({ title }) => title.split(':')[0]);
      expect(rows).toEqual(['Latency', 'Errors and traffic', 'Pools', 'Queries', 'Dependencies', 'Resources']);
    },
  );

  test('a service without a file of its own gets the default dashboard with all families, even if it has nothing to show', () => {
    const bare = aService({ id: 'bare', databases: [], pools: [], dependencies: [] });
    const dashboard = dashboardsOf(desiredOf([...bankServices, bare])).find(({ service }) => service === 'bare');
    expect(dashboard?.source).toBe('dashboards/index.ts');
    const panels = dashboard === undefined ? [] : panelsOf(dashboard);
    expect(panels.filter(({ type }) => type === 'row')).toHaveLength(6);
    expect(panels.filter(({ type }) => type === 'text').map(({ title }) => title)).toEqual([
      'No pools',
      'No databases',
      'No dependencies',
    ]);
  });

  test('each of the three adds what is special to it', () => {
    const titles = (uid: string) =>
      panelsOf(
        dashboards.find((dashboard) => dashboard.uid === uid) ?? (dashboards[0] as (typeof dashboards)[number]),
      ).map(({ title }) => title);
    expect(titles('bank-app-gateway')).toContain('Latency p95 by route');
    expect(titles('bank-user-account')).toContain('Database time by operation');
    expect(titles('bank-offer-service')).toContain('Offers lost');
  });

  test('are frozen, plain JSON', () => {
    for (const { spec } of dashboards) {
      expect(Object.isFrozen(spec['panels'])).toBe(true);
      expect(structuredClone(spec)).toEqual(spec);
      expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    }
  });

  test('carry the owner’s mark and the service’s tag', () => {
    expect(services[0]?.spec['tags']).toEqual(['as-code:bank', 'service:app-gateway', 'system:bank', 'team:platform']);
  });

  test('list the alerts of their service only', () => {
    for (const dashboard of services) {
      const list = panelsOf(dashboard).find(({ type }) => type === 'alertlist');
      expect(list?.options?.['alertInstanceLabelFilter']).toBe(`{service="${dashboard.service}",as_code="bank"}`);
    }
  });

  test('refer to no folder, whose UID is another one where files provision it', () => {
    for (const dashboard of services) expect(JSON.stringify(dashboard.spec)).not.toContain('bank-services');
  });

  test('link to the overview, to what the service calls, to who calls it, and to the runbooks', () => {
    const links = services.map(({ spec }) =>
      (spec['links'] as unknown as { title: string; url: string }[]).map(({ title }) => title),
    );
    expect(links).toEqual([
      ['Overview', '→ User Account', '→ Offer Service', 'Runbooks'],
      ['Overview', '← App Gateway', '← Offer Service', 'Runbooks'],
      ['Overview', '→ User Account', '← App Gateway', 'Runbooks'],
    ]);
  });

  test('mark deployments of their service, and changes of its version where nobody marked them', () => {
    const annotations = (
      user.spec['annotations'] as unknown as {
        list: { name: string; target?: { tags: string[] }; expr?: string }[];
      }
    ).list;
    expect(annotations.map(({ name }) => name)).toEqual(['Deployments', 'Version changes']);
    expect(annotations[0]?.target?.tags).toEqual(['deployment', 'service:user-account']);
    expect(annotations[1]?.expr).toBe(
      'group by (service_version)(target_info{job="bank/user-account"}) unless group by (service_version)(target_info{job="bank/user-account"} offset 5m)',
    );
  });

  test('let their reader choose data source and instance', () => {
    const variables = (gateway.spec['templating'] as unknown as { list: { name: string; type: string }[] }).list;
    expect(variables.map(({ name, type }) => `${name} ${type}`)).toEqual(['datasource datasource', 'instance query']);
  });
});

describe('panels', () => {
  test('that an alert watches draw the alert’s own limit', () => {
    const desired = desiredOf();
    for (const resource of rulesOf(desired)) {
      const { rule, service } = resource;
      const drawn = !['traffic-ratio', 'telemetry-absent', 'limit-absent', 'alert-queries'].includes(rule.signal);
      if (service === undefined || !drawn) continue;
      const dashboard = dashboards.find(({ uid }) => uid === rule.dashboardUid);
      const panel = dashboard === undefined ? undefined : panelsOf(dashboard).find(({ id }) => id === rule.panelId);
      expect(panel?.fieldConfig?.defaults.thresholds?.steps.map(({ value }) => value)).toEqual([null, rule.threshold]);
    }
  });

  test('that an alert watches link to its runbook', () => {
    const { dashboardUid, panelId: id } = ruleOf(desiredOf(), 'ServiceQueryP95High', 'user-account');
    const dashboard = dashboards.find(({ uid }) => uid === dashboardUid);
    const panel = dashboard === undefined ? undefined : panelsOf(dashboard).find((each) => each.id === id);
    expect(panel?.title).toBe('Query time p95, all and by operation');
    expect(panel?.links?.map(({ url }) => url)).toEqual([runbookUrl(project, 'ServiceQueryP95High')]);
  });

  test('keep their id when another panel comes before them', () => {
    const before = new Map(panelsOf(dashboards[2] as (typeof dashboards)[number]).map(({ title, id }) => [title, id]));
    const withOutbound = edited('user-account', ({ pools }) => ({
      pools: [{ kind: 'http', name: 'outbound', maxConnections: 5 }, ...pools],
    }));
    const after = panelsOf(dashboardsOf(desiredOf(withOutbound))[2] as (typeof dashboards)[number]);
    expect(after.length).toBe(before.size + 1);
    for (const { title, id } of after) if (before.has(title)) expect(id).toBe(before.get(title));
  });

  test('take their id from their key alone', () => {
    expect(panelId('error-ratio')).toBe(panelId('error-ratio'));
    expect(panelId('error-ratio')).not.toBe(panelId('error-rate'));
    expect(panelId('')).toBeGreaterThan(0);
  });

  test('offer the SDK’s own builder for what the helpers lack', () => {
    const panel = timeseriesPanel({
      key: 'x',
      title: 'X',
      description: 'Shows x.',
      unit: 'ratio',
      width: 12,
      queries: [],
    });
    expect(panel.builder.fillOpacity(33).build().fieldConfig?.defaults.custom.fillOpacity).toBe(33);
  });

  test('fill their lines: the last one takes what is left, but for single numbers in columns', () => {
    const gaps = services.flatMap((dashboard) =>
      panelsOf(dashboard)
        .filter(({ type }) => type !== 'row')
        .filter(({ gridPos }, index, all) => all[index + 1]?.gridPos.y !== gridPos.y)
        .filter(({ gridPos }) => gridPos.x + gridPos.w !== 24)
        .map(({ title }) => title),
    );
    expect(gaps).toEqual([]);
    const signs = panelsOf(dashboards[0] as DashboardResource).filter(({ title }) => title === 'signs');
    expect(signs.map(({ gridPos }) => [gridPos.x, gridPos.w])).toEqual([
      [16, 4],
      [16, 4],
      [16, 4],
    ]);
  });

  test('with a limit show it on a quiet day too', () => {
    const panel = panelsOf(user).find(({ title }) => title === 'Query time p95, all and by operation');
    expect(panel?.fieldConfig?.defaults.custom?.axisSoftMax).toBeCloseTo(0.55);
  });

  test('say "no data" in grey: neither well nor unwell', () => {
    const [errors] = panelsOf(user);
    expect(errors?.fieldConfig?.defaults.mappings).toEqual([
      { type: 'special', options: { match: 'null+nan', result: { text: 'no data', color: '#8E8E8E', index: 0 } } },
    ]);
  });

  test('name more than 26 queries as Grafana does', () => {
    const queries = Array.from({ length: 28 }, (_, index) => ({ expr: `up{job="${index}"}`, legend: String(index) }));
    const { builder } = timeseriesPanel({
      key: 'many',
      title: 'Many',
      description: '',
      unit: 'count',
      width: 24,
      queries,
    });
    const targets = (builder.build().targets ?? []) as readonly { readonly refId?: string }[];
    expect(targets.slice(24).map(({ refId }) => refId)).toEqual(['Y', 'Z', 'AA', 'AB']);
  });
});

describe('one threshold', () => {
  test('moves the rule’s condition and the panel’s line together', () => {
    const desired = desiredOf(
      edited('user-account', ({ thresholds }) => ({
        thresholds: { ...thresholds, errorRatio: { above: percent(1), for: '3m' } },
      })),
    );
    expect(ruleOf(desired, 'ServiceErrorRateHigh', 'user-account').threshold).toBe(0.01);
    const lines = dashboardsOf(desired)
      .flatMap((dashboard) =>
        panelsOf(dashboard).map((panel) => ({
          dashboard: dashboard.title,
          panel: panel.title,
          steps: panel.fieldConfig?.defaults.thresholds?.steps,
        })),
      )
      .filter(({ steps }) => steps?.some(({ value }) => value === 0.01))
      .map(({ dashboard, panel }) => `${dashboard}: ${panel}`);
    expect(lines).toEqual(['System overview: errors', 'User Account: Errors', 'User Account: Error rate']);
  });
});

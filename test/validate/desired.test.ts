import { describe, expect, test } from 'vitest';
import type { AlertRule } from '../../src/model/alert-rule.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Desired, Resource, RuleResource } from '../../src/model/resource.ts';
import { defineCatalog } from '../../src/model/service.ts';
import { validateDesired } from '../../src/validate/index.ts';
import { bankServices, desiredOf, panelsOf, project, type SeenPanel } from '../support/world.ts';

const desired = desiredOf();
const catalog = defineCatalog(bankServices);
const runbooks = new Set(desired.resources.filter(({ kind }) => kind === 'rule').map(({ title }) => title));

function problemsOf(changed: Desired, pages: ReadonlySet<string> = runbooks) {
  return validateDesired({ desired: changed, catalog, project, runbooks: pages });
}

/** The project with one resource changed. */
function withResource(uid: string, change: (resource: Resource) => Resource | Resource[]): Desired {
  return { resources: desired.resources.flatMap((resource) => (resource.uid === uid ? change(resource) : [resource])) };
}

function withRule(change: Partial<AlertRule>, more: Partial<RuleResource> = {}): Desired {
  return withResource('bank-user-account-errors', (resource) =>
    resource.kind === 'rule' ? { ...resource, ...more, rule: { ...resource.rule, ...change } } : resource,
  );
}

/** The user account's dashboard with its panel "Error rate" changed; other panels can be added. */
function withPanel(change: Partial<SeenPanel> | Record<string, unknown>, extra: readonly SeenPanel[] = []): Desired {
  return withResource('bank-user-account', (resource) => {
    if (resource.kind !== 'dashboard') return resource;
    const panels = [
      ...panelsOf(resource).map((panel) => (panel.title === 'Error rate' ? { ...panel, ...change } : panel)),
      ...extra,
    ];
    return { ...resource, spec: { ...resource.spec, panels: panels as unknown as JsonObject[] } };
  });
}

const query = (expr: string) => ({ targets: [{ refId: 'A', expr, legendFormat: 'x' }] });
const OWN = 'job="bank/user-account"';

describe('what is built', () => {
  test('from the project’s own services has no problem', () => {
    expect(problemsOf(desired)).toEqual([]);
  });

  test.each<[string, string, Desired, string]>([
    [
      'B001',
      'two dashboards with one UID',
      withResource('bank-offer-service', (resource) => [resource, { ...resource, title: 'Twin' }]),
      'has the same UID',
    ],
    [
      'B013',
      'two dashboards of one title',
      withResource('bank-offer-service', (resource) => ({ ...resource, title: 'User account' })),
      'has the same title as dashboard',
    ],
    [
      'B002',
      'a UID that Grafana refuses',
      withResource('bank-user-account', (resource) => ({ ...resource, uid: 'bank-user account' })),
      'has the UID',
    ],
    [
      'B003',
      'two panels with one id',
      withPanel({ id: 1 }, [
        { ...panelNamed('Error rate'), id: 1, title: 'Twin', gridPos: { x: 0, y: 500, w: 4, h: 4 } },
      ]),
      'same id 1: "Error rate" and "Twin"',
    ],
    [
      'B004',
      'a panel beyond the last column',
      withPanel({ gridPos: { x: 20, y: 900, w: 8, h: 8 } }),
      'from column 20 to 28',
    ],
    ['B004', 'a panel without height', withPanel({ gridPos: { x: 0, y: 900, w: 8, h: 0 } }), 'is placed at 0, 900'],
    [
      'B014',
      'a dashboard without the owner’s tag',
      withResource('bank-user-account', (resource) =>
        resource.kind === 'dashboard' ? { ...resource, spec: { ...resource.spec, tags: [] } } : resource,
      ),
      'has lost its UID bank-user-account or its tag as-code:bank',
    ],
    [
      'B005',
      'overlapping panels',
      withPanel({}, [{ ...panelNamed('Error rate'), id: 7, title: 'On top' }]),
      'overlaps the panel',
    ],
    ['B006', 'a panel without a unit', withPanel({ fieldConfig: { defaults: {} } }), 'has no unit'],
    ['B007', 'a panel without a description', withPanel({ description: '' }), 'has no description'],
    [
      'B008',
      'a query without a legend',
      withPanel({ targets: [{ refId: 'A', expr: 'vector(1)', legendFormat: '__auto' }] }),
      'has no legend for query A',
    ],
    [
      'B008',
      'a query with an empty legend',
      withPanel({ targets: [{ refId: 'A', expr: 'vector(1)', legendFormat: '' }] }),
      'has no legend for query A',
    ],
    ['B009', 'a panel without a title', withPanel({ title: '' }), 'has no title'],
    ['B010', 'a panel without a query', withPanel({ targets: [] }), 'has no query'],
    [
      'B011',
      'a fixed data source',
      withPanel({ datasource: { type: 'prometheus', uid: 'abc' } }),
      'does not use the data source variable',
    ],
    [
      'B012',
      'a dashboard without its variables',
      withResource('bank-user-account', (resource) =>
        resource.kind === 'dashboard'
          ? { ...resource, spec: { ...resource.spec, templating: { list: [] } } }
          : resource,
      ),
      'has no variable "instance"',
    ],
    ['Q001', 'PromQL that does not parse', withPanel(query('sum(rate(x[5m])')), 'is not PromQL'],
    [
      'Q001',
      'PromQL of several lines: the line is named',
      withPanel(query('sum(up)\n  / sum(\n    rate(x[5m]\n  )')),
      'is not PromQL in line',
    ],
    ...(
      [
        [
          'a title that ends with a blank',
          'bank-user-account',
          { title: 'User Account ' },
          'has the name "User Account "',
        ],
        ['a folder’s title with a line break', 'bank-services', { title: 'Sh\nop' }, 'a line break'],
        [
          'a contact point that begins with a blank',
          'bank-chat',
          { title: ' bank-chat' },
          'begins or ends with a blank',
        ],
      ] as const
    ).map(([what, uid, change, message]): [string, string, Desired, string] => [
      'B015',
      what,
      withResource(uid, (resource) => ({ ...resource, ...change })),
      message,
    ]),
    [
      'Q002',
      'a query without the matcher of its service',
      withPanel(query('sum(rate(http_server_request_duration_seconds_count[$__rate_interval]))')),
      'without the matcher of its service',
    ],
    [
      'Q002',
      'a query with the matcher of an unrelated service',
      withPanel(query('sum(rate(http_requests_total{job="bank/billing"}[$__rate_interval]))')),
      'without the matcher of its service',
    ],
    [
      'Q003',
      'a counter without rate',
      withPanel(query(`http_server_request_duration_seconds_count{${OWN}}`)),
      'without rate',
    ],
    [
      'Q004',
      'a fixed range in a panel',
      withPanel(query(`sum(rate(http_server_request_duration_seconds_count{${OWN}}[5m]))`)),
      'over a fixed 5m',
    ],
    [
      'Q004',
      'a rate over the graph’s own interval',
      withPanel(query(`sum(rate(http_server_request_duration_seconds_count{${OWN}}[$__interval]))`)),
      'over $__interval',
    ],
    [
      'Q004',
      'a fixed range of another function',
      withPanel(
        query(`max_over_time(container_memory_working_set_bytes{namespace="bank",container="user-account"}[5m])`),
      ),
      'over a fixed 5m',
    ],
    [
      'R001',
      'a rule whose UID is too long',
      withResource('bank-user-account-errors', (resource) => ({ ...resource, uid: `bank-${'x'.repeat(40)}` })),
      'has the UID',
    ],
    ['R003', 'a rule without a panel', withRule({ dashboardUid: '', panelId: 0 }), 'links to no panel'],
    [
      'R003',
      'a rule that links to a dashboard that does not exist',
      withRule({ dashboardUid: 'bank-gone' }),
      'does not exist',
    ],
    ['R005', 'noDataState OK', withRule({ noDataState: 'OK' }), 'missing data or a failing query OK'],
    ['R006', 'states without a reason', withRule({ noDataState: 'NoData' }), 'does not say why'],
    ['R007', 'a `for` under two evaluations', withRule({ for: '1m' }), 'under two evaluations'],
    [
      'R008',
      'a window under four scrapes',
      withRule({ expr: `sum(rate(http_server_request_duration_seconds_count{${OWN}}[45s]))` }),
      'fewer than 4 scrapes',
    ],
    [
      'R008',
      'a window under four scrapes, however it is written',
      withRule({ expr: `sum(rate(http_server_request_duration_seconds_count{${OWN}}[45000ms]))` }),
      'fewer than 4 scrapes',
    ],
    [
      'R015',
      'a variable in a rule',
      withRule({ expr: `sum(rate(http_server_request_duration_seconds_count{${OWN},instance=~"$instance"}[5m]))` }),
      'has the variable $instance',
    ],
    [
      'R016',
      'a placeholder that is none',
      withRule({ annotations: { summary: '{{valeu}}', description: 'x' } }),
      'has {{valeu}}',
    ],
    ['R016', 'an alert without words', withRule({ annotations: { summary: 'x' } }), 'has no description'],
    [
      'R017',
      'a contact point without an integration',
      withResource('bank-on-call', (resource) =>
        resource.kind === 'contact-point'
          ? { ...resource, contactPoint: { ...resource.contactPoint, integrations: [] } }
          : resource,
      ),
      'has no integration',
    ],
    [
      'R009',
      'an unknown contact point',
      withRule({
        notification: {
          receiver: 'bank-nobody',
          groupBy: [],
          groupWait: '10s',
          groupInterval: '5m',
          repeatInterval: '4h',
        },
      }),
      'which no contact point is called',
    ],
    ['R014', 'a link to a panel that does not exist', withRule({ panelId: 3 }), 'links to the panel 3'],
  ])('%s: %s', (code, _, changed, message) => {
    const found = problemsOf(changed).filter((problem) => problem.code === code);
    expect(found.map((problem) => problem.message).join('\n')).toContain(message);
  });

  test('R002: alerts whose pages npm run runbooks has still to write are one warning', () => {
    expect(problemsOf(desired, new Set([...runbooks].filter((name) => name !== 'ServiceCpuHigh')))).toMatchObject([
      {
        code: 'R002',
        level: 'warning',
        subject: 'alert ServiceCpuHigh',
        remedy: expect.stringContaining('npm run runbooks'),
      },
    ]);
    const [all, ...more] = problemsOf(desired, new Set());
    expect(more).toEqual([]);
    expect(all).toMatchObject({ code: 'R002', level: 'warning', subject: `${runbooks.size} alerts` });
    expect([...runbooks].filter((alert) => !all?.message.includes(alert))).toEqual([]);
  });

  test('R002: a rule without a runbook, on a signal that the engine knows nothing of', () => {
    const own = withRule({ alert: 'ServiceHeapHigh', signal: 'heap' as AlertRule['signal'] });
    expect(problemsOf(own)).toContainEqual(
      expect.objectContaining({ code: 'R002', level: 'error', subject: 'alert ServiceErrorRateHigh, user-account' }),
    );
  });

  test('may differ from KeepLast with a reason', () => {
    const reasoned = withRule(
      { noDataState: 'Alerting' },
      { absenceReason: 'Silence of this one is what it is about.' },
    );
    expect(problemsOf(reasoned)).toEqual([]);
  });

  test('may show an alert’s own expression with its fixed windows', () => {
    const strip = desired.resources.find(({ uid }) => uid === 'bank-user-account');
    const expression = strip?.kind === 'dashboard' ? panelsOf(strip)[0]?.targets?.[0]?.expr : undefined;
    expect(expression).toContain('[5m]');
  });

  test('a remedy for a missing panel names the panels that are there', () => {
    const [problem] = problemsOf(withRule({ panelId: 3 }));
    expect(problem?.remedy).toContain('Query time p95, all and by operation');
  });
});

function panelNamed(title: string): SeenPanel {
  const dashboard = desired.resources.find(({ uid }) => uid === 'bank-user-account');
  const found =
    dashboard?.kind === 'dashboard' ? panelsOf(dashboard).find((panel) => panel.title === title) : undefined;
  if (found === undefined) throw new Error(`no panel ${title}`);
  return found;
}

test('a problem of a panel names the file that the panel comes from', () => {
  const own = problemsOf(withPanel({ description: '' })).filter(({ code }) => code === 'B007');
  expect(own.map(({ file }) => file)).toEqual(['dashboards/index.ts']);
  const added = problemsOf(withPanel({}, [{ ...panelNamed('Error rate'), id: 7, description: '' }]));
  expect(added.filter(({ code }) => code === 'B007').map(({ file }) => file)).toEqual(['dashboards/user-account.ts']);
});

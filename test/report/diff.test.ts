import { describe, expect, test } from 'vitest';
import { buildDiff } from '../../src/diff/index.ts';
import type { AlertRule } from '../../src/model/alert-rule.ts';
import type { DiffReport } from '../../src/model/diff-report.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { DashboardResource, Resource } from '../../src/model/resource.ts';
import { renderDiffHtml, renderDiffMarkdown, renderDiffText } from '../../src/report/index.ts';
import { aService, desiredOf, edited, shopServices } from '../support/world.ts';

const BASE = { ref: 'origin/main', commit: '3f2a9c1000000000000000000000000000000000' };

function compared(desired = desiredOf()): readonly Resource[] {
  return desired.resources;
}

const before = compared();

/** The report of some resources changed. */
function reportOf(change: (resource: Resource) => Resource): DiffReport {
  return buildDiff(before, before.map(change), BASE);
}

function withRule(change: (rule: AlertRule) => Partial<AlertRule>): DiffReport {
  return reportOf((resource) =>
    resource.kind === 'rule' && resource.uid === 'shop-user-service-query'
      ? { ...resource, rule: { ...resource.rule, ...change(resource.rule) } }
      : resource,
  );
}

interface Panel {
  id: number;
  type: string;
  title: string;
  description: string;
  datasource: object;
  gridPos: { x: number; y: number; w: number; h: number };
  fieldConfig: {
    defaults: { unit: string; thresholds: { steps: { value: number | null; color: string }[] } };
    overrides: object[];
  };
  transformations?: object[];
  options: { legend: object };
  targets: { refId: string; expr: string; legendFormat: string }[];
}

interface Board {
  panels: Panel[];
  templating: { list: { name: string; query: string }[] };
  annotations: { list: object[] };
  links: object[];
  time: object;
}

function boardWith(change: (spec: Board) => unknown): DashboardResource {
  const board = before.find(
    ({ kind, uid }) => kind === 'dashboard' && uid === 'shop-user-service',
  ) as DashboardResource;
  const spec = structuredClone(board.spec) as unknown as Board;
  change(spec);
  return { ...board, spec: spec as unknown as JsonObject };
}

function withBoard(change: (spec: Board) => unknown): DiffReport {
  return reportOf((resource) =>
    resource.kind === 'dashboard' && resource.uid === 'shop-user-service' ? boardWith(change) : resource,
  );
}

/** Changes the second query of that panel. */
function withQuery(change: (expr: string) => string): DiffReport {
  return withPanel(({ targets }) => {
    const target = targets[1] as Panel['targets'][number];
    targets.splice(1, 1, { ...target, expr: change(target.expr) });
  });
}

/** One override of the panel, before and after. */
function withOverride(before: object, after: object): DiffReport {
  const override = (property: object) => ({
    matcher: { id: 'byName', options: 'all queries' },
    properties: [property],
  });
  const boards = [before, after].map((property) =>
    boardWith(({ panels }) =>
      panels
        .filter(({ title }) => title === PANEL)
        .map((panel) => (panel.fieldConfig.overrides = [override(property)])),
    ),
  ) as [Resource, Resource];
  return buildDiff([boards[0]], [boards[1]], BASE);
}

function swap(panels: Panel[], one: string, other: string): void {
  const [left, right] = [one, other].map((name) => panels.find(({ title }) => title === name)) as [Panel, Panel];
  [left.gridPos, right.gridPos] = [right.gridPos, left.gridPos];
}

/** Changes the panel of the query time. */
function withPanel(change: (panel: Panel) => unknown): DiffReport {
  return withBoard(({ panels }) => panels.filter(({ title }) => title === PANEL).map(change));
}

const PANEL = 'Query time p95, all and by operation';

/** What a report says of the change itself, without what surrounds it. */
function saidOf(report: DiffReport): readonly [string[], string[]] {
  const surroundings =
    /^(Changes against| {2}(Affects paging|Alerts|Dashboards|Paging is)| {4}(?:~ User Service$|Grafana starts)|\d+ unchanged|Not replayed|$)/;
  const text = renderDiffText(report)
    .split('\n')
    .filter((line) => !surroundings.test(line));
  const [comment = ''] = renderDiffMarkdown(report).split('<details>');
  const rows = comment.split('\n').filter((line) => /^( *- |\| (?!alert |---))/.test(line));
  return [text.map((line) => line.trim().replace(/ {2,}/g, '  ')), rows.map((line) => line.trim())];
}

describe('every kind of change, as it stands in a terminal and in a comment', () => {
  test.each<[string, DiffReport, string[], string[]]>([
    [
      'added',
      withBoard(({ panels }) => panels.push({ ...(panels.at(-1) as Panel), id: 7, title: 'New' })),
      ['panel "New"  added to row "Resources: last, because they told nothing on 2025-12-15"'],
      ['- **User Service**: panel *New*: added to row "Resources: last, because they told nothing on 2025-12-15"'],
    ],
    [
      'a row added',
      withBoard(({ panels }) =>
        panels.push({
          ...(panels[0] as Panel),
          id: 7,
          type: 'row',
          title: 'New row',
          gridPos: { x: 0, y: 999, w: 24, h: 1 },
        }),
      ),
      ['row "New row"  added'],
      ['- **User Service**: row *New row*: added'],
    ],
    [
      'removed',
      withBoard((spec) => (spec.panels = spec.panels.filter(({ title }) => title !== PANEL))),
      ['panel "Query time p95, all and by operation"  removed'],
      ['- **User Service**: panel *Query time p95, all and by operation*: removed'],
    ],
    [
      'moved to another row',
      withPanel(({ gridPos }) => (gridPos.y = 20)),
      [
        'panel "Query time p95, all and by operation"  moved from row "Queries: users (postgresql)" to row "Latency: how long users wait"',
      ],
      [
        '- **User Service**: panel *Query time p95, all and by operation*: moved from row "Queries: users (postgresql)" to row "Latency: how long users wait"',
      ],
    ],
    [
      'moved within its row',
      withPanel(({ gridPos }) => (gridPos.x = 2)),
      ['panel "Query time p95, all and by operation"  moved within its row'],
      ['- **User Service**: panel *Query time p95, all and by operation*: moved within its row'],
    ],
    [
      'two panels of a row that change places',
      withBoard(({ panels }) => swap(panels, 'Query time p95, all and by operation', 'Failed queries')),
      [
        'panel "Failed queries"  width 6 → 12',
        'panel "Queries by operation"  moved within its row',
        'panel "Query time p95, all and by operation"  moved within its row',
        'panel "Query time p95, all and by operation"  width 12 → 6',
      ],
      [
        '- **User Service**',
        '- panel *Failed queries*: width 6 → 12',
        '- panel *Queries by operation*: moved within its row',
        '- panel *Query time p95, all and by operation*: moved within its row, width 12 → 6',
      ],
    ],
    [
      'resized',
      withPanel(({ gridPos }) => (gridPos.w = 8)),
      ['panel "Query time p95, all and by operation"  width 12 → 8'],
      ['- **User Service**: panel *Query time p95, all and by operation*: width 12 → 8'],
    ],
    [
      'retitled',
      withPanel((panel) => (panel.title = 'Queries')),
      ['panel "Queries"  title "Query time p95, all and by operation" → "Queries"'],
      ['- **User Service**: panel *Queries*: title "Query time p95, all and by operation" → "Queries"'],
    ],
    [
      'unit',
      withPanel(({ fieldConfig }) => (fieldConfig.defaults.unit = 'ms')),
      ['panel "Query time p95, all and by operation"  unit s → ms'],
      ['- **User Service**: panel *Query time p95, all and by operation*: unit s → ms'],
    ],
    [
      'thresholds, in their unit',
      withPanel(({ fieldConfig }) =>
        fieldConfig.defaults.thresholds.steps.splice(1, 1, { value: 0.25, color: '#D55E00' }),
      ),
      ['panel "Query time p95, all and by operation"  threshold line 500 ms → 250 ms'],
      ['- **User Service**: panel *Query time p95, all and by operation*: threshold line 500 ms → 250 ms'],
    ],
    [
      'thresholds, each side in its own unit',
      withPanel(({ fieldConfig }) => {
        fieldConfig.defaults.unit = 'ms';
        fieldConfig.defaults.thresholds.steps.splice(1, 1, { value: 500, color: '#D55E00' });
      }),
      [
        'panel "Query time p95, all and by operation"  threshold line 500 ms → 500 ms',
        'panel "Query time p95, all and by operation"  unit s → ms',
      ],
      ['- **User Service**: panel *Query time p95, all and by operation*: threshold line 500 ms → 500 ms, unit s → ms'],
    ],
    [
      'a threshold more',
      withPanel(({ fieldConfig }) => fieldConfig.defaults.thresholds.steps.push({ value: 2, color: 'red' })),
      ['panel "Query time p95, all and by operation"  threshold line 2 s added'],
      ['- **User Service**: panel *Query time p95, all and by operation*: threshold line 2 s added'],
    ],
    [
      'a threshold in another colour',
      withPanel(({ fieldConfig }) => {
        const step = fieldConfig.defaults.thresholds.steps[1];
        if (step !== undefined) step.color = 'red';
      }),
      ['panel "Query time p95, all and by operation"  colour of threshold line 500 ms: #D55E00 → red'],
      [
        '- **User Service**: panel *Query time p95, all and by operation*: colour of threshold line 500 ms: #⁠D55E00 → red',
      ],
    ],
    [
      'query: a matcher',
      withQuery((expr) => expr.replace('instance=~"$instance"', 'instance="a"')),
      ['panel "Query time p95, all and by operation"  query B: matcher instance=~"$instance" → instance="a"'],
      [
        '- **User Service**: panel *Query time p95, all and by operation*: query B: `matcher instance=~"$instance" → instance="a"`',
      ],
    ],
    [
      'query: a function',
      withQuery((expr) => expr.replace('rate(', 'increase(')),
      ['panel "Query time p95, all and by operation"  query B: function rate → increase'],
      ['- **User Service**: panel *Query time p95, all and by operation*: query B: `function rate → increase`'],
    ],
    [
      'query: a range',
      withQuery((expr) => expr.replace('$__rate_interval', '5m')),
      ['panel "Query time p95, all and by operation"  query B: range $__rate_interval → 5m'],
      ['- **User Service**: panel *Query time p95, all and by operation*: query B: `range $__rate_interval → 5m`'],
    ],
    [
      'query: a quantile',
      withQuery((expr) => expr.replace('0.95', '0.99')),
      ['panel "Query time p95, all and by operation"  query B: quantile 0.95 → 0.99'],
      ['- **User Service**: panel *Query time p95, all and by operation*: query B: `quantile 0.95 → 0.99`'],
    ],
    [
      'query: layout alone',
      withQuery((expr) => expr.replaceAll(',', ' , ')),
      ['panel "Query time p95, all and by operation"  query B laid out anew, the same in meaning'],
      ['- **User Service**: panel *Query time p95, all and by operation*: query B laid out anew, the same in meaning'],
    ],
    [
      'query: added',
      withPanel(({ targets }) => targets.push({ refId: 'Z', expr: 'up', legendFormat: '' })),
      ['panel "Query time p95, all and by operation"  query Z added'],
      ['- **User Service**: panel *Query time p95, all and by operation*: query Z added'],
    ],
    [
      'query: another setting',
      withPanel(({ targets }) => Object.assign(targets[0] ?? {}, { instant: true })),
      ['panel "Query time p95, all and by operation"  query A: instant off → on'],
      ['- **User Service**: panel *Query time p95, all and by operation*: query A: `instant off → on`'],
    ],
    [
      'legend of a query',
      withPanel(({ targets }) => Object.assign(targets[0] ?? {}, { legendFormat: 'all' })),
      ['panel "Query time p95, all and by operation"  legend of query A all queries → all'],
      ['- **User Service**: panel *Query time p95, all and by operation*: legend of query A all queries → all'],
    ],
    [
      'legend of a panel',
      withPanel(({ options }) => Object.assign(options.legend, { calcs: ['max'], placement: 'right' })),
      [
        'panel "Query time p95, all and by operation"  legend values none → max',
        'panel "Query time p95, all and by operation"  legend placement bottom → right',
      ],
      [
        '- **User Service**: panel *Query time p95, all and by operation*: legend values none → max, legend placement bottom → right',
      ],
    ],
    [
      'description',
      withPanel((panel) => (panel.description = panel.description.replace('one query', 'a query'))),
      ['panel "Query time p95, all and by operation"  description "… was one query …" → "… was a query …"'],
      [
        '- **User Service**: panel *Query time p95, all and by operation*: description "… was one query …" → "… was a query …"',
      ],
    ],
    [
      'data source',
      withPanel((panel) => (panel.datasource = { type: 'loki', uid: 'x' })),
      ['panel "Query time p95, all and by operation"  data source ${datasource} → x'],
      ['- **User Service**: panel *Query time p95, all and by operation*: data source <span>$</span>{datasource} → x'],
    ],
    [
      'override',
      withPanel(({ fieldConfig }) =>
        fieldConfig.overrides.push({ matcher: { id: 'byName', options: 'x' }, properties: [] }),
      ),
      ['panel "Query time p95, all and by operation"  override of series "x" added'],
      ['- **User Service**: panel *Query time p95, all and by operation*: override of series "x" added'],
    ],
    [
      'override: a setting',
      withOverride({ id: 'custom.lineWidth', value: 1 }, { id: 'custom.lineWidth', value: 3 }),
      ['panel "Query time p95, all and by operation"  override of series "all queries": line width 1 → 3'],
      [
        '- **User Service**: panel *Query time p95, all and by operation*: override of series "all queries": line width 1 → 3',
      ],
    ],
    [
      'transformation',
      withPanel((panel) => (panel.transformations = [{ id: 'merge', options: {} }])),
      ['panel "Query time p95, all and by operation"  transformations added'],
      ['- **User Service**: panel *Query time p95, all and by operation*: transformations added'],
    ],
    [
      'a setting of the panel',
      withPanel(({ fieldConfig }) => Object.assign(fieldConfig.defaults, { decimals: 2, custom: { fillOpacity: 40 } })),
      [
        'panel "Query time p95, all and by operation"  threshold lines drawn dashed removed',
        'panel "Query time p95, all and by operation"  axis down to at least 0 s removed',
        'panel "Query time p95, all and by operation"  fill opacity 0 → 40',
        'panel "Query time p95, all and by operation"  line width 2 removed',
        'panel "Query time p95, all and by operation"  show points never removed',
        'panel "Query time p95, all and by operation"  span nulls 120000 removed',
        'panel "Query time p95, all and by operation"  decimals 2 added',
      ],
      [
        '- **User Service**: panel *Query time p95, all and by operation*: threshold lines drawn dashed removed, axis down to at least 0 s removed, fill opacity 0 → 40, line width 2 removed, show points never removed, span nulls 120000 removed, decimals 2 added',
      ],
    ],
    [
      'a new id',
      withPanel((panel) => (panel.id = 4)),
      ['panel "Query time p95, all and by operation"  has a new id: links to it break'],
      ['- **User Service**: panel *Query time p95, all and by operation*: has a new id: links to it break'],
    ],
    [
      'variable',
      withBoard(({ templating }) => Object.assign(templating.list[1] ?? {}, { query: 'x' })),
      [
        'variable instance: query "label_values(http_server_request_duration_seconds_count{job="shop/user-service"} …" → "x"',
      ],
      [
        '- **User Service**: variable instance: query "label\\_values(http\\_server\\_request\\_duration\\_seconds\\_count{job="shop/user-service"} …" → "x"',
      ],
    ],
    [
      'annotation',
      withBoard(({ annotations }) => annotations.list.pop()),
      ['annotation Version changes removed'],
      ['- **User Service**: annotation Version changes removed'],
    ],
    [
      'link',
      withBoard(({ links }) => Object.assign(links[0] ?? {}, { url: 'https://x' })),
      ['link Overview: address /d/shop-overview → https://x'],
      ['- **User Service**: link Overview: address /d/shop-overview → https://x'],
    ],
    [
      'time range',
      withBoard((spec) => (spec.time = { from: 'now-1h', to: 'now' })),
      ['time range from now-3h → now-1h'],
      ['- **User Service**: time range from now-3h → now-1h'],
    ],
    [
      'condition',
      withRule(() => ({ expr: 'vector(1)' })),
      ['! ServiceQueryP95High, user-service', 'condition changed'],
      ['| ServiceQueryP95High | user-service | condition changed |'],
    ],
    [
      'condition: layout alone',
      withRule(({ expr }) => ({ expr: expr.replace(' > ', '  >  ').replace('(', '( ') })),
      ['! ServiceQueryP95High, user-service', 'condition laid out anew, the same in meaning'],
      ['| ServiceQueryP95High | user-service | condition laid out anew, the same in meaning |'],
    ],
    [
      'threshold',
      withRule(() => ({ threshold: 0.25 })),
      ['! ServiceQueryP95High, user-service', 'threshold 500 ms → 250 ms'],
      ['| ServiceQueryP95High | user-service | threshold 500 ms → 250 ms |'],
    ],
    [
      'comparison',
      withRule(() => ({ comparison: 'gte' })),
      ['! ServiceQueryP95High, user-service', 'fires above → at least'],
      ['| ServiceQueryP95High | user-service | fires above → at least |'],
    ],
    [
      'for',
      withRule(() => ({ for: '2m' })),
      ['! ServiceQueryP95High, user-service', 'for 5m → 2m'],
      ['| ServiceQueryP95High | user-service | for 5m → 2m |'],
    ],
    [
      'window',
      withRule(({ expr }) => ({ expr: expr.replaceAll('[30m]', '[1h]') })),
      ['! ServiceQueryP95High, user-service', 'window 30m → 1h'],
      ['| ServiceQueryP95High | user-service | window 30m → 1h |'],
    ],
    [
      'severity',
      withRule(({ labels }) => ({ severity: 'critical', labels: { ...labels, severity: 'critical' } })),
      ['! ServiceQueryP95High, user-service', 'severity warning → critical'],
      ['| ServiceQueryP95High | user-service | severity warning → critical |'],
    ],
    [
      'routing',
      withRule(({ notification }) => ({ notification: { ...notification, receiver: 'shop-on-call' } })),
      ['! ServiceQueryP95High, user-service', 'receiver shop-chat → shop-on-call'],
      ['| ServiceQueryP95High | user-service | receiver shop-chat → shop-on-call |'],
    ],
    [
      'grouping',
      withRule(({ notification }) => ({ notification: { ...notification, groupBy: ['service'] } })),
      ['! ServiceQueryP95High, user-service', 'grouping by alertname, grafana_folder, system → service'],
      ['| ServiceQueryP95High | user-service | grouping by alertname, grafana\\_folder, system → service |'],
    ],
    [
      'states',
      withRule(() => ({ noDataState: 'Alerting', missingSeriesEvalsToResolve: 9, evaluationInterval: '5m' })),
      [
        '! ServiceQueryP95High, user-service',
        'evaluated every 1m → 5m',
        'evaluations without its series until it resolves: 5 → 9',
        'without data KeepLast → Alerting',
      ],
      [
        '| ServiceQueryP95High | user-service | evaluated every 1m → 5m<br>evaluations without its series until it resolves: 5 → 9<br>without data KeepLast → Alerting |',
      ],
    ],
    [
      'paused',
      withRule(() => ({ paused: true })),
      ['! ServiceQueryP95High, user-service', 'paused: it tells nobody'],
      ['| ServiceQueryP95High | user-service | paused: it tells nobody |'],
    ],
    [
      'labels',
      withRule(({ labels }) => ({ labels: { ...labels, team: 'other' } })),
      ['! ServiceQueryP95High, user-service', 'label team identity → other'],
      ['| ServiceQueryP95High | user-service | label team identity → other |'],
    ],
    [
      'linked panel',
      withRule(() => ({ panelId: 1 })),
      ['! ServiceQueryP95High, user-service', 'linked panel changed'],
      ['| ServiceQueryP95High | user-service | linked panel changed |'],
    ],
    [
      'texts',
      withRule(({ annotations }) => ({ annotations: { ...annotations, summary: 'Queries are slow' } })),
      [
        '~ ServiceQueryP95High (user-service)',
        'summary "User Service: p95 query time is {{value}}" → "Queries are slow"',
      ],
      [
        '- **ServiceQueryP95High (user-service)**: summary "User Service: p95 query time is {{value}}" → "Queries are slow"',
      ],
    ],
    [
      'runbook',
      withRule(({ annotations }) => ({ annotations: { ...annotations, runbook_url: 'https://x' } })),
      [
        '~ ServiceQueryP95High (user-service)',
        'runbook https://github.com/example/grafana-as-code/blob/main/alerts/runbooks/ServiceQueryP95High.md → https://x',
      ],
      [
        '- **ServiceQueryP95High (user-service)**: runbook https://github.com/example/grafana-as-code/blob/main/alerts/runbooks/ServiceQueryP95High.md → https://x',
      ],
    ],
    [
      'contact point',
      reportOf((resource) =>
        resource.kind === 'contact-point' && resource.uid === 'shop-chat'
          ? {
              ...resource,
              contactPoint: {
                name: 'shop-chat',
                integrations: [{ type: 'slack', settings: { url: { secret: 'OTHER_WEBHOOK' } } }],
              },
            }
          : resource,
      ),
      ['! contact point shop-chat', 'integration slack: url from the secret SLACK_WEBHOOK_URL → OTHER_WEBHOOK'],
      [
        '| contact point shop-chat | – | integration slack: url from the secret SLACK\\_WEBHOOK\\_URL → OTHER\\_WEBHOOK |',
      ],
    ],
    [
      'folder',
      reportOf((resource) => (resource.kind === 'folder' ? { ...resource, title: 'Bank' } : resource)),
      ['! folder Bank', 'title Shop → Bank'],
      ['| folder Bank | – | title Shop → Bank |'],
    ],
  ])('%s', (_, report, text, comment) => {
    expect(saidOf(report)).toEqual([text, comment]);
    expect(renderDiffHtml(report)).toContain('<h1>Grafana changes: 1 ');
  });
});

describe('a diff', () => {
  test('of the same code says so', () => {
    const report = buildDiff(before, before, BASE);
    expect(report.changes).toEqual([]);
    expect(renderDiffText(report)).toBe(
      'Changes against origin/main (3f2a9c1): none. All 44 rules, dashboards, contact points and folders are the same.',
    );
    expect(renderDiffMarkdown(report)).toContain('Dashboards, alerts and contact points stay as they are.');
  });

  test('tells the same change of many dashboards once', () => {
    const report = reportOf((resource) =>
      resource.kind === 'dashboard' && resource.service !== undefined
        ? { ...resource, spec: { ...resource.spec, refresh: '5m' } }
        : resource,
    );
    expect(renderDiffMarkdown(report)).toContain(
      '- **API Gateway**, **Order Service**, **User Service** (the same change): refresh 1m → 5m',
    );
  });

  test('tells the alerts of a new service together: whom each tells, and when', () => {
    const report = buildDiff(before, compared(desiredOf([...shopServices, aService()])), BASE);
    const text = renderDiffText(report);
    expect(text).toContain('! 12 alerts, payments');
    expect(text).toContain('ServicePoolWaiting: new: critical, to shop-on-call, above 0 for 2m');
    expect(text).toContain('+ added Payments');
    expect(text).toContain('row "Payments"');
  });

  test('says that nobody is told any more when alerts are removed, and who was, at the top', () => {
    const report = buildDiff(
      before,
      before.filter(({ uid }) => uid !== 'shop-user-service-pool'),
      BASE,
    );
    expect(renderDiffMarkdown(report)).toContain(
      '| ServicePoolSaturated | user-service | removed: nobody is told any more (was warning, to shop-chat, at least 75 % for 2m) |',
    );
  });

  test('shows settings that are numbers, lists and switches as people say them, not as keys of JSON', () => {
    const [text] = saidOf(
      withPanel(({ fieldConfig, options }) => {
        Object.assign(fieldConfig.defaults, { decimals: 2, links: [{ title: 'Runbook', url: 'https://x' }] });
        Object.assign(options, { tooltip: { mode: 'single' } });
        Object.assign(options.legend, { showLegend: false });
      }),
    );
    expect(text).toEqual([
      `panel "${PANEL}"  decimals 2 added`,
      `panel "${PANEL}"  data links added`,
      `panel "${PANEL}"  legend shown on → off`,
      `panel "${PANEL}"  tooltip mode multi → single`,
      `panel "${PANEL}"  tooltip sort desc removed`,
    ]);
  });

  test('names the row of a panel whose title stands in several', () => {
    const report = reportOf((resource) => {
      if (resource.kind !== 'dashboard' || resource.uid !== 'shop-overview') return resource;
      const spec = structuredClone(resource.spec) as unknown as Board;
      const panel = spec.panels.filter(({ title }) => title === 'latency p95').at(1);
      if (panel !== undefined) panel.description = 'x';
      return { ...resource, spec: spec as unknown as JsonObject };
    });
    expect(renderDiffText(report)).toContain('panel "latency p95" in row "User Service"  description');
  });

  test('tells rows that change places, and nothing of the panels in them', () => {
    const [text] = saidOf(
      withBoard((spec) => {
        const top = spec.panels.findIndex(({ title }) => title.startsWith('Pools:'));
        const [pools, queries] = ['Pools:', 'Queries:'].map((name) =>
          spec.panels.findIndex(({ title }) => title.startsWith(name)),
        ) as [number, number];
        const end = spec.panels.findIndex(({ title }) => title.startsWith('Dependencies:'));
        const shift = (panels: readonly Panel[], by: number) =>
          panels.map((panel) => ({ ...panel, gridPos: { ...panel.gridPos, y: panel.gridPos.y + by } }));
        const [first, second] = [spec.panels.slice(pools, queries), spec.panels.slice(queries, end)];
        spec.panels = [
          ...spec.panels.slice(0, top),
          ...shift(second, -17),
          ...shift(first, 17),
          ...spec.panels.slice(end),
        ];
      }),
    );
    expect(text).toEqual([
      expect.stringMatching(/^row "Pools: room left before requests fail" {2}moved, now above row "Dependencies/),
      expect.stringMatching(/^\d+ panels {2}made room for others$/),
    ]);
  });

  test('tells a row that is folded up as that, though its panels stand elsewhere in the file', () => {
    const [text] = saidOf(
      withBoard((spec) => {
        const row = spec.panels.findIndex(({ title }) => title.startsWith('Resources:'));
        const inner = spec.panels.splice(row + 1);
        Object.assign(spec.panels[row] ?? {}, { collapsed: true, panels: inner });
      }),
    );
    expect(text).toEqual(['row "Resources: last, because they told nothing on 2025-12-15"  collapsed']);
  });

  test('of settings of whole dashboards tells each', () => {
    const report = reportOf((resource) =>
      resource.kind === 'dashboard' ? { ...resource, spec: { ...resource.spec, weekStart: 'monday' } } : resource,
    );
    for (const { edits, meanings } of report.changes) expect(meanings.length).toBe(edits.length);
  });

  test.each([
    ['a limit', withRule(() => ({ threshold: 0.25 })), true],
    ['a label', withRule(({ labels }) => ({ labels: { ...labels, team: 'x' } })), true],
    ['a text', withRule(({ annotations }) => ({ annotations: { ...annotations, summary: 'x' } })), false],
    ['how long it keeps firing', withRule(() => ({ keepFiringFor: '9m' as const })), false],
  ])('of %s says whether an active alert starts anew', (_, report, restarts) => {
    const sentence = 'Grafana starts the state of ServiceQueryP95High anew';
    for (const text of [renderDiffText(report), renderDiffMarkdown(report), renderDiffHtml(report)])
      expect(text.includes(sentence)).toBe(restarts);
  });

  describe('of a renamed service', () => {
    const users = aService({ id: 'user', title: 'Users', team: 'identity' });
    const people = aService({ id: 'people', title: 'Users', team: 'identity' });
    const others = [
      aService({ id: 'user-files', title: 'Files', dependencies: [{ service: 'user' }] }),
      aService({ id: 'user-files', title: 'Files', dependencies: [{ service: 'people' }] }),
    ] as const;
    const report = buildDiff(compared(desiredOf([users, others[0]])), compared(desiredOf([people, others[1]])), BASE);

    test('tells it as renamed, not as removed and added', () => {
      const actions = new Map(report.changes.map(({ action, uid }) => [uid, action]));
      expect(actions.get('shop-people')).toBe('renamed');
      expect(actions.get('shop-people-latency')).toBe('renamed');
      expect([...actions.values()]).not.toContain('added');
      expect([...actions.values()]).not.toContain('removed');
    });

    test('says that paging is affected, and by which expressions', () => {
      const text = renderDiffText(report);
      expect(text).not.toContain('Paging is not affected');
      expect(text).toContain('its service was user before: an active alert resolves and fires again');
      expect(text).toContain('condition: matcher job="shop/user" → job="shop/people"');
    });

    test('leaves the names of others alone that begin like it', () => {
      const files = report.changes.find(({ uid }) => uid === 'shop-user-files');
      expect(JSON.stringify(files?.meanings ?? [])).not.toContain('people-files');
    });

    test('shows all of it when only that service is asked for, by either name', () => {
      const of = (service: string) =>
        buildDiff(compared(desiredOf([users])), compared(desiredOf([people])), BASE, service);
      expect(of('people').changes).toEqual(of('user').changes);
      expect(of('people').changes).toHaveLength(13);
    });
  });

  test('tells a rule whose UID alone changed as renamed', () => {
    const report = reportOf((resource) =>
      resource.kind === 'rule' && resource.uid === 'shop-user-service-query'
        ? {
            ...resource,
            uid: 'shop-user-service-queries',
            rule: { ...resource.rule, uid: 'shop-user-service-queries' },
          }
        : resource,
    );
    expect(report.changes).toMatchObject([{ action: 'renamed', formerUid: 'shop-user-service-query' }]);
    expect(renderDiffMarkdown(report)).toContain('new UID, was shop-user-service-query: an active alert resolves');
  });

  test('of two services that are nothing alike tells one as removed and one as added', () => {
    const report = buildDiff(
      compared(desiredOf([aService({ id: 'old', title: 'Old' })])),
      compared(
        desiredOf([
          aService({
            id: 'new',
            title: 'New',
            databases: [],
            pools: [],
            metrics: {
              ...aService({ id: 'new' }).metrics,
              server: { ...aService({ id: 'new' }).metrics.server, matchers: ['app="n"', 'cluster="x"'] },
            },
          }),
        ]),
      ),
      BASE,
    );
    expect(new Set(report.changes.filter(({ uid }) => uid !== 'shop-overview').map(({ action }) => action))).toEqual(
      new Set(['added', 'removed']),
    );
  });

  test('without effect on paging says so', () => {
    const quiet = withPanel((panel) => (panel.description = 'Another one.'));
    expect(renderDiffMarkdown(quiet)).toContain('**Paging is not affected**');
    expect(renderDiffText(quiet)).toContain('Paging is not affected.');
    expect(renderDiffHtml(withPanel((panel) => (panel.description = 'Another one.')))).toContain(
      'Nobody is paged more, less, earlier or later.',
    );
  });

  test('shows beside a changed alert what the replay of the incident says', () => {
    const report = {
      ...withRule(() => ({ for: '2m' as const })),
      replay: {
        notes: [{ alert: 'ServiceQueryP95High', service: 'user-service', text: 'would fire 14:24 instead of 14:27' }],
        summary: 'Replay: all expectations hold in 21 scenarios.',
        broken: [],
      },
    };
    const markdown = renderDiffMarkdown(report);
    expect(markdown).toContain('| alert | service | change | in the incident of 2025-12-15 |');
    expect(markdown).toContain(
      '| ServiceQueryP95High | user-service | for 5m → 2m | would fire 14:24 instead of 14:27 |',
    );
    expect(markdown).toContain('Replay: all expectations hold in 21 scenarios.');
    expect(renderDiffHtml(report)).toContain('<td>would fire 14:24 instead of 14:27</td>');
  });

  test('lists what the replay found broken, and says so where nothing was replayed', () => {
    const change = withRule(() => ({ for: '2m' as const }));
    const broken = ['incident-linear: ServiceQueryP95High of user-service: expected fires, seen stays silent'];
    const report = { ...change, replay: { notes: [], summary: 'Replay: 1 expectation is broken.', broken } };
    for (const text of [renderDiffText(report), renderDiffMarkdown(report), renderDiffHtml(report)]) {
      expect(text).toContain('Replay: 1 expectation is broken.');
      expect(text).toContain(broken[0]);
    }
    for (const text of [renderDiffText(change), renderDiffMarkdown(change), renderDiffHtml(change)])
      expect(text).toContain('Not replayed: npm run replay -- --against 3f2a9c1');
  });

  test('shows a long query around what changed, and leaves the rest out', () => {
    const report = buildDiff(
      before,
      compared(
        desiredOf(
          edited('user-service', ({ thresholds }) => ({
            thresholds: { ...thresholds, poolUtilisation: { atLeast: { unit: 'ratio', value: 0.8 }, for: '2m' } },
          })),
        ),
      ),
      BASE,
    );
    const details = /```diff\n([\s\S]*?)```/.exec(renderDiffMarkdown(report))?.[1] ?? '';
    expect(details).toContain('-  ) >= bool 0.75\n+  ) >= bool 0.8');
    expect(details.split('\n').length).toBeLessThan(20);
  });

  test('is the same for the same input', () => {
    const render = () =>
      renderDiffMarkdown(buildDiff([...before].reverse(), compared(desiredOf(shopServices.slice(1))), BASE));
    expect(render()).toBe(renderDiffMarkdown(buildDiff(before, compared(desiredOf(shopServices.slice(1))), BASE)));
  });
});

describe('a comment that would be too long', () => {
  const many = buildDiff(
    before,
    compared(
      desiredOf([
        ...Array.from({ length: 12 }, (_, index) => aService({ id: `new-${index}` })),
        ...shopServices.map((service) => ({
          ...service,
          team: 'x',
          metrics: { ...service.metrics, server: { ...service.metrics.server, matchers: [`job="${service.id}"`] } },
        })),
      ]),
    ),
    BASE,
  );

  test('is cut to the limit, details first, and says what was cut', () => {
    const whole = renderDiffMarkdown(many);
    for (const limit of [65_536, 20_000, 8000]) {
      const cut = renderDiffMarkdown(many, { limit, fullReport: 'artifact grafana-diff' });
      expect(cut.length).toBeLessThanOrEqual(limit);
      expect(cut).toContain('**Affects paging**');
      if (whole.length > limit)
        expect(cut).toMatch(/_Cut to fit: (\d+ [a-z ]+, )*\d+ [a-z ]+\. The whole report: artifact grafana-diff\._/);
    }
  });

  test('keeps the beginning even where only that fits', () => {
    const cut = renderDiffMarkdown(many, { limit: 600 });
    expect(cut.length).toBeLessThanOrEqual(600);
    expect(cut).toContain('### Grafana changes:');
    expect(cut).toMatch(/_Cut to fit: \d+ changes that affect paging, /);
    expect(cut).toContain('Compared with `origin/main`');
  });
});

describe('the HTML page', () => {
  const page = renderDiffHtml(
    withPanel((panel) => Object.assign(panel, { title: '<script>alert(1)</script>', description: 'x' })),
  );

  test('needs nothing from elsewhere', () => {
    expect(page).not.toMatch(/(?:src|href)="(?!#)/);
    expect(page).not.toContain('@import');
  });

  test('shows titles as text, whatever is in them', () => {
    expect(page).not.toContain('<script>');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  test('draws each panel to scale before and after, and marks what changed', () => {
    const boards = [...page.matchAll(/<div class="board" style="height:(\d+)px">/g)];
    expect(boards).toHaveLength(2);
    expect(page.match(/<div class="changed"/g)).toHaveLength(2);
    expect(page).toMatch(/class="same" style="left:50%;top:\d+px;width:50%;height:104px"/);
  });

  test('marks whole numbers in a changed query, not digits of them', () => {
    const changed = withPanel(({ targets }) =>
      targets.splice(1, 1, {
        ...(targets[1] as Panel['targets'][number]),
        expr: (targets[1]?.expr ?? '').replace('0.95', '0.99'),
      }),
    );
    expect(renderDiffHtml(changed)).toContain('<del>0.95</del><ins>0.99</ins>');
  });

  test('follows the reader’s choice of dark or light', () => {
    expect(page).toContain('prefers-color-scheme:dark');
  });
});

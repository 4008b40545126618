import { describe, expect, test } from 'vitest';
import type { DiffReport } from '../../src/model/diff-report.ts';
import { renderDiffHtml } from '../../src/report/index.ts';
import {
  PANEL,
  type Panel,
  reportOf,
  saidOf,
  swap,
  withBoard,
  withOverride,
  withPanel,
  withQuery,
  withRule,
} from '../support/diffs.ts';

describe('every kind of change, as it stands in a terminal and in a comment', () => {
  test.each<[string, DiffReport, string[], string[]]>([
    [
      'added',
      withBoard(({ panels }) => panels.push({ ...(panels.at(-1) as Panel), id: 7, title: 'New' })),
      ['panel "New"  added to row "Resources: last, because waiting costs no processor time"'],
      ['- **User Account**: panel *New*: added to row "Resources: last, because waiting costs no processor time"'],
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
      ['- **User Account**: row *New row*: added'],
    ],
    [
      'removed',
      withBoard((spec) => (spec.panels = spec.panels.filter(({ title }) => title !== PANEL))),
      ['panel "Query time p95, all and by operation"  removed'],
      ['- **User Account**: panel *Query time p95, all and by operation*: removed'],
    ],
    [
      'moved to another row',
      withPanel(({ gridPos }) => (gridPos.y = 20)),
      [
        'panel "Query time p95, all and by operation"  moved from row "Queries: users (postgresql)" to row "Latency: how long users wait"',
      ],
      [
        '- **User Account**: panel *Query time p95, all and by operation*: moved from row "Queries: users (postgresql)" to row "Latency: how long users wait"',
      ],
    ],
    [
      'moved within its row',
      withPanel(({ gridPos }) => (gridPos.x = 2)),
      ['panel "Query time p95, all and by operation"  moved within its row'],
      ['- **User Account**: panel *Query time p95, all and by operation*: moved within its row'],
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
        '- **User Account**',
        '- panel *Failed queries*: width 6 → 12',
        '- panel *Queries by operation*: moved within its row',
        '- panel *Query time p95, all and by operation*: moved within its row, width 12 → 6',
      ],
    ],
    [
      'resized',
      withPanel(({ gridPos }) => (gridPos.w = 8)),
      ['panel "Query time p95, all and by operation"  width 12 → 8'],
      ['- **User Account**: panel *Query time p95, all and by operation*: width 12 → 8'],
    ],
    [
      'retitled',
      withPanel((panel) => (panel.title = 'Queries')),
      ['panel "Queries"  title "Query time p95, all and by operation" → "Queries"'],
      ['- **User Account**: panel *Queries*: title "Query time p95, all and by operation" → "Queries"'],
    ],
    [
      'unit',
      withPanel(({ fieldConfig }) => (fieldConfig.defaults.unit = 'ms')),
      ['panel "Query time p95, all and by operation"  unit s → ms'],
      ['- **User Account**: panel *Query time p95, all and by operation*: unit s → ms'],
    ],
    [
      'thresholds, in their unit',
      withPanel(({ fieldConfig }) =>
        fieldConfig.defaults.thresholds.steps.splice(1, 1, { value: 0.25, color: '#D55E00' }),
      ),
      ['panel "Query time p95, all and by operation"  threshold line 500 ms → 250 ms'],
      ['- **User Account**: panel *Query time p95, all and by operation*: threshold line 500 ms → 250 ms'],
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
      ['- **User Account**: panel *Query time p95, all and by operation*: threshold line 500 ms → 500 ms, unit s → ms'],
    ],
    [
      'a threshold more',
      withPanel(({ fieldConfig }) => fieldConfig.defaults.thresholds.steps.push({ value: 2, color: 'red' })),
      ['panel "Query time p95, all and by operation"  threshold line 2 s added'],
      ['- **User Account**: panel *Query time p95, all and by operation*: threshold line 2 s added'],
    ],
    [
      'a threshold in another colour',
      withPanel(({ fieldConfig }) => {
        const step = fieldConfig.defaults.thresholds.steps[1];
        if (step !== undefined) step.color = 'red';
      }),
      ['panel "Query time p95, all and by operation"  colour of threshold line 500 ms: #D55E00 → red'],
      [
        '- **User Account**: panel *Query time p95, all and by operation*: colour of threshold line 500 ms: #⁠D55E00 → red',
      ],
    ],
    [
      'query: a matcher',
      withQuery((expr) => expr.replace('instance=~"$instance"', 'instance="a"')),
      ['panel "Query time p95, all and by operation"  query B: matcher instance=~"$instance" → instance="a"'],
      [
        '- **User Account**: panel *Query time p95, all and by operation*: query B: `matcher instance=~"$instance" → instance="a"`',
      ],
    ],
    [
      'query: a function',
      withQuery((expr) => expr.replace('rate(', 'increase(')),
      ['panel "Query time p95, all and by operation"  query B: function rate → increase'],
      ['- **User Account**: panel *Query time p95, all and by operation*: query B: `function rate → increase`'],
    ],
    [
      'query: a range',
      withQuery((expr) => expr.replace('$__rate_interval', '5m')),
      ['panel "Query time p95, all and by operation"  query B: range $__rate_interval → 5m'],
      ['- **User Account**: panel *Query time p95, all and by operation*: query B: `range $__rate_interval → 5m`'],
    ],
    [
      'query: a quantile',
      withQuery((expr) => expr.replace('0.95', '0.99')),
      ['panel "Query time p95, all and by operation"  query B: quantile 0.95 → 0.99'],
      ['- **User Account**: panel *Query time p95, all and by operation*: query B: `quantile 0.95 → 0.99`'],
    ],
    [
      'query: layout alone',
      withQuery((expr) => expr.replaceAll(',', ' , ')),
      ['panel "Query time p95, all and by operation"  query B whitespace only, the same in meaning'],
      [
        '- **User Account**: panel *Query time p95, all and by operation*: query B whitespace only, the same in meaning',
      ],
    ],
    [
      'query: added',
      withPanel(({ targets }) => targets.push({ refId: 'Z', expr: 'up', legendFormat: '' })),
      ['panel "Query time p95, all and by operation"  query Z added'],
      ['- **User Account**: panel *Query time p95, all and by operation*: query Z added'],
    ],
    [
      'query: another setting',
      withPanel(({ targets }) => Object.assign(targets[0] ?? {}, { instant: true })),
      ['panel "Query time p95, all and by operation"  query A: instant off → on'],
      ['- **User Account**: panel *Query time p95, all and by operation*: query A: instant off → on'],
    ],
    [
      'legend of a query',
      withPanel(({ targets }) => Object.assign(targets[0] ?? {}, { legendFormat: 'all' })),
      ['panel "Query time p95, all and by operation"  legend of query A all queries → all'],
      ['- **User Account**: panel *Query time p95, all and by operation*: legend of query A all queries → all'],
    ],
    [
      'legend of a panel',
      withPanel(({ options }) => Object.assign(options.legend, { calcs: ['max'], placement: 'right' })),
      [
        'panel "Query time p95, all and by operation"  legend values none → max',
        'panel "Query time p95, all and by operation"  legend placement bottom → right',
      ],
      [
        '- **User Account**: panel *Query time p95, all and by operation*: legend values none → max, legend placement bottom → right',
      ],
    ],
    [
      'description',
      withPanel((panel) => (panel.description = panel.description.replace('rises', 'climbs'))),
      ['panel "Query time p95, all and by operation"  description "… that rises alone …" → "… that climbs alone …"'],
      [
        '- **User Account**: panel *Query time p95, all and by operation*: description "… that rises alone …" → "… that climbs alone …"',
      ],
    ],
    [
      'data source',
      withPanel((panel) => (panel.datasource = { type: 'loki', uid: 'x' })),
      ['panel "Query time p95, all and by operation"  data source ${datasource} → x'],
      ['- **User Account**: panel *Query time p95, all and by operation*: data source <span>$</span>{datasource} → x'],
    ],
    [
      'override',
      withPanel(({ fieldConfig }) =>
        fieldConfig.overrides.push({ matcher: { id: 'byName', options: 'x' }, properties: [] }),
      ),
      ['panel "Query time p95, all and by operation"  override of series "x" added'],
      ['- **User Account**: panel *Query time p95, all and by operation*: override of series "x" added'],
    ],
    [
      'override: a setting',
      withOverride({ id: 'custom.lineWidth', value: 1 }, { id: 'custom.lineWidth', value: 3 }),
      ['panel "Query time p95, all and by operation"  override of series "all queries": line width 1 → 3'],
      [
        '- **User Account**: panel *Query time p95, all and by operation*: override of series "all queries": line width 1 → 3',
      ],
    ],
    [
      'transformation',
      withPanel((panel) => (panel.transformations = [{ id: 'merge', options: {} }])),
      ['panel "Query time p95, all and by operation"  transformations added'],
      ['- **User Account**: panel *Query time p95, all and by operation*: transformations added'],
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
        '- **User Account**: panel *Query time p95, all and by operation*: threshold lines drawn dashed removed, axis down to at least 0 s removed, fill opacity 0 → 40, line width 2 removed, show points never removed, span nulls 120000 removed, decimals 2 added',
      ],
    ],
    [
      'a new id',
      withPanel((panel) => (panel.id = 4)),
      ['panel "Query time p95, all and by operation"  has a new id: links to it break'],
      ['- **User Account**: panel *Query time p95, all and by operation*: has a new id: links to it break'],
    ],
    [
      'variable',
      withBoard(({ templating }) => Object.assign(templating.list[1] ?? {}, { query: 'x' })),
      [
        'variable instance: query "label_values(http_server_request_duration_seconds_count{job="bank/user-account"} …" → "x"',
      ],
      [
        '- **User Account**: variable instance: query "label\\_values(http\\_server\\_request\\_duration\\_seconds\\_count{job="bank/user-account"} …" → "x"',
      ],
    ],
    [
      'annotation',
      withBoard(({ annotations }) => annotations.list.pop()),
      ['annotation Version changes removed'],
      ['- **User Account**: annotation Version changes removed'],
    ],
    [
      'link',
      withBoard(({ links }) => Object.assign(links[0] ?? {}, { url: 'https://x' })),
      ['link Overview: address /d/bank-overview → https://x'],
      ['- **User Account**: link Overview: address /d/bank-overview → https:\u2060//x'],
    ],
    [
      'time range',
      withBoard((spec) => (spec.time = { from: 'now-1h', to: 'now' })),
      ['time range from now-3h → now-1h'],
      ['- **User Account**: time range from now-3h → now-1h'],
    ],
    [
      'condition',
      withRule(() => ({ expr: 'vector(1)' })),
      ['! ServiceQueryP95High, user-account (warning: bank-chat)', 'condition changed'],
      ['| ServiceQueryP95High | user-account | warning: bank-chat | condition changed |'],
    ],
    [
      'condition: layout alone',
      withRule(({ expr }) => ({ expr: expr.replace(' > ', '  >  ').replace('(', '( ') })),
      ['! ServiceQueryP95High, user-account (warning: bank-chat)', 'condition whitespace only, the same in meaning'],
      ['| ServiceQueryP95High | user-account | warning: bank-chat | condition whitespace only, the same in meaning |'],
    ],
    [
      'threshold',
      withRule(() => ({ threshold: 0.25 })),
      ['! ServiceQueryP95High, user-account (warning: bank-chat)', 'threshold 500 ms → 250 ms'],
      ['| ServiceQueryP95High | user-account | warning: bank-chat | threshold 500 ms → 250 ms |'],
    ],
    [
      'comparison',
      withRule(() => ({ comparison: 'gte' })),
      ['! ServiceQueryP95High, user-account (warning: bank-chat)', 'fires above → at least'],
      ['| ServiceQueryP95High | user-account | warning: bank-chat | fires above → at least |'],
    ],
    [
      'for',
      withRule(() => ({ for: '2m' })),
      ['! ServiceQueryP95High, user-account (warning: bank-chat)', 'for 5m → 2m'],
      ['| ServiceQueryP95High | user-account | warning: bank-chat | for 5m → 2m |'],
    ],
    [
      'window',
      withRule(({ expr }) => ({ expr: expr.replaceAll('[30m]', '[1h]') })),
      ['! ServiceQueryP95High, user-account (warning: bank-chat)', 'window 30m → 1h'],
      ['| ServiceQueryP95High | user-account | warning: bank-chat | window 30m → 1h |'],
    ],
    [
      'severity',
      withRule(({ labels }) => ({ severity: 'critical', labels: { ...labels, severity: 'critical' } })),
      ['! ServiceQueryP95High, user-account (critical: bank-chat)', 'severity warning → critical'],
      ['| ServiceQueryP95High | user-account | critical: bank-chat | severity warning → critical |'],
    ],
    [
      'routing',
      withRule(({ notification }) => ({ notification: { ...notification, receiver: 'bank-on-call' } })),
      ['! ServiceQueryP95High, user-account (warning: bank-on-call)', 'receiver bank-chat → bank-on-call'],
      ['| ServiceQueryP95High | user-account | warning: bank-on-call | receiver bank-chat → bank-on-call |'],
    ],
    [
      'grouping',
      withRule(({ notification }) => ({ notification: { ...notification, groupBy: ['service'] } })),
      [
        '! ServiceQueryP95High, user-account (warning: bank-chat)',
        'grouping by alertname, grafana_folder, system → service',
      ],
      [
        '| ServiceQueryP95High | user-account | warning: bank-chat | grouping by alertname, grafana\\_folder, system → service |',
      ],
    ],
    [
      'states',
      withRule(() => ({ noDataState: 'Alerting', missingSeriesEvalsToResolve: 9, evaluationInterval: '5m' })),
      [
        '! ServiceQueryP95High, user-account (warning: bank-chat)',
        'evaluated every 1m → 5m',
        'evaluations without its series until it resolves: 5 → 9',
        'without data KeepLast → Alerting',
      ],
      [
        '| ServiceQueryP95High | user-account | warning: bank-chat | evaluated every 1m → 5m<br>evaluations without its series until it resolves: 5 → 9<br>without data KeepLast → Alerting |',
      ],
    ],
    [
      'paused',
      withRule(() => ({ paused: true })),
      ['! ServiceQueryP95High, user-account (warning: bank-chat)', 'paused: it notifies nobody'],
      ['| ServiceQueryP95High | user-account | warning: bank-chat | paused: it notifies nobody |'],
    ],
    [
      'labels',
      withRule(({ labels }) => ({ labels: { ...labels, team: 'other' } })),
      ['! ServiceQueryP95High, user-account (warning: bank-chat)', 'label team identity → other'],
      ['| ServiceQueryP95High | user-account | warning: bank-chat | label team identity → other |'],
    ],
    [
      'linked panel',
      withRule(() => ({ panelId: 1 })),
      ['! ServiceQueryP95High, user-account (warning: bank-chat)', 'linked panel changed'],
      ['| ServiceQueryP95High | user-account | warning: bank-chat | linked panel changed |'],
    ],
    [
      'texts',
      withRule(({ annotations }) => ({ annotations: { ...annotations, summary: 'Queries are slow' } })),
      [
        '~ ServiceQueryP95High (user-account)',
        'summary "User Account: p95 query time is {{value}}" → "Queries are slow"',
      ],
      [
        '- **ServiceQueryP95High (user-account)**: summary "User Account: p95 query time is {{value}}" → "Queries are slow"',
      ],
    ],
    [
      'runbook',
      withRule(({ annotations }) => ({ annotations: { ...annotations, runbook_url: 'https://x' } })),
      [
        '~ ServiceQueryP95High (user-account)',
        'runbook https://github.com/example/grafana-as-code/blob/main/alerts/runbooks/ServiceQueryP95High.md → https://x',
      ],
      [
        '- **ServiceQueryP95High (user-account)**: runbook https:\u2060//github.com/example/grafana-as-code/blob/main/alerts/runbooks/ServiceQueryP95High.md → https:\u2060//x',
      ],
    ],
    [
      'contact point',
      reportOf((resource) =>
        resource.kind === 'contact-point' && resource.uid === 'bank-chat'
          ? {
              ...resource,
              contactPoint: {
                name: 'bank-chat',
                integrations: [{ type: 'slack', settings: { url: { secret: 'OTHER_WEBHOOK' } } }],
              },
            }
          : resource,
      ),
      ['! contact point bank-chat', 'integration slack: url from the secret SLACK_WEBHOOK_URL → OTHER_WEBHOOK'],
      [
        '| contact point bank-chat | – | – | integration slack: url from the secret SLACK\\_WEBHOOK\\_URL → OTHER\\_WEBHOOK |',
      ],
    ],
    [
      'folder',
      reportOf((resource) => (resource.kind === 'folder' ? { ...resource, title: 'Acme' } : resource)),
      ['! folder Acme', 'title Bank → Acme'],
      ['| folder Acme | – | – | title Bank → Acme |'],
    ],
  ])('%s', (_, report, text, comment) => {
    expect(saidOf(report)).toEqual([text, comment]);
    expect(renderDiffHtml(report)).toContain('<h1>Grafana changes: 1 ');
  });
});

import { describe, expect, test } from 'vitest';
import { buildDiff, type Compared } from '../../src/diff/index.ts';
import type { AlertRule } from '../../src/model/alert-rule.ts';
import type { DiffReport } from '../../src/model/diff-report.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { renderDiffHtml, renderDiffMarkdown, renderDiffText } from '../../src/report/index.ts';
import { aService, desiredOf, edited, ownServices } from '../support/world.ts';

const BASE = { ref: 'origin/main', commit: '3f2a9c1000000000000000000000000000000000' };

function compared(desired = desiredOf()): readonly Compared[] {
  return desired.resources.filter((resource) => resource.kind === 'rule' || resource.kind === 'dashboard');
}

const before = compared();

/** The report of some resources changed. */
function reportOf(change: (resource: Compared) => Compared): DiffReport {
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
  targets: { refId: string; expr: string; legendFormat: string }[];
}

function withBoard(
  change: (spec: { panels: Panel[]; templating: { list: { name: string; query: string }[] } }) => unknown,
): DiffReport {
  return reportOf((resource) => {
    if (resource.kind !== 'dashboard' || resource.uid !== 'shop-user-service') return resource;
    const spec = structuredClone(resource.spec) as unknown as Parameters<typeof change>[0];
    change(spec);
    return { ...resource, spec: spec as unknown as JsonObject };
  });
}

/** Changes the panel of the query time. */
function withPanel(change: (panel: Panel) => unknown): DiffReport {
  return withBoard(({ panels }) => panels.filter(({ title }) => title === PANEL).map(change));
}

const PANEL = 'Query time p95, all and by operation';
const ROW = 'Queries: users (postgresql)';

describe('every kind of change, as it stands in a terminal and in a comment', () => {
  test.each<[string, DiffReport, string, string]>([
    [
      'added',
      withBoard(({ panels }) => panels.push({ ...(panels.at(-1) as Panel), id: 7, title: 'New' })),
      'panel "New"  added',
      'panel *New*: added',
    ],
    [
      'removed',
      withBoard((spec) => (spec.panels = spec.panels.filter(({ title }) => title !== PANEL))),
      `panel "${PANEL}"  removed`,
      `panel *${PANEL}*: removed`,
    ],
    [
      'moved to another row',
      withPanel(({ gridPos }) => (gridPos.y = 20)),
      `panel "${PANEL}"  moved from row "${ROW}" to row "Latency: how long users wait"`,
      `panel *${PANEL}*: moved from row "${ROW}" to row "Latency: how long users wait"`,
    ],
    [
      'moved within its row',
      withPanel(({ gridPos }) => (gridPos.x = 2)),
      `panel "${PANEL}"  moved within its row`,
      `panel *${PANEL}*: moved within its row`,
    ],
    [
      'resized',
      withPanel(({ gridPos }) => (gridPos.w = 8)),
      `panel "${PANEL}"  width 12 → 8`,
      `panel *${PANEL}*: width 12 → 8`,
    ],
    [
      'retitled',
      withPanel((panel) => (panel.title = 'Queries')),
      `panel "Queries"  title "${PANEL}" → "Queries"`,
      `panel *Queries*: title "${PANEL}" → "Queries"`,
    ],
    [
      'unit',
      withPanel(({ fieldConfig }) => (fieldConfig.defaults.unit = 'ms')),
      `panel "${PANEL}"  unit s → ms`,
      `panel *${PANEL}*: unit s → ms`,
    ],
    [
      'thresholds, in their unit',
      withPanel(({ fieldConfig }) =>
        fieldConfig.defaults.thresholds.steps.splice(1, 1, { value: 0.25, color: '#D55E00' }),
      ),
      `panel "${PANEL}"  threshold line 500 ms → 250 ms`,
      `panel *${PANEL}*: threshold line 500 ms → 250 ms`,
    ],
    [
      'query: a matcher',
      withPanel(({ targets }) =>
        targets.splice(1, 1, {
          ...(targets[1] as Panel['targets'][number]),
          expr: (targets[1]?.expr ?? '').replace('instance=~"$instance"', 'instance="a"'),
        }),
      ),
      `panel "${PANEL}"  query B: matcher instance=~"$instance" → instance="a"`,
      `panel *${PANEL}*: \`query B: matcher instance=~"$instance" → instance="a"\``,
    ],
    [
      'query: a function',
      withPanel(({ targets }) =>
        targets.splice(1, 1, {
          ...(targets[1] as Panel['targets'][number]),
          expr: (targets[1]?.expr ?? '').replace('rate(', 'increase('),
        }),
      ),
      `panel "${PANEL}"  query B: function rate → increase`,
      `panel *${PANEL}*: query B: function rate → increase`,
    ],
    [
      'query: a quantile',
      withPanel(({ targets }) =>
        targets.splice(1, 1, {
          ...(targets[1] as Panel['targets'][number]),
          expr: (targets[1]?.expr ?? '').replace('0.95', '0.99'),
        }),
      ),
      `panel "${PANEL}"  query B: quantile 0.95 → 0.99`,
      `panel *${PANEL}*: query B: quantile 0.95 → 0.99`,
    ],
    [
      'query: layout alone',
      withPanel(({ targets }) =>
        targets.splice(1, 1, {
          ...(targets[1] as Panel['targets'][number]),
          expr: (targets[1]?.expr ?? '').replaceAll(',', ' , '),
        }),
      ),
      `panel "${PANEL}"  query B laid out anew, the same in meaning`,
      `panel *${PANEL}*: query B laid out anew, the same in meaning`,
    ],
    [
      'legend',
      withPanel(({ targets }) =>
        targets.splice(0, 1, { ...(targets[0] as Panel['targets'][number]), legendFormat: 'all' }),
      ),
      `panel "${PANEL}"  legend of query A all queries → all`,
      `panel *${PANEL}*: legend of query A all queries → all`,
    ],
    [
      'description',
      withPanel((panel) => (panel.description = 'Another one.')),
      `panel "${PANEL}"  description changed`,
      `panel *${PANEL}*: description changed`,
    ],
    [
      'data source',
      withPanel((panel) => (panel.datasource = { type: 'loki', uid: 'x' })),
      `panel "${PANEL}"  data source changed`,
      `panel *${PANEL}*: data source changed`,
    ],
    [
      'override',
      withPanel(({ fieldConfig }) =>
        fieldConfig.overrides.push({ matcher: { id: 'byName', options: 'x' }, properties: [] }),
      ),
      `panel "${PANEL}"  override byName "x" added`,
      `panel *${PANEL}*: override byName "x" added`,
    ],
    [
      'transformation',
      withPanel((panel) => (panel.transformations = [{ id: 'merge', options: {} }])),
      `panel "${PANEL}"  transformations added`,
      `panel *${PANEL}*: transformations added`,
    ],
    [
      'a new id',
      withPanel((panel) => (panel.id = 4)),
      `panel "${PANEL}"  has a new id: links to it break`,
      `panel *${PANEL}*: has a new id: links to it break`,
    ],
    [
      'variable',
      withBoard(({ templating }) =>
        templating.list.splice(1, 1, { ...(templating.list[1] as { name: string }), query: 'x' }),
      ),
      'variable instance changed',
      'variable instance changed',
    ],
    [
      'condition',
      withRule(() => ({ expr: 'vector(1)' })),
      'condition changed',
      '| ServiceQueryP95High | user-service | condition changed |',
    ],
    [
      'threshold',
      withRule(() => ({ threshold: 0.25 })),
      'threshold 500 ms → 250 ms',
      '| ServiceQueryP95High | user-service | threshold 500 ms → 250 ms |',
    ],
    [
      'comparison',
      withRule(() => ({ comparison: 'gte' })),
      'fires above → at least',
      '| ServiceQueryP95High | user-service | fires above → at least |',
    ],
    ['for', withRule(() => ({ for: '2m' })), 'for 5m → 2m', '| ServiceQueryP95High | user-service | for 5m → 2m |'],
    [
      'window',
      withRule(({ expr }) => ({ expr: expr.replaceAll('[30m]', '[1h]') })),
      'window 30m → 1h',
      '| ServiceQueryP95High | user-service | window 30m → 1h |',
    ],
    [
      'severity',
      withRule(({ labels }) => ({ severity: 'critical', labels: { ...labels, severity: 'critical' } })),
      'severity warning → critical',
      '| ServiceQueryP95High | user-service | severity warning → critical |',
    ],
    [
      'routing',
      withRule(({ notification }) => ({ notification: { ...notification, receiver: 'shop-on-call' } })),
      'receiver shop-chat → shop-on-call',
      '| ServiceQueryP95High | user-service | receiver shop-chat → shop-on-call |',
    ],
    [
      'paused',
      withRule(() => ({ paused: true })),
      'paused false → true',
      '| ServiceQueryP95High | user-service | paused false → true |',
    ],
    [
      'labels',
      withRule(({ labels }) => ({ labels: { ...labels, team: 'other' } })),
      'label team identity → other',
      '- **ServiceQueryP95High (user-service)**: label team identity → other',
    ],
    [
      'runbook',
      withRule(({ annotations }) => ({ annotations: { ...annotations, runbook_url: 'https://x' } })),
      '/ServiceQueryP95High.md → https://x',
      '/ServiceQueryP95High.md → https://x',
    ],
  ])('%s', (_, report, line, comment) => {
    expect(renderDiffText(report)).toContain(line);
    expect(renderDiffMarkdown(report)).toContain(comment);
    expect(renderDiffHtml(report)).toContain('<h1>Grafana changes: 1 ');
  });
});

describe('a diff', () => {
  test('of the same code says so', () => {
    const report = buildDiff(before, before, BASE);
    expect(report.changes).toEqual([]);
    expect(renderDiffText(report)).toBe(
      'Changes against origin/main (3f2a9c1): none. 41 rules and dashboards are the same.',
    );
    expect(renderDiffMarkdown(report)).toContain('Dashboards and alerts stay as they are.');
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

  test('tells a new service in three lines', () => {
    const report = buildDiff(before, compared(desiredOf([...ownServices, aService()])), BASE);
    const text = renderDiffText(report);
    expect(text).toContain('12 alerts: ServiceCpuHigh, ServiceDegradationConfirmed,');
    expect(text).toContain('+ added Payments');
    expect(text).toContain('row "Payments"');
  });

  test('says that nobody is told any more when alerts are removed, at the top', () => {
    const report = buildDiff(
      before,
      before.filter(({ uid }) => uid !== 'shop-user-service-pool'),
      BASE,
    );
    expect(renderDiffMarkdown(report)).toContain(
      '| ServicePoolSaturated | user-service | removed: nobody is told any more |',
    );
  });

  test('tells a renamed service as renamed, not as removed and added', () => {
    const users = aService({ id: 'user-service', title: 'Users', team: 'identity' });
    const people = aService({ id: 'people', title: 'Users', team: 'identity' });
    const report = buildDiff(compared(desiredOf([users])), compared(desiredOf([people])), BASE);
    expect(
      new Set(report.changes.map(({ action, title }) => (title === 'System overview' ? 'overview' : action))),
    ).toEqual(new Set(['renamed', 'overview']));
    expect(renderDiffText(report)).toContain('renamed from shop-user-service');
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
      renderDiffMarkdown(buildDiff([...before].reverse(), compared(desiredOf(ownServices.slice(1))), BASE));
    expect(render()).toBe(renderDiffMarkdown(buildDiff(before, compared(desiredOf(ownServices.slice(1))), BASE)));
  });
});

describe('a comment that would be too long', () => {
  const many = buildDiff(
    before,
    compared(
      desiredOf([
        ...Array.from({ length: 12 }, (_, index) => aService({ id: `new-${index}` })),
        ...ownServices.map((service) => ({
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
        expect(cut).toMatch(/_Cut to fit: \d+ of \d+ sections of details\. The whole report: artifact grafana-diff\._/);
    }
  });

  test('keeps the beginning even where only that fits', () => {
    const cut = renderDiffMarkdown(many, { limit: 600 });
    expect(cut.length).toBeLessThanOrEqual(600);
    expect(cut).toContain('### Grafana changes:');
    expect(cut).toContain('_Cut to fit: the list of what affects paging goes on._');
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
    expect(page.match(/class="changed"/g)).toHaveLength(2);
    expect(page).toMatch(/class="same" style="left:50%;top:\d+px;width:50%;height:80px"/);
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

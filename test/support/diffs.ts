/** Diffs of the bank, changed in one place each. */
import { buildDiff } from '../../src/diff/index.ts';
import type { AlertRule } from '../../src/model/alert-rule.ts';
import type { DiffReport } from '../../src/model/diff-report.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { DashboardResource, Resource } from '../../src/model/resource.ts';
import { renderDiffMarkdown, renderDiffText } from '../../src/report/index.ts';
import { desiredOf } from './world.ts';

export const BASE = { ref: 'origin/main', commit: '3f2a9c1000000000000000000000000000000000' };

export function compared(desired = desiredOf()): readonly Resource[] {
  return desired.resources;
}

export const before = compared();

/** The report of some resources changed. */
export function reportOf(change: (resource: Resource) => Resource): DiffReport {
  return buildDiff(before, before.map(change), BASE);
}

export function withRule(change: (rule: AlertRule) => Partial<AlertRule>): DiffReport {
  return reportOf((resource) =>
    resource.kind === 'rule' && resource.uid === 'bank-user-account-query'
      ? { ...resource, rule: { ...resource.rule, ...change(resource.rule) } }
      : resource,
  );
}

export interface Panel {
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

export interface Board {
  panels: Panel[];
  templating: { list: { name: string; query: string }[] };
  annotations: { list: object[] };
  links: object[];
  time: object;
}

export function boardWith(change: (spec: Board) => unknown): DashboardResource {
  const board = before.find(
    ({ kind, uid }) => kind === 'dashboard' && uid === 'bank-user-account',
  ) as DashboardResource;
  const spec = structuredClone(board.spec) as unknown as Board;
  change(spec);
  return { ...board, spec: spec as unknown as JsonObject };
}

export function withBoard(change: (spec: Board) => unknown): DiffReport {
  return reportOf((resource) =>
    resource.kind === 'dashboard' && resource.uid === 'bank-user-account' ? boardWith(change) : resource,
  );
}

/** Changes the second query of that panel. */
export function withQuery(change: (expr: string) => string): DiffReport {
  return withPanel(({ targets }) => {
    const target = targets[1] as Panel['targets'][number];
    targets.splice(1, 1, { ...target, expr: change(target.expr) });
  });
}

/** One override of the panel, before and after. */
export function withOverride(before: object, after: object): DiffReport {
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

export function swap(panels: Panel[], one: string, other: string): void {
  const [left, right] = [one, other].map((name) => panels.find(({ title }) => title === name)) as [Panel, Panel];
  [left.gridPos, right.gridPos] = [right.gridPos, left.gridPos];
}

/** Changes the panel of the query time. */
export function withPanel(change: (panel: Panel) => unknown): DiffReport {
  return withBoard(({ panels }) => panels.filter(({ title }) => title === PANEL).map(change));
}

export const PANEL = 'Query time p95, all and by operation';

/** What a report says of the change itself, without what surrounds it. */
export function saidOf(report: DiffReport): readonly [string[], string[]] {
  const surroundings =
    /^(Changes against| {2}(Affects paging|Alerts|Dashboards|Paging is)| {4}(?:~ User Account$|The sync restarts)|\d+ unchanged|Not replayed|$)/;
  const text = renderDiffText(report)
    .split('\n')
    .filter((line) => !surroundings.test(line));
  const [comment = ''] = renderDiffMarkdown(report).split('<details>');
  const rows = comment.split('\n').filter((line) => /^( *- |\| (?!alert |---))/.test(line));
  return [text.map((line) => line.trim().replace(/ {2,}/g, '  ')), rows.map((line) => line.trim())];
}

/** Checks of built dashboards: ids, layout, and what every panel has to say about itself. */
import { z } from 'zod';
import type { Diagnostic } from '../model/diagnostic.ts';
import { groupBy } from '../model/group-by.ts';
import type { DashboardResource } from '../model/resource.ts';
import { MAX_UID } from '../model/uid.ts';

const COLUMNS = 24;
/** Panels without data of their own. */
const UNMEASURED: ReadonlySet<string> = new Set(['row', 'text', 'alertlist', 'dashlist', 'news']);
/** Panels whose series have names that people read. */
const NAMED: ReadonlySet<string> = new Set(['timeseries', 'stat', 'gauge', 'bargauge', 'barchart', 'piechart']);

const target = z.looseObject({ refId: z.string(), expr: z.string().optional(), legendFormat: z.string().optional() });
const basePanel = z.looseObject({
  id: z.number(),
  type: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(target).optional(),
  datasource: z.looseObject({ uid: z.string().optional() }).optional(),
  fieldConfig: z.looseObject({ defaults: z.looseObject({ unit: z.string().optional() }) }).optional(),
});
type Panel = z.infer<typeof basePanel>;
/** A dashboard's JSON, as far as it is looked into. */
export const board = z.looseObject({
  panels: z.array(basePanel.extend({ panels: z.array(basePanel).optional() })),
  templating: z.looseObject({ list: z.array(z.looseObject({ name: z.string() })) }).optional(),
});

/** The panels of a dashboard, those in collapsed rows too. */
export function panelsOf({ spec }: DashboardResource): readonly Panel[] {
  return readBoard(spec).panels;
}

interface Board {
  readonly panels: readonly Panel[];
  readonly variables: readonly string[];
}

function readBoard(spec: DashboardResource['spec']): Board {
  const known = boards.get(spec);
  if (known !== undefined) return known;
  board.parse(spec);
  // What was parsed is a copy of all of it, which in a large estate takes as much memory again.
  const { panels, templating } = spec as unknown as z.infer<typeof board>;
  const read = {
    panels: panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]),
    variables: (templating?.list ?? []).map(({ name }) => name),
  };
  boards.set(spec, read);
  return read;
}

/** Specs are frozen, and every rule of a service asks for the same one. */
const boards = new WeakMap<object, Board>();

/** All that is wrong with one dashboard, its queries aside. */
export function boardProblems(dashboard: DashboardResource, mark: string): readonly Diagnostic[] {
  const panels = panelsOf(dashboard);
  return [
    ...uidProblems(dashboard, mark),
    ...markProblems(dashboard, mark),
    ...idProblems(dashboard, panels),
    ...layoutProblems(dashboard, panels),
    ...panels.flatMap((panel) => panelProblems(dashboard, panel)),
    ...variableProblems(dashboard),
  ];
}

function uidProblems(dashboard: DashboardResource, mark: string): Diagnostic[] {
  const { uid } = dashboard;
  if (/^[A-Za-z0-9_-]+$/.test(uid) && uid.length <= MAX_UID && uid.startsWith(`${mark}-`)) return [];
  return [
    error(
      'B002',
      dashboard,
      `has the UID "${uid}", which is not "${mark}-" and up to ${MAX_UID} characters of A–Z, a–z, 0–9, _ and -`,
      'Shorten or rename what it is made of.',
    ),
  ];
}

/** `customise` has the last word on the JSON; what makes a dashboard ours is not its business. */
function markProblems(dashboard: DashboardResource, mark: string): Diagnostic[] {
  const { spec, uid } = dashboard;
  const tags = Array.isArray(spec['tags']) ? (spec['tags'] as unknown[]) : [];
  if (spec['uid'] === uid && tags.includes(`as-code:${mark}`)) return [];
  return [
    error(
      'B014',
      dashboard,
      `has lost its UID ${uid} or its tag as-code:${mark}`,
      'Leave both to buildDashboard: without them the next sync would take it for somebody else’s.',
    ),
  ];
}

function idProblems(dashboard: DashboardResource, panels: readonly Panel[]): Diagnostic[] {
  return [...groupBy(panels, ({ id }) => id)].flatMap(([id, members]) => {
    if (members.length < 2) return [];
    const titles = members.map(({ title }) => `"${title ?? ''}"`).join(' and ');
    return [
      error(
        'B003',
        dashboard,
        `has panels with the same id ${id}: ${titles}`,
        'Ids are made of the panels’ keys: give one of them another key.',
      ),
    ];
  });
}

function layoutProblems(dashboard: DashboardResource, panels: readonly Panel[]): Diagnostic[] {
  const problems: Diagnostic[] = [];
  for (const panel of panels) {
    const { x, y, w, h } = panel.gridPos;
    const whole = [x, y, w, h].every(Number.isInteger) && y >= 0 && h >= 1;
    if (!whole)
      problems.push(
        onPanel(
          'B004',
          dashboard,
          panel,
          `is placed at ${x}, ${y} with ${w} × ${h}`,
          'Use whole numbers; nothing is lower than 1.',
        ),
      );
    else if (x < 0 || w < 1 || x + w > COLUMNS)
      problems.push(
        onPanel(
          'B004',
          dashboard,
          panel,
          `reaches from column ${x} to ${x + w}; there are ${COLUMNS}`,
          'Make it narrower.',
        ),
      );
  }
  for (const [panel, other] of overlaps(panels))
    problems.push(
      onPanel(
        'B005',
        dashboard,
        panel,
        `overlaps the panel "${other.title ?? other.id}"`,
        'Leave the layout to buildDashboard, or correct the positions.',
      ),
    );
  return problems;
}

/** Panels that lie on a later one, each with the first of those. */
function overlaps(panels: readonly Panel[]): readonly (readonly [Panel, Panel])[] {
  const under = new Map<number, number>();
  const fromTheTop = panels
    .map(({ gridPos }, index) => ({ gridPos, index }))
    .sort((left, right) => left.gridPos.y - right.gridPos.y);
  fromTheTop.forEach((one, place) => {
    const end = one.gridPos.y + one.gridPos.h;
    // What begins below its end lies on none of it: an overview has thousands of panels.
    for (let next = place + 1; next < fromTheTop.length; next += 1) {
      const other = fromTheTop[next];
      if (other === undefined || other.gridPos.y >= end) break;
      if (!overlap(one.gridPos, other.gridPos)) continue;
      const [first, second] = [Math.min(one.index, other.index), Math.max(one.index, other.index)];
      under.set(first, Math.min(under.get(first) ?? second, second));
    }
  });
  return panels.flatMap((panel, index) => {
    const other = panels[under.get(index) ?? -1];
    return other === undefined ? [] : [[panel, other] as const];
  });
}

function overlap(left: Panel['gridPos'], right: Panel['gridPos']): boolean {
  return (
    left.x < right.x + right.w && right.x < left.x + left.w && left.y < right.y + right.h && right.y < left.y + left.h
  );
}

function panelProblems(dashboard: DashboardResource, panel: Panel): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const report = (code: string, message: string, remedy: string) =>
    problems.push(onPanel(code, dashboard, panel, message, remedy));
  if ((panel.title ?? '') === '') report('B009', 'has no title', 'Give it one.');
  if (panel.type === 'row') return problems;
  if ((panel.description ?? '').length < 20)
    report(
      'B007',
      'has no description of 20 characters or more',
      'Say what it shows and what to do when it looks wrong.',
    );
  if (UNMEASURED.has(panel.type)) return problems;
  if ((panel.fieldConfig?.defaults.unit ?? '') === '')
    report('B006', 'has no unit', "Give it one, such as 'seconds', 'ratio' or 'reqps'.");
  if ((panel.targets ?? []).length === 0) report('B010', 'has no query', 'Give it one, or leave the panel out.');
  for (const { refId, legendFormat } of panel.targets ?? []) {
    if (NAMED.has(panel.type) && ['', '__auto'].includes(legendFormat ?? ''))
      report('B008', `has no legend for query ${refId}`, 'Name its series, such as "{{instance}}".');
  }
  if (panel.datasource?.uid !== '${datasource}')
    report(
      'B011',
      'does not use the data source variable',
      "Set its data source to { type: 'prometheus', uid: '${datasource}' }.",
    );
  return problems;
}

function variableProblems(dashboard: DashboardResource): Diagnostic[] {
  const { variables } = readBoard(dashboard.spec);
  const needed = dashboard.service === undefined ? ['datasource'] : ['datasource', 'instance'];
  return needed
    .filter((name) => !variables.includes(name))
    .map((name) =>
      error('B012', dashboard, `has no variable "${name}"`, 'Keep the variables of the default dashboard.'),
    );
}

/** A problem of one panel. */
export function onPanel(
  code: string,
  dashboard: DashboardResource,
  panel: Panel,
  message: string,
  remedy: string,
): Diagnostic {
  const file = dashboard.panelSources?.[String(panel.id)] ?? dashboard.source;
  return { ...error(code, dashboard, `panel "${panel.title ?? panel.id}" ${message}`, remedy), file };
}

function error(code: string, { source, title }: DashboardResource, message: string, remedy: string): Diagnostic {
  return { code, level: 'error', file: source, subject: `dashboard ${title}:`, message, remedy };
}

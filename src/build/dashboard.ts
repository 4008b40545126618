import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { SCRAPES_IN_WINDOW, USUAL_SCRAPE } from '../metrics/timing.ts';
import { shortest, toSeconds } from '../model/duration.ts';
import { deepFreeze, type JsonObject } from '../model/json.ts';
import type { Project } from '../model/project.ts';
import type { DashboardResource } from '../model/resource.ts';
import type { SignalId } from '../model/signal.ts';
import { ownerTag } from './context.ts';
import { panelId } from './panel-id.ts';
import type { PanelDraft } from './panels.ts';
import { sdk } from './sdk.ts';

const COLUMNS = 24;
/** The last panel of a line takes what is left of it, but for single numbers: those stand in columns. */
const WIDENED_FROM = 6;

/** Panels under a common heading. */
export interface Section {
  /** Stable name; made into the id of the heading. */
  readonly key: string;
  /** Empty: the panels stand at the top, without a heading. */
  readonly title: string;
  readonly panels: readonly PanelDraft[];
}

/** A dashboard before it is laid out. Change it freely: it becomes plain JSON in `buildDashboard` alone. */
export interface DashboardDraft {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** The file that states it. Default: the one that chooses the dashboards. */
  readonly source?: string;
  /** The service that it is about. Default: none, or all. */
  readonly service?: string;
  readonly sections: readonly Section[];
  readonly variables: readonly { build(): dashboard.VariableModel }[];
  readonly annotations: readonly { build(): dashboard.AnnotationQuery }[];
  readonly links: readonly { build(): dashboard.DashboardLink }[];
  /** The last word: the SDK's own builder, for what a draft cannot say. */
  readonly customise?: (builder: dashboard.DashboardBuilder) => dashboard.DashboardBuilder;
}

/**
 * Lays a draft out on 24 columns, gives every panel its stable id, and makes it plain, frozen JSON with the owner's
 * mark. Panels flow from left to right, wrap where they do not fit, and fill their line.
 */
export function buildDashboard(draft: DashboardDraft, project: Project): DashboardResource {
  const builder = new sdk.dashboard.DashboardBuilder(draft.title)
    .uid(draft.uid)
    .description(draft.description)
    .tags([ownerTag(project.mark), ...draft.tags])
    .time({ from: 'now-3h', to: 'now' })
    .refresh('1m')
    .timezone('browser')
    .tooltip(sdk.dashboard.DashboardCursorSync.Crosshair)
    .editable()
    .variables([...draft.variables])
    .annotations([...draft.annotations])
    .links([...draft.links]);
  let top = 0;
  for (const section of draft.sections) {
    // A heading over nothing is a hole.
    if (section.panels.length === 0) continue;
    if (section.title !== '') {
      builder.withRow(
        new sdk.dashboard.RowBuilder(section.title)
          .id(panelId(`row:${section.key}`))
          .gridPos({ x: 0, y: top, w: COLUMNS, h: 1 }),
      );
      top += 1;
    }
    top = placePanels(builder, section.panels, top);
  }
  const spec = atScrapeInterval(
    toPlainJson((draft.customise ?? ((same) => same))(builder).build()),
    project.scrapeInterval,
  );
  return deepFreeze({
    kind: 'dashboard',
    uid: draft.uid,
    title: draft.title,
    folderUid: project.folder.uid,
    source: draft.source ?? 'dashboards/index.ts',
    spec,
    signalPanels: signalPanels(draft),
    panelSources: panelSources(draft),
    ...(draft.service === undefined ? {} : { service: draft.service }),
  });
}

function placePanels(builder: dashboard.DashboardBuilder, panels: readonly PanelDraft[], top: number): number {
  let y = top;
  for (const line of lines(panels)) {
    let x = 0;
    for (const panel of line) {
      const last = panel === line.at(-1);
      const w = last && panel.width >= WIDENED_FROM ? COLUMNS - x : panel.width;
      builder.withPanel(panel.builder.id(panelId(panel.key)).gridPos({ x, y, w, h: panel.height }));
      x += w;
    }
    y += Math.max(...line.map(({ height }) => height));
  }
  return y;
}

/** Panels that stand beside each other. */
function lines(panels: readonly PanelDraft[]): PanelDraft[][] {
  const found: PanelDraft[][] = [];
  let used = COLUMNS;
  for (const panel of panels) {
    if (used + panel.width > COLUMNS) {
      found.push([]);
      used = 0;
    }
    found.at(-1)?.push(panel);
    used += panel.width;
  }
  return found;
}

function signalPanels(draft: DashboardDraft): Partial<Record<SignalId, number>> {
  const homes: Partial<Record<SignalId, number>> = {};
  for (const section of draft.sections) {
    for (const panel of section.panels) for (const signal of panel.signals) homes[signal] ??= panelId(panel.key);
  }
  return homes;
}

function panelSources({ sections }: DashboardDraft): Record<string, string> {
  const panels = sections.flatMap((section) => section.panels);
  return Object.fromEntries(
    panels.flatMap(({ key, source }) => (source === undefined ? [] : [[String(panelId(key)), source]])),
  );
}

/**
 * Grafana makes `$__rate_interval` four times what the data source says of its scrape interval, 15s where it says nothing.
 * A query that states its own minimum does not depend on that; nor does a line break where nothing is missing.
 */
function atScrapeInterval(spec: JsonObject, scrapeInterval: Project['scrapeInterval']): JsonObject {
  if (toSeconds(scrapeInterval) === toSeconds(USUAL_SCRAPE)) return spec;
  const interval = shortest(scrapeInterval);
  const longestGap = 2 * SCRAPES_IN_WINDOW * toSeconds(scrapeInterval) * 1000;
  return JSON.parse(JSON.stringify(spec), (key: string, value: unknown) => {
    if (key === 'targets' && Array.isArray(value)) {
      return value.map((one: object) => ('expr' in one && !('interval' in one) ? { ...one, interval } : one));
    }
    return key === 'spanNulls' && typeof value === 'number' ? Math.max(value, longestGap) : value;
  }) as JsonObject;
}

/** SDK objects carry methods and shared references; JSON carries neither. */
function toPlainJson(built: dashboard.Dashboard): JsonObject {
  return JSON.parse(JSON.stringify(built)) as JsonObject;
}

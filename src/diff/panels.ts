/** Panels of a dashboard's JSON, and the rows they stand in. */
import { groupBy } from '../model/group-by.ts';
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';

/** A panel, and the row above it. */
export interface PlacedPanel {
  readonly id: string;
  /** Without the panels that a collapsed row holds: those are placed themselves. */
  readonly panel: JsonObject;
  /** The id of the row's own panel; empty above the first row. For a row: empty. */
  readonly row: string;
}

/** Where the panels of a dashboard stand. */
export interface PlacedBoard {
  readonly panels: ReadonlyMap<string, PlacedPanel>;
  /** Ids of the rows from top to bottom. */
  readonly rows: readonly string[];
  /** Ids of each row's panels, by the id of the row. */
  readonly members: ReadonlyMap<string, readonly string[]>;
}

/** The panels of a dashboard by id, those of collapsed rows too, in the order in which they are seen. */
export function placedPanels(board: Json): PlacedBoard {
  const spec = isJsonObject(board) ? (board['spec'] ?? board) : undefined;
  const panels = new Map<string, PlacedPanel>();
  let row = '';
  const place = (panel: JsonObject) => {
    // Panels made by hand may share an id, or have none.
    const id = String(panel['id'] ?? '');
    const key = id !== '' && !panels.has(id) ? id : `${id}#${panels.size}`;
    const isRow = panel['type'] === 'row';
    const { panels: inner, ...own } = panel;
    panels.set(key, { id: key, panel: isRow ? own : panel, row: isRow ? '' : row });
    if (!isRow) return;
    row = key;
    inSight(inner).forEach(place);
  };
  inSight(isJsonObject(spec) ? spec['panels'] : undefined).forEach(place);
  const all = [...panels.values()];
  const byRow = groupBy(
    all.filter((placed) => !isRow(placed)),
    (placed) => placed.row,
  );
  return {
    panels,
    rows: all.filter(isRow).map(({ id }) => id),
    members: new Map([...byRow].map(([id, members]) => [id, members.map((member) => member.id)])),
  };
}

export function isRow({ panel }: PlacedPanel): boolean {
  return panel['type'] === 'row';
}

/** From top to bottom and from left to right. */
function inSight(panels: Json | undefined): readonly JsonObject[] {
  return (Array.isArray(panels) ? (panels as readonly Json[]) : [])
    .filter(isJsonObject)
    .sort((left, right) => position(left, 'y') - position(right, 'y') || position(left, 'x') - position(right, 'x'));
}

function position(panel: JsonObject, axis: 'x' | 'y'): number {
  const grid = panel['gridPos'];
  return isJsonObject(grid) && typeof grid[axis] === 'number' ? grid[axis] : 0;
}

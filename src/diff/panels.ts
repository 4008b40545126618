/** Panels of a dashboard's JSON, and the rows they stand in. */
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';

/** A panel, and the title of the row above it. */
export interface PlacedPanel {
  readonly panel: JsonObject;
  readonly id: string;
  readonly row: string;
  /** Its place among the panels of its row, from left to right and top to bottom. */
  readonly place: number;
}

/** The panels of a dashboard by id, those of collapsed rows too. */
export function placedPanels(board: Json): ReadonlyMap<string, PlacedPanel> {
  const spec = isJsonObject(board) ? (board['spec'] ?? board) : undefined;
  const top = isJsonObject(spec) && Array.isArray(spec['panels']) ? (spec['panels'] as readonly Json[]) : [];
  const sorted = top
    .filter(isJsonObject)
    .sort((left, right) => position(left, 'y') - position(right, 'y') || position(left, 'x') - position(right, 'x'));
  const placed = new Map<string, PlacedPanel>();
  let row = '';
  let place = 0;
  for (const panel of sorted) {
    if (panel['type'] === 'row') {
      row = String(panel['title'] ?? '');
      place = 0;
    }
    placed.set(String(panel['id']), { panel, id: String(panel['id']), row, place });
    place += 1;
    const inner = Array.isArray(panel['panels']) ? (panel['panels'] as readonly Json[]).filter(isJsonObject) : [];
    for (const each of inner) {
      placed.set(String(each['id']), { panel: each, id: String(each['id']), row, place });
      place += 1;
    }
  }
  return placed;
}

function position(panel: JsonObject, axis: 'x' | 'y'): number {
  const grid = panel['gridPos'];
  return isJsonObject(grid) && typeof grid[axis] === 'number' ? grid[axis] : 0;
}

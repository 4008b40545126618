/** Where panels of a dashboard went. */
import { diffArrays } from 'diff';
import { isJsonObject, type JsonObject } from '../model/json.ts';
import type { MeaningChange } from '../model/meaning.ts';
import { isRow, type PlacedBoard, type PlacedPanel } from './panels.ts';

/** Places of panels that are in both versions. */
export interface Moves {
  /** What happened to a panel, by its id. */
  readonly moved: ReadonlyMap<string, MeaningChange>;
  /** Ids of those that only made room for others. */
  readonly shifted: ReadonlySet<string>;
}

/**
 * Who moved: into another row, among the panels of its row, or a row among the rows. Of panels that changed places the
 * fewest count as moved; the others made room for them.
 */
export function movesOf(old: PlacedBoard, now: PlacedBoard): Moves {
  const moved = new Map<string, MeaningChange>();
  for (const id of strayed(old.rows, now.rows)) moved.set(id, rowMove(id, now));
  const stayed = [...now.panels.values()].filter((placed) => old.panels.has(placed.id) && !isRow(placed));
  for (const placed of stayed) {
    const former = old.panels.get(placed.id) as PlacedPanel;
    const [from, to] = [titleOf(old, former), titleOf(now, placed)];
    if (rowOf(old, former) !== rowOf(now, placed) && from !== to) {
      moved.set(placed.id, {
        what: 'moved-to-row',
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      });
    }
  }
  for (const [row, members] of now.members) {
    for (const id of strayed(old.members.get(row) ?? [], members)) moved.set(id, WITHIN);
  }
  const shifted = new Set<string>();
  for (const placed of now.panels.values()) {
    const former = old.panels.get(placed.id);
    if (former === undefined || moved.has(placed.id)) continue;
    const [before, after] = [gridOf(former), gridOf(placed)];
    if (before['x'] === after['x'] && before['y'] === after['y']) continue;
    if (before['x'] !== after['x'] && !hasCause(placed, old, now, moved)) moved.set(placed.id, WITHIN);
    else shifted.add(placed.id);
  }
  return { moved, shifted };
}

const WITHIN: MeaningChange = { what: 'moved-within-row' };

/** The fewest of those in both lists that must move to bring one order into the other. */
function strayed(before: readonly string[], after: readonly string[]): readonly string[] {
  const [old, now] = [new Set(before), new Set(after)];
  const changes = diffArrays(
    before.filter((id) => now.has(id)),
    after.filter((id) => old.has(id)),
  );
  return changes.flatMap(({ added, value }) => (added ? value : []));
}

function rowMove(id: string, { rows, panels }: PlacedBoard): MeaningChange {
  const next = rows[rows.indexOf(id) + 1];
  return { what: 'moved-row', ...(next === undefined ? {} : { above: String(panels.get(next)?.panel['title']) }) };
}

function rowOf({ panels }: PlacedBoard, { row }: PlacedPanel): string {
  return panels.has(row) ? row : '';
}

function titleOf({ panels }: PlacedBoard, { row }: PlacedPanel): string | undefined {
  const title = panels.get(row)?.panel['title'];
  return title === undefined ? undefined : String(title);
}

/** Whether another panel of its row came, went, moved or got another width, so that this one had to give way. */
function hasCause(
  placed: PlacedPanel,
  old: PlacedBoard,
  now: PlacedBoard,
  moved: ReadonlyMap<string, MeaningChange>,
): boolean {
  const [before, after] = [old.members.get(placed.row) ?? [], now.members.get(placed.row) ?? []];
  return [...new Set([...before, ...after])].some((id) => {
    if (id === placed.id) return false;
    const [former, present] = [old.panels.get(id), now.panels.get(id)];
    return (
      former === undefined || present === undefined || moved.has(id) || gridOf(former)['w'] !== gridOf(present)['w']
    );
  });
}

function gridOf({ panel }: PlacedPanel): JsonObject {
  const grid = panel['gridPos'];
  return isJsonObject(grid) ? grid : {};
}

import { groupBy } from '../model/group-by.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Edit, Meaning, MeaningKind, PathStep } from '../model/plan.ts';
import { diffJson } from './diff.ts';
import { type PanelWords, panelWords } from './meaning-panel.ts';
import { type PlacedPanel, placedPanels } from './panels.ts';
import { plain, told, verb } from './words.ts';

/** What changes of a dashboard mean: panel by panel, then what belongs to all of it. */
export function dashboardMeanings(before: Json, after: Json, edits: readonly Edit[]): readonly Meaning[] {
  const [old, now] = [placedPanels(before), placedPanels(after)];
  const byPanel = groupBy(edits, ({ path }) => panelIdOf(path));
  const reborn = rebornPanels(byPanel, old, now);
  const meanings: Meaning[] = [];
  const shifted: string[] = [];
  for (const [id, own] of byPanel) {
    if (id === undefined || reborn.has(id)) continue;
    const subject = subjectOf(now.get(id) ?? old.get(id), id);
    const words = panelWords(now.get(id)?.panel ?? old.get(id)?.panel, own, (path) => inPanel(path));
    const place = placeWords(old.get(id), now.get(id), own);
    if (words.length === 0 && place.length === 0) shifted.push(subject);
    for (const word of [...place, ...words]) meanings.push({ subject, paging: false, ...word });
  }
  for (const [removed, added] of pairs(reborn, old)) meanings.push(...rebornMeanings(removed, added, old, now));
  if (shifted.length > 0) {
    const subject = shifted.length === 1 ? (shifted[0] ?? '') : `${shifted.length} panels`;
    meanings.push({ kind: 'moved', subject, text: 'made room for others', paging: false });
  }
  // Panels that came, went or moved change the order of all; that is told already.
  const told = meanings.some(({ kind }) => kind === 'added' || kind === 'removed' || kind === 'moved');
  const rest = (byPanel.get(undefined) ?? []).filter(
    ({ op, path }) => !(told && op === 'order' && path.at(-1) === 'panels'),
  );
  const board = rest.map(boardWords);
  const unique = new Map(board.map((word) => [word.text, word]));
  return [...meanings, ...[...unique.values()].map((word) => ({ subject: '', paging: false, ...word }))];
}

function subjectOf(placed: PlacedPanel | undefined, id: string): string {
  const { panel } = placed ?? {};
  return `${panel?.['type'] === 'row' ? 'row' : 'panel'} "${String(panel?.['title'] ?? id)}"`;
}

/** The id of the panel that a path leads into; paths to panels of collapsed rows lead into the inner one. */
function panelIdOf(path: readonly PathStep[]): string | undefined {
  const inner = innermost(path);
  const step = inner === -1 ? undefined : path[inner + 1];
  return typeof step === 'object' ? step.id : undefined;
}

function innermost(path: readonly PathStep[]): number {
  return path.findLastIndex((step, index) => step === 'panels' && typeof path[index + 1] === 'object');
}

/** The rest of a path, inside of its panel. */
function inPanel(path: readonly PathStep[]): readonly PathStep[] {
  return path.slice(innermost(path) + 2);
}

/** Where a panel went: to another row, or to another place of its row. Pushed by others alone is no move. */
function placeWords(old: PlacedPanel | undefined, now: PlacedPanel | undefined, edits: readonly Edit[]): PanelWords[] {
  if (old === undefined || now === undefined) return [];
  if (!edits.some(({ path }) => inPanel(path)[0] === 'gridPos')) return [];
  if (old.row !== now.row) {
    const name = (row: string) => (row === '' ? 'the top' : `row "${row}"`);
    return [{ kind: 'moved', text: `moved from ${name(old.row)} to ${name(now.row)}` }];
  }
  const sideways = edits.some(({ path }) => inPanel(path)[1] === 'x');
  return sideways || old.place !== now.place ? [{ kind: 'moved', text: 'moved within its row' }] : [];
}

/** Removed and added panels that are one: the same title and type under another id. By either id. */
function rebornPanels(
  byPanel: ReadonlyMap<string | undefined, readonly Edit[]>,
  old: ReadonlyMap<string, PlacedPanel>,
  now: ReadonlyMap<string, PlacedPanel>,
): ReadonlyMap<string, string> {
  const whole = (op: Edit['op']) =>
    [...byPanel].flatMap(([id, own]) =>
      id !== undefined && own.some((edit) => edit.op === op && inPanel(edit.path).length === 0) ? [id] : [],
    );
  const nameOf = (placed: PlacedPanel | undefined) =>
    `${String(placed?.panel['type'])} ${String(placed?.panel['title'])}`;
  const added = new Map(whole('add').map((id) => [nameOf(now.get(id)), id]));
  const found = new Map<string, string>();
  for (const id of whole('remove')) {
    const other = added.get(nameOf(old.get(id)));
    if (other === undefined) continue;
    added.delete(nameOf(old.get(id)));
    found.set(id, other);
    found.set(other, id);
  }
  return found;
}

function pairs(reborn: ReadonlyMap<string, string>, old: ReadonlyMap<string, PlacedPanel>): [string, string][] {
  return [...reborn].filter(([id, other]) => old.has(id) && !old.has(other));
}

function rebornMeanings(
  removed: string,
  added: string,
  old: ReadonlyMap<string, PlacedPanel>,
  now: ReadonlyMap<string, PlacedPanel>,
): Meaning[] {
  const [before, after] = [old.get(removed)?.panel, now.get(added)?.panel] as [JsonObject, JsonObject];
  const subject = subjectOf(now.get(added), added);
  const own = diffJson({ ...before, id: 0 }, { ...after, id: 0 });
  return [
    { kind: 'renamed', subject, text: 'has a new id: links to it break', paging: false },
    ...panelWords(after, own, (path) => path).map((word) => ({ subject, paging: false, ...word })),
  ];
}

function boardWords(edit: Edit): { kind: MeaningKind; text: string } {
  const [, first, second, third] = edit.path;
  if (edit.path[0] !== 'spec')
    return { kind: 'moved', text: told(edit.path[0] === 'folderUid' ? 'folder' : String(edit.path[0]), edit, plain) };
  if (edit.op === 'order')
    return {
      kind: 'other',
      text: `order of ${String(edit.path.at(-1) === 'list' ? first : edit.path.at(-1))} changed`,
    };
  if (first === 'templating')
    return { kind: 'variable', text: `variable ${nameOf(third)} ${edit.path.length === 4 ? verb(edit) : 'changed'}` };
  if (first === 'annotations')
    return {
      kind: 'annotation',
      text: `annotation ${nameOf(third)} ${edit.path.length === 4 ? verb(edit) : 'changed'}`,
    };
  if (first === 'links')
    return { kind: 'link', text: `link ${nameOf(second)} ${edit.path.length === 3 ? verb(edit) : 'changed'}` };
  if (first === 'tags') return { kind: 'labels', text: `tag ${nameOf(second)} ${verb(edit)}` };
  if (first === 'title') return { kind: 'retitled', text: told('title', edit, plain) };
  if (first === 'description') return { kind: 'description', text: `description ${verb(edit)}` };
  return {
    kind: 'other',
    text:
      edit.op === 'replace' && edit.path.length === 2 && typeof edit.after !== 'object'
        ? told(String(first), edit, plain)
        : `${String(first)} changed`,
  };
}

function nameOf(step: PathStep | undefined): string {
  return typeof step === 'object' ? step.id : String(step ?? '');
}

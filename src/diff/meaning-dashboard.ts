import { groupBy } from '../model/group-by.ts';
import { isJsonObject, type Json } from '../model/json.ts';
import type { Meaning, MeaningChange, MeaningKind } from '../model/meaning.ts';
import type { Edit } from '../model/plan.ts';
import { cameInto, panelMeanings } from './meaning-panel.ts';
import { movesOf } from './meaning-place.ts';
import { isRow, type PlacedBoard, type PlacedPanel, placedPanels } from './panels.ts';
import { queryMeaning } from './query-change.ts';
import { humanName, reordered, type SettingForm, settingChange, unlike, upToList, valueAt, verbOf } from './values.ts';

/** What changes of a dashboard mean: panel by panel, then what belongs to all of it. */
export function dashboardMeanings(before: Json, after: Json, edits: readonly Edit[]): readonly Meaning[] {
  if (edits.length === 0) return [];
  const found = [...allPanels(placedPanels(before), placedPanels(after)), ...boardMeanings(before, after, edits)];
  // Grafana draws panels by their places, whatever their order in the file.
  return found.length > 0 ? found : [{ kind: 'cosmetic', change: { what: 'stored-differently' }, paging: false }];
}

function allPanels(old: PlacedBoard, now: PlacedBoard): Meaning[] {
  const reborn = rebornPanels(old, now);
  const moves = movesOf(old, now);
  const named = namer(old, now);
  const gone = [...old.panels.values()].filter(({ id }) => !now.panels.has(id) && !reborn.has(id));
  const meanings = gone.map(
    (placed): Meaning => ({ ...named(placed, old), kind: 'removed', change: { what: 'removed' }, paging: false }),
  );
  const former = new Map([...reborn].map(([removed, added]) => [added, removed]));
  for (const placed of now.panels.values()) {
    const { id, panel } = placed;
    const other = old.panels.get(former.get(id) ?? id);
    const about = { ...named(placed, now), paging: false };
    if (other === undefined) {
      meanings.push({
        ...about,
        kind: 'added',
        change: { what: 'added', ...(isRow(placed) ? {} : rowTitle(placed, now)) },
        ...newQuery(placed),
      });
      continue;
    }
    const move = moves.moved.get(id);
    if (former.has(id)) meanings.push({ ...about, kind: 'renamed', change: { what: 'new-id' } });
    if (move !== undefined) meanings.push({ ...about, kind: 'moved', change: move });
    for (const meaning of panelMeanings({ ...other.panel, id: 0 }, { ...panel, id: 0 }))
      meanings.push({ ...about, ...meaning });
  }
  const place = ({ about, row }: Pick<Meaning, 'about' | 'row'>) => JSON.stringify([about, row]);
  const described = new Set(meanings.map(place));
  const shifted = [...moves.shifted].map((id) => named(now.panels.get(id) as PlacedPanel, now));
  const [only, ...others] = shifted.filter((one) => !described.has(place(one)));
  if (only === undefined) return meanings;
  const subject = others.length === 0 ? only : { about: { what: 'panels', count: others.length + 1 } as const };
  return [...meanings, { ...subject, kind: 'moved', change: { what: 'made-room' }, paging: false }];
}

/** What a new panel asks, for reports that show expressions. */
function newQuery({ panel: { targets } }: PlacedPanel): Pick<Meaning, 'query'> {
  const queries = (Array.isArray(targets) ? (targets as readonly Json[]) : []).flatMap((target) =>
    isJsonObject(target) && typeof target['expr'] === 'string' ? [target['expr']] : [],
  );
  return queries.length === 0 ? {} : { query: { before: '', after: queries.join('\n') } };
}

function rowTitle({ row }: PlacedPanel, { panels }: PlacedBoard): { readonly row?: string } {
  const title = panels.get(row)?.panel['title'];
  return title === undefined ? {} : { row: String(title) };
}

/** Names panels by their titles, and by their row too where a title stands in several rows. */
function namer(
  old: PlacedBoard,
  now: PlacedBoard,
): (placed: PlacedPanel, board: PlacedBoard) => Pick<Meaning, 'about' | 'row'> {
  const repeated = (board: PlacedBoard) =>
    [...groupBy(board.panels.values(), ({ panel }) => panel['title'])].flatMap(([title, members]) =>
      members.length > 1 ? [title] : [],
    );
  const several = new Set([...repeated(old), ...repeated(now)]);
  return (placed, board) => {
    const title = placed.panel['title'];
    const row = board.panels.get(placed.row)?.panel['title'];
    return {
      about: { what: isRow(placed) ? 'row' : 'panel', title: String(title ?? placed.id) },
      ...(several.has(title) && row !== undefined ? { row: String(row) } : {}),
    };
  };
}

/** Removed panels that are added ones too: the same title and type under another id. New ids by the old ones. */
function rebornPanels(old: PlacedBoard, now: PlacedBoard): ReadonlyMap<string, string> {
  const key = ({ panel, row }: PlacedPanel, { panels }: PlacedBoard) =>
    JSON.stringify([panel['type'], panel['title'], panels.get(row)?.panel['title']]);
  const added = new Map(
    [...now.panels.values()].filter(({ id }) => !old.panels.has(id)).map((placed) => [key(placed, now), placed.id]),
  );
  const found = new Map<string, string>();
  for (const placed of old.panels.values()) {
    const other = now.panels.has(placed.id) ? undefined : added.get(key(placed, old));
    if (other === undefined) continue;
    added.delete(key(placed, old));
    found.set(placed.id, other);
  }
  return found;
}

/** Changes of what belongs to the dashboard as a whole. Each once. */
function boardMeanings(before: Json, after: Json, edits: readonly Edit[]): Meaning[] {
  const found = edits
    .filter(({ path }) => path[0] !== 'spec' || path[1] !== 'panels')
    // Grafana keeps the text of a variable's query beside the query.
    .filter(({ path }) => path.at(-1) !== 'definition')
    .flatMap((edit) => boardMeaning(edit, edits, before, after) ?? []);
  return unlike(found).map((meaning) => ({ paging: false, ...meaning }));
}

/** Lists of a dashboard whose elements have names: how an element is called, and where its name stands in a path. */
const LISTS: Readonly<Record<string, { readonly kind: MeaningKind; readonly name: string; readonly at: number }>> = {
  templating: { kind: 'variable', name: 'variable', at: 3 },
  annotations: { kind: 'annotation', name: 'annotation', at: 3 },
  links: { kind: 'link', name: 'link', at: 2 },
  tags: { kind: 'labels', name: 'tag', at: 2 },
};

function boardMeaning(
  edit: Edit,
  all: readonly Edit[],
  before: Json,
  after: Json,
): Pick<Meaning, 'kind' | 'change' | 'query'> | undefined {
  const { path } = edit;
  const setting = (name: string, form?: SettingForm): MeaningChange => {
    const place = upToList(path);
    return settingChange(name, valueAt(before, place), valueAt(after, place), form);
  };
  if (path[0] === 'rest') return { kind: 'other', change: { what: 'unstated' } };
  if (path[0] !== 'spec')
    return { kind: 'moved', change: setting(path[0] === 'folderUid' ? 'folder' : String(path[0])) };
  const first = String(path[1]);
  const list = Object.hasOwn(LISTS, first) ? LISTS[first] : undefined;
  if (edit.op === 'order') {
    return reordered(edit.before, edit.after, cameInto(path, all))
      ? { kind: list?.kind ?? 'other', change: { what: 'order', list: PLURALS[first] ?? first } }
      : undefined;
  }
  if (list !== undefined) {
    const step = path[list.at];
    if (typeof step !== 'object')
      return { kind: list.kind, change: { what: 'setting', name: PLURALS[first] ?? first, verb: 'changed' } };
    const element = { type: list.name, name: step.id };
    const inner = path.slice(list.at + 1);
    if (inner.length === 0) return { kind: list.kind, change: { what: 'element', element, verb: verbOf(edit) } };
    if (inner.at(-1) === 'expr') return queryMeaning(`${list.name} ${step.id}`, edit, 'annotation');
    return { kind: list.kind, change: setting(humanName(upToList(inner)), { of: element }) };
  }
  if (first === 'title') return { kind: 'retitled', change: setting('title') };
  if (first === 'description') return { kind: 'description', change: setting('description', { prose: true }) };
  if (first === 'time') return { kind: 'other', change: setting(`time range ${String(path[2] ?? '')}`.trim()) };
  return { kind: 'other', change: setting(humanName(upToList(path.slice(1)))) };
}

const PLURALS: Readonly<Record<string, string>> = { templating: 'variables' };

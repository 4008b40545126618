import { groupBy } from '../model/group-by.ts';
import { isJsonObject, type Json } from '../model/json.ts';
import type { Edit, Meaning, MeaningKind, PathStep } from '../model/plan.ts';
import { cameInto, panelWords } from './meaning-panel.ts';
import { movesOf } from './meaning-place.ts';
import { isRow, type PlacedBoard, type PlacedPanel, placedPanels } from './panels.ts';
import { humanName, quoted, reordered, toldSetting, upToList, valueAt } from './values.ts';
import { toldQuery, UNSTATED, verb } from './words.ts';

/** What changes of a dashboard mean: panel by panel, then what belongs to all of it. */
export function dashboardMeanings(before: Json, after: Json, edits: readonly Edit[]): readonly Meaning[] {
  if (edits.length === 0) return [];
  const told = [...panelMeanings(placedPanels(before), placedPanels(after)), ...boardMeanings(before, after, edits)];
  // Grafana draws panels by their places, whatever their order in the file.
  return told.length > 0 ? told : [{ kind: 'cosmetic', subject: '', text: 'stored in another way', paging: false }];
}

function panelMeanings(old: PlacedBoard, now: PlacedBoard): Meaning[] {
  const reborn = rebornPanels(old, now);
  const moves = movesOf(old, now);
  const named = namer(old, now);
  const gone = [...old.panels.values()].filter(({ id }) => !now.panels.has(id) && !reborn.has(id));
  const meanings = gone.map(
    (placed): Meaning => ({ ...named(placed, old), kind: 'removed', text: 'removed', paging: false }),
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
        text: isRow(placed) ? 'added' : `added${inRow(placed, now)}`,
        ...newQuery(placed),
      });
      continue;
    }
    const move = moves.told.get(id);
    if (former.has(id)) meanings.push({ ...about, kind: 'renamed', text: 'has a new id: links to it break' });
    if (move !== undefined) meanings.push({ ...about, kind: 'moved', text: move });
    for (const word of panelWords({ ...other.panel, id: 0 }, { ...panel, id: 0 })) meanings.push({ ...about, ...word });
  }
  const told = new Set(meanings.map(({ subject, row }) => JSON.stringify([subject, row])));
  const shifted = [...moves.shifted].map((id) => named(now.panels.get(id) as PlacedPanel, now));
  const [only, ...others] = shifted.filter(({ subject, row }) => !told.has(JSON.stringify([subject, row])));
  if (only === undefined) return meanings;
  const subject = others.length === 0 ? only : { subject: `${others.length + 1} panels` };
  return [...meanings, { ...subject, kind: 'moved', text: 'made room for others', paging: false }];
}

/** What a new panel asks, for reports that show expressions. */
function newQuery({ panel: { targets } }: PlacedPanel): Pick<Meaning, 'query'> {
  const queries = (Array.isArray(targets) ? (targets as readonly Json[]) : []).flatMap((target) =>
    isJsonObject(target) && typeof target['expr'] === 'string' ? [target['expr']] : [],
  );
  return queries.length === 0 ? {} : { query: { before: '', after: queries.join('\n') } };
}

function inRow({ row }: PlacedPanel, { panels }: PlacedBoard): string {
  const title = panels.get(row)?.panel['title'];
  return title === undefined ? '' : ` to row "${String(title)}"`;
}

/** Names panels by their titles, and by their row too where a title stands in several rows. */
function namer(
  old: PlacedBoard,
  now: PlacedBoard,
): (placed: PlacedPanel, board: PlacedBoard) => Pick<Meaning, 'subject' | 'row'> {
  const repeated = (board: PlacedBoard) =>
    [...groupBy(board.panels.values(), ({ panel }) => panel['title'])].flatMap(([title, members]) =>
      members.length > 1 ? [title] : [],
    );
  const several = new Set([...repeated(old), ...repeated(now)]);
  return (placed, board) => {
    const title = placed.panel['title'];
    const row = board.panels.get(placed.row)?.panel['title'];
    return {
      subject: `${isRow(placed) ? 'row' : 'panel'} "${String(title ?? placed.id)}"`,
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

/** Changes of what belongs to the dashboard as a whole. Each text once. */
function boardMeanings(before: Json, after: Json, edits: readonly Edit[]): Meaning[] {
  const words = edits
    .filter(({ path }) => path[0] !== 'spec' || path[1] !== 'panels')
    // Grafana keeps the text of a variable's query beside the query.
    .filter(({ path }) => path.at(-1) !== 'definition')
    .flatMap((edit) => boardWords(edit, edits, before, after) ?? []);
  const unique = new Map(words.map((word) => [word.text, word]));
  return [...unique.values()].map((word) => ({ subject: '', paging: false, ...word }));
}

/** Lists of a dashboard whose elements have names: how an element is called, and where its name stands in a path. */
const LISTS: Readonly<Record<string, { readonly kind: MeaningKind; readonly name: string; readonly at: number }>> = {
  templating: { kind: 'variable', name: 'variable', at: 3 },
  annotations: { kind: 'annotation', name: 'annotation', at: 3 },
  links: { kind: 'link', name: 'link', at: 2 },
  tags: { kind: 'labels', name: 'tag', at: 2 },
};

function boardWords(
  edit: Edit,
  all: readonly Edit[],
  before: Json,
  after: Json,
): { readonly kind: MeaningKind; readonly text: string } | undefined {
  const { path } = edit;
  const setting = (name: string, show?: (value: Json) => string) => {
    const place = upToList(path);
    return toldSetting(name, valueAt(before, place), valueAt(after, place), show);
  };
  if (path[0] === 'rest') return { kind: 'other', text: UNSTATED };
  if (path[0] !== 'spec') return { kind: 'moved', text: setting(path[0] === 'folderUid' ? 'folder' : String(path[0])) };
  const first = String(path[1]);
  const list = Object.hasOwn(LISTS, first) ? LISTS[first] : undefined;
  if (edit.op === 'order') {
    const kind = list?.kind ?? 'other';
    return reordered(edit.before, edit.after, cameInto(path, all))
      ? { kind, text: `order of ${PLURALS[first] ?? first} changed` }
      : undefined;
  }
  if (list !== undefined) {
    const element = `${list.name} ${nameOf(path[list.at])}`;
    const inner = path.slice(list.at + 1);
    if (typeof path[list.at] !== 'object') return { kind: list.kind, text: `${PLURALS[first] ?? first} changed` };
    if (inner.length === 0) return { kind: list.kind, text: `${element} ${verb(edit)}` };
    if (inner.at(-1) === 'expr') return { ...toldQuery(element, edit, 'annotation') };
    return { kind: list.kind, text: setting(`${element}: ${humanName(upToList(inner))}`) };
  }
  if (first === 'title') return { kind: 'retitled', text: setting('title') };
  if (first === 'description') return { kind: 'description', text: setting('description', quoted) };
  if (first === 'time') return { kind: 'other', text: setting(`time range ${String(path[2] ?? '')}`.trim()) };
  return { kind: 'other', text: setting(humanName(upToList(path.slice(1)))) };
}

const PLURALS: Readonly<Record<string, string>> = { templating: 'variables' };

function nameOf(step: PathStep | undefined): string {
  return typeof step === 'object' ? step.id : String(step ?? '');
}

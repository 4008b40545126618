import { isJsonObject, type Json, type JsonObject, jsonEqual } from '../model/json.ts';
import type { Edit, PathStep } from '../model/plan.ts';
import { identities } from './identity.ts';

/**
 * The exact differences of two JSON values. Key order never matters; elements with an identity (panels, queries,
 * variables …) are matched by it wherever they stand.
 *
 * @example diffJson({ title: 'a' }, { title: 'b' }) // [{ op: 'replace', path: ['title'], before: 'a', after: 'b' }]
 */
export function diffJson(before: Json, after: Json): readonly Edit[] {
  const edits: Edit[] = [];
  walk(before, after, [], edits);
  return edits;
}

function walk(before: Json, after: Json, path: readonly PathStep[], edits: Edit[]): void {
  if (jsonEqual(before, after)) return;
  if (isJsonObject(before) && isJsonObject(after)) walkObject(before, after, path, edits);
  else if (Array.isArray(before) && Array.isArray(after)) walkArray(before, after, path, edits);
  else edits.push({ op: 'replace', path, before, after });
}

function walkObject(before: JsonObject, after: JsonObject, path: readonly PathStep[], edits: Edit[]): void {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  for (const key of keys) compare(own(before, key), own(after, key), [...path, key], edits);
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function walkArray(before: readonly Json[], after: readonly Json[], path: readonly PathStep[], edits: Edit[]): void {
  const last = path.at(-1);
  const key = typeof last === 'string' ? last : undefined;
  const oldIds = identities(key, before);
  const newIds = identities(key, after);
  if (oldIds !== undefined && newIds !== undefined) {
    walkKeyed(
      new Map(oldIds.map((id, i) => [id, before[i] as Json])),
      new Map(newIds.map((id, i) => [id, after[i] as Json])),
      path,
      edits,
    );
    return;
  }
  // Positions: what is gone goes from the end, so that earlier positions keep their meaning.
  const longer = Math.max(before.length, after.length);
  const tail: Edit[] = [];
  for (let index = 0; index < longer; index += 1) {
    const removed = index >= after.length;
    compare(before[index], after[index], [...path, index], removed ? tail : edits);
  }
  edits.push(...tail.reverse());
}

function walkKeyed(
  before: ReadonlyMap<string, Json>,
  after: ReadonlyMap<string, Json>,
  path: readonly PathStep[],
  edits: Edit[],
): void {
  const removed = [...before.keys()].filter((id) => !after.has(id));
  const added = [...after.keys()].filter((id) => !before.has(id));
  const left = [...before.keys()];
  for (const id of removed) {
    const at = left.indexOf(id);
    left.splice(at, 1);
    edits.push({ op: 'remove', path: [...path, { id }], before: before.get(id) as Json, at });
  }
  for (const [id, value] of after) {
    if (before.has(id)) compare(before.get(id), value, [...path, { id }], edits);
  }
  for (const id of added) compare(undefined, after.get(id), [...path, { id }], edits);
  const reached = [...[...before.keys()].filter((id) => after.has(id)), ...added];
  const wanted = [...after.keys()];
  if (reached.some((id, index) => id !== wanted[index]))
    edits.push({ op: 'order', path, before: reached, after: wanted });
}

function compare(before: Json | undefined, after: Json | undefined, path: readonly PathStep[], edits: Edit[]): void {
  if (before === undefined && after !== undefined) edits.push({ op: 'add', path, after });
  else if (before !== undefined && after === undefined) edits.push({ op: 'remove', path, before });
  else if (before !== undefined && after !== undefined) walk(before, after, path, edits);
}

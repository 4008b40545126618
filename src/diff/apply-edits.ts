import { isJsonObject, type Json } from '../model/json.ts';
import type { Edit, PathStep } from '../model/plan.ts';
import { identities } from './identity.ts';

type Mutable = Json[] | { [key: string]: Json };

/**
 * Applies the edits that `diffJson` found to the value they were found in. The result is a new value.
 *
 * @throws Error if an edit does not fit the value: it was made from another one.
 */
export function applyEdits(value: Json, edits: readonly Edit[]): Json {
  // A root of its own lets an edit replace the value as a whole.
  const root: { [key: string]: Json } = { root: structuredClone(value) as Json };
  for (const edit of edits) applyEdit(root, edit);
  return root['root'] as Json;
}

function applyEdit(root: { [key: string]: Json }, edit: Edit): void {
  const path: PathStep[] = ['root', ...edit.path];
  if (edit.op === 'order') {
    const list = descend(root, path);
    const key = path.at(-1);
    if (!Array.isArray(list)) throw misfit(edit);
    const names = identities(typeof key === 'string' ? key : undefined, list) ?? [];
    const byName = new Map(names.map((name, index) => [name, list[index] as Json]));
    list.splice(0, list.length, ...edit.after.map((name) => byName.get(name) as Json));
    return;
  }
  const parent = descend(root, path.slice(0, -1));
  const step = path.at(-1) as PathStep;
  if (Array.isArray(parent)) {
    const position = positionOf(parent, step, path.at(-2));
    if (edit.op === 'remove') parent.splice(position, 1);
    else if (edit.op === 'add') parent.splice(edit.at ?? parent.length, 0, structuredClone(edit.after) as Json);
    else parent[position] = structuredClone(edit.after) as Json;
  } else if (isJsonObject(parent) && typeof step === 'string') {
    const object = parent as { [key: string]: Json };
    if (edit.op === 'remove') delete object[step];
    // defineProperty, because plain assignment to "__proto__" would be lost.
    else
      Object.defineProperty(object, step, {
        value: structuredClone(edit.after),
        enumerable: true,
        writable: true,
        configurable: true,
      });
  } else throw misfit(edit);
}

function descend(root: { [key: string]: Json }, path: readonly PathStep[]): Mutable {
  let here: Json = root;
  path.forEach((step, index) => {
    if (Array.isArray(here)) here = here[positionOf(here, step, path[index - 1])] as Json;
    else if (isJsonObject(here) && typeof step === 'string') here = here[step] as Json;
  });
  return here as Mutable;
}

function positionOf(list: readonly Json[], step: PathStep, under: PathStep | undefined): number {
  if (typeof step === 'number') return step;
  if (typeof step === 'string') return -1;
  return (identities(typeof under === 'string' ? under : undefined, list) ?? []).indexOf(step.id);
}

function misfit(edit: Edit): Error {
  return new Error(`the edit at ${JSON.stringify(edit.path)} was made from another value`);
}

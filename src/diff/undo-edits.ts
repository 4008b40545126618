import type { Json } from '../model/json.ts';
import type { Edit } from '../model/plan.ts';
import { applyEdits } from './apply-edits.ts';

/**
 * The value that edits were made from, exactly: an element that was removed goes back to where it stood.
 *
 * @example undoEdits({ title: 'b' }, diffJson({ title: 'a' }, { title: 'b' })) // { title: 'a' }
 */
export function undoEdits(after: Json, edits: readonly Edit[]): Json {
  return applyEdits(after, [...edits].reverse().map(inverse));
}

function inverse(edit: Edit): Edit {
  switch (edit.op) {
    case 'add':
      return { op: 'remove', path: edit.path, before: edit.after, ...placeOf(edit) };
    case 'remove':
      return { op: 'add', path: edit.path, after: edit.before, ...placeOf(edit) };
    case 'replace':
      return { ...edit, before: edit.after, after: edit.before };
    case 'order':
      return { ...edit, before: edit.after, after: edit.before };
    default:
      return edit satisfies never;
  }
}

function placeOf({ at }: { readonly at?: number }): { readonly at?: number } {
  return at === undefined ? {} : { at };
}

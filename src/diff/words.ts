/** How single edits are put into words. */
import type { Json } from '../model/json.ts';
import type { Edit, MeaningKind } from '../model/plan.ts';
import { compareQueries } from './promql.ts';

/** "added", "removed" or "changed". */
export function verb(edit: Edit): 'added' | 'removed' | 'changed' {
  return edit.op === 'add' ? 'added' : edit.op === 'remove' ? 'removed' : 'changed';
}

/** An edit of one value as people say it. @example told('for', edit, String) // 'for 2m → 5m' */
export function told(name: string, edit: Edit, show: (value: Json) => string): string {
  switch (edit.op) {
    case 'add':
      return `${name} ${show(edit.after)} added`;
    case 'remove':
      return `${name} ${show(edit.before)} removed`;
    case 'replace':
      return `${name} ${show(edit.before)} → ${show(edit.after)}`;
    case 'order':
      return `order of ${name} changed`;
    default:
      return edit satisfies never;
  }
}

/** A value without quotation marks around text. */
export function plain(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** An edited expression in words, with the expression itself for reports that show both. */
export interface ToldQuery {
  readonly text: string;
  readonly kind: MeaningKind;
  readonly query?: { readonly before: string; readonly after: string };
}

/**
 * A changed expression: laid out anew, or which matcher, function or range changed.
 *
 * @param name how it is called, such as `query A` or `condition`
 * @param kind what a change of its meaning is
 */
export function toldQuery(name: string, edit: Edit, kind: 'query' | 'condition'): ToldQuery {
  if (edit.op !== 'replace' || typeof edit.before !== 'string' || typeof edit.after !== 'string')
    return { text: `${name} ${verb(edit)}`, kind };
  const query = { before: edit.before, after: edit.after };
  const { cosmetic, notes, window } = compareQueries(edit.before, edit.after);
  if (cosmetic) return { text: `${name} laid out anew, the same in meaning`, kind: 'cosmetic', query };
  if (window && kind === 'condition')
    return { text: notes.map((note) => note.replace(/^range/, 'window')).join(', '), kind: 'window', query };
  return { text: notes.length === 0 ? `${name} changed` : `${name}: ${notes.join(', ')}`, kind, query };
}

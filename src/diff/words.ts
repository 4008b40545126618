/** How single edits are put into words. */
import type { Edit, MeaningKind } from '../model/plan.ts';
import { compareQueries } from './promql.ts';

/** "added", "removed" or "changed". */
export function verb(edit: Edit): 'added' | 'removed' | 'changed' {
  return edit.op === 'add' ? 'added' : edit.op === 'remove' ? 'removed' : 'changed';
}

/** What Grafana keeps beside what our model knows. */
export const UNSTATED = 'has settings that the code does not state';

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
export function toldQuery(name: string, edit: Edit, kind: 'query' | 'condition' | 'annotation'): ToldQuery {
  if (edit.op !== 'replace' || typeof edit.before !== 'string' || typeof edit.after !== 'string')
    return { text: `${name} ${verb(edit)}`, kind };
  const query = { before: edit.before, after: edit.after };
  const { cosmetic, notes, window } = compareQueries(edit.before, edit.after);
  if (cosmetic) return { text: `${name} laid out anew, the same in meaning`, kind: 'cosmetic', query };
  if (window && kind === 'condition')
    return { text: notes.map((note) => note.replace(/^range/, 'window')).join(', '), kind: 'window', query };
  return { text: notes.length === 0 ? `${name} changed` : `${name}: ${notes.join(', ')}`, kind, query };
}

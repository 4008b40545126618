import type { Meaning, MeaningKind } from '../model/meaning.ts';
import type { Edit } from '../model/plan.ts';
import { compareQueries } from './promql.ts';
import { verbOf } from './values.ts';

/** What an edited expression means, with the expression itself for reports that show both. */
export type QueryMeaning = Pick<Meaning, 'kind' | 'change' | 'query'>;

/**
 * A changed expression: laid out in another way, or which matcher, function or range changed.
 *
 * @param name how it is called, such as `query A` or `condition`
 * @param kind what a change of its meaning is
 */
export function queryMeaning(name: string, edit: Edit, kind: MeaningKind): QueryMeaning {
  if (edit.op !== 'replace' || typeof edit.before !== 'string' || typeof edit.after !== 'string')
    return { kind, change: { what: 'query', name, verb: verbOf(edit), notes: [] } };
  const query = { before: edit.before, after: edit.after };
  const { cosmetic, notes, window } = compareQueries(edit.before, edit.after);
  if (window && kind === 'condition') return { kind: 'window', change: { what: 'window', notes }, query };
  return cosmetic === undefined
    ? { kind, change: { what: 'query', name, verb: 'changed', notes }, query }
    : { kind: 'cosmetic', change: { what: 'query', name, verb: 'changed', cosmetic, notes: [] }, query };
}

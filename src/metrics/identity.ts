/**
 * The labels that tell the series of an expression apart, and by which its parts are joined. All parts take them from
 * here, so that `by (…)` and `on (…)` agree: a label in one of them alone lets a quiet region through a busy one's
 * guard, or joins many series with many.
 */
import type { Dimension } from '../model/dimension.ts';
import { by, on } from './promql.ts';

/** What a binding says of the dimensions: those that its metrics do not have. */
export interface Divided {
  readonly lacks?: readonly string[];
}

/** The dimensions that all of these bindings have, by their labels. */
export function dimensionsOf(
  { dimensions }: { readonly dimensions: readonly Dimension[] },
  ...bindings: readonly Divided[]
): readonly string[] {
  return dimensions.map(({ label }) => label).filter((label) => !bindings.some(({ lacks }) => lacks?.includes(label)));
}

/**
 * The labels of a service's series, where all of these bindings have them: its job, and the dimensions.
 *
 * @example identityOf(terms, server) // ['job', 'region']
 */
export function identityOf(
  terms: { readonly dimensions: readonly Dimension[] },
  ...bindings: readonly Divided[]
): readonly string[] {
  return ['job', ...dimensionsOf(terms, ...bindings)];
}

/** A part of an expression with the labels of its series. */
export interface Part {
  readonly text: string;
  readonly keep: readonly string[];
}

/**
 * Joins a part to another one that has as many labels or fewer: each series of the first finds the one that holds for
 * it.
 *
 * @example joined({ text: 'a', keep: ['job', 'region'] }, '+', { text: 'b', keep: ['job'] })
 * // a + on (job) group_left () b
 */
export function joined(left: Part, operator: string, right: Part): Part {
  const grouping = right.keep.length < left.keep.length ? ' group_left ()' : '';
  return { text: `${left.text}\n${operator} ${on(...right.keep)}${grouping} ${right.text}`, keep: left.keep };
}

/** The largest series of each set of fewer labels, where the expression has more. */
export function narrowed(expression: string, from: readonly string[], to: readonly string[]): string {
  return from.length === to.length ? expression : `max ${by(...to)}(${expression})`;
}

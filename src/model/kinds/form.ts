/** The form of values that files hold, as far as a kind of resource depends on it. What parses the files is a library's. */
import { isJsonObject } from '../json.ts';

/** Where a value is not as it should be. */
export interface FormProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Finds what is wrong with a value. */
export type Form = (value: unknown) => readonly FormProblem[];

const form =
  (holds: (value: unknown) => boolean, message: string): Form =>
  (value) =>
    holds(value) ? [] : [{ path: [], message }];

export const aText = form((value) => typeof value === 'string', 'has to be a text');
export const aNumber = form((value) => typeof value === 'number', 'has to be a number');
export const anObject = form(isJsonObject, 'has to be an object');
/** No part of a path: files and addresses are made of it. */
export const aUid = form(
  (value) => typeof value === 'string' && /^(?!\.+$)[^/\\\p{Cc}]+$/u.test(value),
  'has to be a UID or a name',
);

const within = (step: string | number, problems: readonly FormProblem[]): readonly FormProblem[] =>
  problems.map(({ path, message }) => ({ path: [step, ...path], message }));

/** An object with at least these fields. */
export function withFields(fields: Readonly<Record<string, Form>>): Form {
  return (value) =>
    isJsonObject(value)
      ? Object.entries(fields).flatMap(([name, field]) => within(name, field(value[name])))
      : anObject(value);
}

/** A list of values of one form. */
export function listOf(each: Form): Form {
  return (value) =>
    Array.isArray(value)
      ? value.flatMap((item: unknown, index) => within(index, each(item)))
      : [{ path: [], message: 'has to be a list' }];
}

/** An object whose values all have one form. */
export function recordOf(each: Form): Form {
  return (value) =>
    isJsonObject(value) ? Object.entries(value).flatMap(([name, inner]) => within(name, each(inner))) : anObject(value);
}

/** What may be left out. */
export function optional(inner: Form): Form {
  return (value) => (value === undefined ? [] : inner(value));
}

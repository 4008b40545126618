/** Facts that differ between the places a project is synced to, and how they become plain ones. */
import type { MetricProfile } from './metrics.ts';
import type { Quantity, Unit } from './quantity.ts';

/** A fact with a value for each environment. Plain data: `per` of what defineEnvironments returns makes it. */
export interface PerEnvironment<T> {
  readonly perEnvironment: Readonly<Record<string, T>>;
}

/** What is stated as a whole. */
type Whole =
  | string
  | number
  | boolean
  | null
  | undefined
  | ((...args: never[]) => unknown)
  | Quantity<Unit>
  | MetricProfile;

/** Facts, any of which may differ between environments, as a whole or in a part. */
export type Varying<T> = VaryingParts<T> | PerEnvironment<T>;

/** The same for facts of which parts differ. */
export type VaryingParts<T> = T extends Whole
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Varying<Item>[]
    : { readonly [Key in keyof T]: Varying<T[Key]> };

/** Whether a value stands for one in each environment. */
export function isPerEnvironment(value: unknown): value is PerEnvironment<unknown> {
  if (!isRecord(value)) return false;
  const [key, ...others] = Object.keys(value);
  return key === 'perEnvironment' && others.length === 0 && isRecord(value['perEnvironment']);
}

/** Makes something of a value, or of each environment's. */
export function vary<T, R>(value: T, make: (value: T) => R): R {
  if (!isPerEnvironment(value)) return make(value);
  const made = Object.entries(value.perEnvironment).map(([name, one]) => [name, make(one as T)]);
  // It stands where the value of one environment will.
  return { perEnvironment: Object.fromEntries(made) } as R;
}

/**
 * A value as one environment has it: the same value where nothing in it differs. Lists and plain objects are looked into;
 * functions and what they close over are not.
 *
 * @param missing is called with what has no value for the environment; its place is left empty
 */
export function valueIn(value: unknown, name: string, missing: (path: readonly string[]) => void): unknown {
  return within(value, name, [], missing);
}

function within(
  value: unknown,
  name: string,
  path: readonly string[],
  missing: (path: readonly string[]) => void,
): unknown {
  if (isPerEnvironment(value)) {
    if (Object.hasOwn(value.perEnvironment, name)) return within(value.perEnvironment[name], name, path, missing);
    missing(path);
    return undefined;
  }
  if (Array.isArray(value)) {
    const items = value.map((item, index) => within(item, name, [...path, String(index)], missing));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, within(one, name, [...path, key], missing)] as const);
  return entries.every(([key, one]) => one === value[key]) ? value : Object.fromEntries(entries);
}

/** A plain object: what a class or the SDK has made is left as it is. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A JSON value: what dashboards are made of once they have left the builders. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A JSON object. Keys with the value `undefined` do not exist in it. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** True for objects, false for arrays, null and scalars. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Equality of two JSON values. Key order does not matter; array order does.
 *
 * @example jsonEqual({ a: 1, b: 2 }, { b: 2, a: 1 }) // true
 */
export function jsonEqual(left: Json | undefined, right: Json | undefined): boolean {
  if (Object.is(left, right)) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => jsonEqual(item, right[index]));
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return left === right;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && jsonEqual(left[key], right[key]))
  );
}

/** Freezes a value and everything in it, and returns it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

/** The value of a JSON text; undefined for what is none, which a schema then refuses with its own words. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

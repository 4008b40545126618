import { isJsonObject, type Json } from '../model/json.ts';

/** The name of an element among its siblings, or undefined where it has none. */
export type IdentityOf = (item: Json) => string | undefined;

const field =
  (...names: readonly string[]): IdentityOf =>
  (item) => {
    if (!isJsonObject(item)) return undefined;
    const values = names.map((name) => item[name]);
    return values.every((value) => typeof value === 'string' || typeof value === 'number')
      ? values.join(' ')
      : undefined;
  };

/** Arrays whose elements have a name, by the key the array stands under; all others are compared by position. */
const IDENTITIES: Readonly<Record<string, IdentityOf>> = {
  panels: field('id'),
  rules: field('uid'),
  targets: field('refId'),
  data: field('refId'),
  list: field('name'),
  links: field('title'),
  integrations: field('type'),
  properties: field('id'),
  transformations: field('id'),
  tags: (item) => (typeof item === 'string' ? item : undefined),
  overrides: (item) => {
    const matcher = isJsonObject(item) ? item['matcher'] : undefined;
    return isJsonObject(matcher) ? `${String(matcher['id'])} ${JSON.stringify(matcher['options'] ?? null)}` : undefined;
  },
};

/**
 * The names of an array's elements if every one has one and no two share it; else undefined, and the array is
 * compared by position.
 */
export function identities(key: string | undefined, items: readonly Json[]): readonly string[] | undefined {
  const identityOf = key !== undefined && Object.hasOwn(IDENTITIES, key) ? IDENTITIES[key] : undefined;
  if (identityOf === undefined) return undefined;
  const names = items.map(identityOf);
  if (!names.every((name) => name !== undefined)) return undefined;
  return new Set(names).size === names.length ? names : undefined;
}

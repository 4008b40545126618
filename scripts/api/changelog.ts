/** Whether the changelog says what became of the public names. */
import { type Change, HIDDEN } from './listing.ts';
import type { HiddenType } from './read-api.ts';

/** The part of a changelog about what is not released yet. */
export function unreleasedPart(changelog: string): string {
  return /^## \[Unreleased\]$([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(changelog)?.[1] ?? '';
}

/**
 * The changes that the changelog's unreleased part does not name. A name counts where it stands in code, as in
 * `` `defineProject` ``, since many names are words of every day. A type that no entry exports is named by what it is a
 * part of; that it came or went shows there.
 */
export function unnamedChanges(
  changes: readonly Change[],
  changelog: string,
  hidden: readonly Pick<HiddenType, 'declared' | 'partOf'>[] = [],
): readonly Change[] {
  const named = new Set(codeIn(unreleasedPart(changelog)).flatMap((code) => code.match(/[\w$]+/g) ?? []));
  return changes.filter(({ what, entry, name }) => {
    if (named.has(name)) return false;
    if (entry !== HIDDEN) return true;
    const parts = hidden.filter(({ declared }) => declared.name === name).flatMap(({ partOf }) => partOf);
    return what === 'changed' && !parts.some((part) => named.has(part));
  });
}

function codeIn(markdown: string): readonly string[] {
  return [...markdown.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

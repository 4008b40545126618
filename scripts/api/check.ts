/** Holds the list of public names to the code, and its changes to the changelog. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unnamedChanges } from './changelog.ts';
import { emitDeclarations } from './declarations.ts';
import { type Change, compareListings, parseListing, renderListing } from './listing.ts';
import { type Api, readApi } from './read-api.ts';

/** The names as they are. */
export const PUBLIC = 'docs/api/public.txt';
/** The names as they were at the last release. */
export const RELEASED = 'docs/api/released.txt';

/** The public names of the code as it is. */
export function apiOf(root: string): Api {
  return readApi(emitDeclarations(root));
}

/** What is wrong with the lists and the changelog, one line each. */
export function apiProblems(root: string, api: Api): readonly string[] {
  const text = renderListing(api);
  const now = parseListing(text, PUBLIC);
  const there = read(root, PUBLIC);
  const stale = there === text ? [] : compareListings(parseListing(there, PUBLIC), now);
  const changes = compareListings(parseListing(read(root, RELEASED), RELEASED), now);
  return [
    ...(there === text ? [] : [`${PUBLIC} is not what the code gives${some(stale)}; npm run api writes it`]),
    ...unnamedChanges(changes, read(root, 'CHANGELOG.md'), api.hidden).map(
      ({ what, entry, name }) =>
        `CHANGELOG.md does not say under [Unreleased] that ${name} of ${entry} is ${what}; name it there, as \`${name}\``,
    ),
  ];
}

function some(changes: readonly Change[]): string {
  if (changes.length === 0) return '';
  const shown = changes.slice(0, 5).map(({ what, name }) => `${name} ${what}`);
  return ` (${shown.join(', ')}${changes.length > 5 ? `, ${changes.length - 5} more` : ''})`;
}

function read(root: string, file: string): string {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, 'utf8').replaceAll('\r\n', '\n') : '';
}

/** The public names as text: a name's block is its heading, and below it a line for each part of its declaration. */
import type { Api } from './read-api.ts';
import type { Declared } from './read-module.ts';

/** A block of the list. */
export interface Listed {
  /** The entry, or {@link HIDDEN}. */
  readonly entry: string;
  readonly name: string;
  /** All of it, as it stands in the list. */
  readonly text: string;
}

/** In place of an entry: types that no entry exports. */
export const HIDDEN = '(not exported)';

const HEAD = `# The public names of the package, as npm run api writes them: entry, name, kind, and the declaration. Do not edit.
# "${HIDDEN}": types that are a part of those that are.
`;

/** Writes the list. */
export function renderListing({ entries, hidden }: Api): string {
  const blocks = [
    ...entries.flatMap(({ name: entry, names }) =>
      names.map(({ name, declared, sameAs }) =>
        sameAs === undefined
          ? blockOf(entry, name, declared)
          : `${entry} ${name} ${declared.kind}\n  the same as in ${sameAs}\n`,
      ),
    ),
    ...hidden.map(({ declared }) => blockOf(HIDDEN, declared.name, declared)),
  ];
  return `${HEAD}\n${blocks.join('')}`;
}

function blockOf(entry: string, name: string, { kind, text, members }: Declared): string {
  const parts = [...(text === '' ? [] : [text]), ...members.map((member) => `  ${member.text}`)];
  return `${entry} ${name} ${kind}\n${parts.map((part) => `  ${part}\n`).join('')}`;
}

/** Reads a list that was written. @throws Error with the line that is none of a list */
export function parseListing(text: string, file: string): readonly Listed[] {
  const blocks: { entry: string; name: string; text: string }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const last = blocks.at(-1);
    if (line.startsWith(' ') && last !== undefined) {
      last.text += `\n${line}`;
      continue;
    }
    const [, entry, name] = /^(\(not exported\)|\S+) (\S+) \w+$/.exec(line) ?? [];
    if (entry === undefined || name === undefined)
      throw new Error(`${file}:${index + 1}: is no line of a list of names; npm run api writes it anew`);
    blocks.push({ entry, name, text: line });
  }
  return blocks;
}

/** What became of a name since. */
export interface Change {
  readonly what: 'added' | 'removed' | 'changed';
  readonly entry: string;
  readonly name: string;
}

/** What differs between two lists, in the order of the newer one; what is gone stands last. */
export function compareListings(before: readonly Listed[], now: readonly Listed[]): readonly Change[] {
  const [then, today] = [byKey(before), byKey(now)];
  const changed = [...today].flatMap(([key, { entry, name, text }]): Change[] => {
    const old = then.get(key);
    if (old?.text === text) return [];
    return [{ what: old === undefined ? 'added' : 'changed', entry, name }];
  });
  const removed = [...then].flatMap(([key, { entry, name }]): Change[] =>
    today.has(key) ? [] : [{ what: 'removed', entry, name }],
  );
  return [...changed, ...removed];
}

/** Types of different modules may have one name where nobody imports them. */
function byKey(listed: readonly Listed[]): ReadonlyMap<string, Listed> {
  const found = new Map<string, Listed>();
  for (const one of listed) {
    const key = `${one.entry} ${one.name}`;
    const before = found.get(key);
    found.set(key, before === undefined ? one : { ...one, text: `${before.text}\n${one.text}` });
  }
  return found;
}

/** What we write into the message of every save, and how we know it again. */

/** A save of ours. */
export interface OwnSave {
  readonly owner: string;
  readonly commit: string;
  /** `contentHash` of what was sent. */
  readonly hash: string;
  /** Grafana's count of changes to the object with this save; a higher one later means that somebody else wrote. */
  readonly generation: number;
}

/**
 * The message of a save; at most 500 characters.
 *
 * @example renderMessage({ owner: 'shop', commit: '3f2a9c1', hash: '9f86d081884c7d65', generation: 2 })
 * // 'as-code:shop commit 3f2a9c1 content 9f86d081884c7d65 change 2'
 */
export function renderMessage({ owner, commit, hash, generation }: OwnSave): string {
  return `as-code:${owner} commit ${commit} content ${hash} change ${generation}`;
}

/** Reads a message; undefined where it is not ours. */
export function parseMessage(message: string | undefined, owner: string): OwnSave | undefined {
  const match = /^as-code:(\S+) commit (\S+) content ([0-9a-f]{16}) change (\d+)$/.exec(message ?? '');
  if (match === null || match[1] !== owner) return undefined;
  return { owner, commit: match[2] ?? '', hash: match[3] ?? '', generation: Number(match[4]) };
}

import type { Kind } from '../model/resource.ts';

/**
 * Whether a UID says that an object is the owner's. The mark (a tag, a label) has to say so too, where the kind can
 * carry one: a prefix alone may be somebody else's choice of name.
 */
export function hasOwnerPrefix(owner: string, uid: string): boolean {
  return uid.startsWith(`${owner}-`);
}

/**
 * What counts against the ceiling of a prune. Rules are counted by group, as people think of them: a service that
 * leaves takes one dashboard and one group with it.
 */
export function countsForPrune(kind: Kind): boolean {
  return kind === 'dashboard' || kind === 'rule';
}

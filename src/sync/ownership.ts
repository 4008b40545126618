/**
 * Whether a UID says that an object is the owner's. The mark (a tag, a label) has to say so too, where the kind can
 * carry one: a prefix alone may be somebody else's choice of name.
 */
export function hasOwnerPrefix(owner: string, uid: string): boolean {
  return uid.startsWith(`${owner}-`);
}

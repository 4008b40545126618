import type { Diagnostic } from '../model/diagnostic.ts';
import type { LiveObject } from '../model/plan.ts';
import type { Kind } from '../model/resource.ts';
import { unreadableDiagnostic } from './obstacles.ts';
import { hasOwnerPrefix } from './ownership.ts';

/**
 * What becomes of objects that have no known form: one that the code wants is held up, one that bears our prefix is
 * named, and what is somebody else's is not looked at.
 */
export function unreadableObjects(
  kind: Kind,
  items: readonly { readonly name: string; readonly problem: string }[],
  wanted: { has(uid: string): boolean },
  owner: string,
): { readonly objects: readonly LiveObject[]; readonly notes: readonly Diagnostic[] } {
  const objects: LiveObject[] = [];
  const notes: Diagnostic[] = [];
  for (const { name, problem } of items) {
    if (wanted.has(name)) objects.push({ kind, uid: name, title: name, owned: false, pin: '', unreadable: problem });
    else if (hasOwnerPrefix(owner, name)) {
      notes.push({ ...unreadableDiagnostic({ kind, title: name }, problem), level: 'warning' });
    }
  }
  return { objects, notes };
}

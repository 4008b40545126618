/** Why something can not be done, and what resolves it. */
import type { Diagnostic } from '../model/diagnostic.ts';
import type { BlockedChange, LiveObject } from '../model/plan.ts';
import type { Kind, Resource } from '../model/resource.ts';

/** Where a UID comes from, and what marks an object of that kind as ours. */
const WAYS_OUT: Readonly<Record<Kind, string>> = {
  folder: 'give another UID in src/project.ts (folder), or the folder there the same title, and it is used',
  'contact-point': 'rename it in alerts/routing.ts, or the other one in Grafana',
  rule: 'rename the service in services/, or delete the other rule; if it is ours, give it its label as_code again',
  dashboard: 'rename the service in services/, or delete the other dashboard; if it is ours, give it its tag again',
};

export function foreign({ kind, uid, title, source }: Resource): Diagnostic {
  return {
    code: 'S001',
    level: 'error',
    file: source,
    subject: `${kind} ${title}`,
    message: `has the UID ${uid}, which belongs to something that is not ours (it lacks the owner's mark)`,
    remedy: `One of the two has to go: ${WAYS_OUT[kind]}. Nothing of it was changed.`,
  };
}

/** A file that is not ours, where ours would be. */
export function taken({ kind, title, source }: Resource, path: string): Diagnostic {
  return {
    code: 'D010',
    level: 'error',
    file: source,
    subject: `${kind} ${title}`,
    message: `belongs into ${path}, which exists and is not ours`,
    remedy: 'Move that file away, or give it another name; it was not changed.',
  };
}

export function hidden({ kind, uid, title, source }: Resource): Diagnostic {
  return {
    code: 'S006',
    level: 'error',
    file: source,
    subject: `${kind} ${title}`,
    message: `exists (UID ${uid}) in a folder that this account may not look into; writing it would take it away from there`,
    remedy: 'Let an administrator move or delete it, or give this account Edit on that folder.',
  };
}

export function waits({ kind, title, source }: Resource, obstacle: BlockedChange): Diagnostic {
  return {
    code: 'S007',
    level: 'error',
    file: source,
    subject: `${kind} ${title}`,
    message: `needs ${obstacle.kind} ${obstacle.title}, which is blocked`,
    remedy: 'Resolve that one first; the next sync goes on from there.',
  };
}

export function unread({ kind, title }: LiveObject): Diagnostic {
  return {
    code: 'S002',
    level: 'error',
    subject: `${kind} ${title}`,
    message: 'left the code, but the target could not be read completely, so nothing is deleted',
    remedy: 'Run the sync again when the target answers.',
  };
}

export function overCeiling({ kind, title }: LiveObject, count: number, limit: number): Diagnostic {
  return {
    code: 'S003',
    level: 'error',
    subject: `${kind} ${title}`,
    message: `left the code, but ${count} dashboards and rule groups would be deleted and at most ${limit} may be at once`,
    remedy: `If that is right: npm run sync -- --max-deletes ${count}`,
  };
}

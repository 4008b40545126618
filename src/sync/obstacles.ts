/** Why something cannot be done, and what resolves it. */
import type { Diagnostic } from '../model/diagnostic.ts';
import type { BlockedChange, LiveObject, Manager } from '../model/plan.ts';
import { type Kind, type Resource, specOf } from '../model/resource.ts';

export function foreignUidDiagnostic({ kind, uid, title, source }: Resource): Diagnostic {
  return {
    code: 'S001',
    level: 'error',
    file: source,
    subject: `${kind} ${title}`,
    message: `has the UID ${uid}, which belongs to something that is not ours (it lacks the owner's mark)`,
    remedy: `One of the two has to go: ${specOf(kind).wayOut}. Nothing of it was changed.`,
  };
}

/** A file that is not ours, where ours would be. */
export function foreignFileDiagnostic({ kind, title, source }: Resource, path: string): Diagnostic {
  return {
    code: 'D010',
    level: 'error',
    file: source,
    subject: `${kind} ${title}`,
    message: `belongs into ${path}, which exists and is not ours`,
    remedy: 'Move that file away, or give it another name; it was not changed.',
  };
}

/** It exists where the account may not look. */
export function hiddenDiagnostic({ kind, uid, title, source }: Resource): Diagnostic {
  const [message, remedy] =
    kind === 'folder'
      ? [
          `exists (UID ${uid}), and this account may not look into it`,
          'Let an administrator give this account Edit on that folder, or give another UID in grafana.config.ts (folder).',
        ]
      : [
          `exists (UID ${uid}) in a folder that this account may not look into; writing it would take it away from there`,
          'Let an administrator move or delete it, or give this account Edit on that folder.',
        ];
  return {
    code: 'S006',
    level: 'error',
    file: source,
    subject: `${kind} ${title}`,
    message,
    remedy,
  };
}

export function blockedNeedDiagnostic({ kind, title, source }: Resource, obstacle: BlockedChange): Diagnostic {
  return {
    code: 'S007',
    level: 'error',
    file: source,
    subject: `${kind} ${title}`,
    message: `needs ${obstacle.kind} ${obstacle.title}, which is blocked`,
    remedy: 'Resolve that one first; the next sync goes on from there.',
  };
}

export function incompleteReadDiagnostic({ kind, title }: LiveObject): Diagnostic {
  return {
    code: 'S002',
    level: 'error',
    subject: `${kind} ${title}`,
    message: 'left the code, but the target could not be read completely, so nothing is deleted',
    remedy: 'Run the sync again when the target answers.',
  };
}

export function ceilingDiagnostic({ kind, title }: LiveObject, count: number, limit: number): Diagnostic {
  return {
    code: 'S003',
    level: 'error',
    subject: `${kind} ${title}`,
    message: `left the code, but ${count} dashboards and rule groups would be deleted and at most ${limit} may be at once`,
    remedy: `If that is right: npm run sync -- --max-deletes ${count}`,
  };
}

/** Why an object is kept as it is. @param files those that the edit belongs into */
export function handEditDiagnostic({ kind, title, edited }: LiveObject, files: readonly string[] = []): Diagnostic {
  const [file] = files;
  return {
    code: 'S005',
    level: 'error',
    ...(file ? { file } : {}),
    subject: `${kind} ${title}`,
    message: `was edited in Grafana by ${edited?.by ?? 'somebody'}, and is kept as it is`,
    remedy: `keep: bring the edit into ${files.join(', ') || 'the code'}    discard: npm run sync -- --overwrite-drift`,
  };
}

/** An object of ours, by its name, that has no form that we know. */
export function unreadableDiagnostic(
  { kind, title }: { readonly kind: Kind; readonly title: string },
  problem: string,
  file?: string,
): Diagnostic {
  return {
    code: 'G009',
    level: 'error',
    ...(file ? { file } : {}),
    subject: `${kind} ${title}`,
    message: `bears our name and cannot be read: ${problem}`,
    remedy: 'Look at it in Grafana: correct it, or delete it and run the sync again. Nothing of it was changed.',
  };
}

/** Who writes an object besides us, as people call it, and how it gets free. */
const MANAGERS: Readonly<Record<string, { readonly name: string; readonly remedy: string }>> = {
  kubectl: { name: 'a client of the API', remedy: 'take it out of what that client pushes' },
  terraform: { name: 'Terraform', remedy: 'take it out of Terraform: terraform state rm, then its configuration' },
  repo: { name: 'Git Sync', remedy: 'remove its file from the repository that Git Sync reads' },
  plugin: { name: 'a plugin', remedy: 'rename it in the code: what a plugin brings cannot be changed' },
  'classic-file-provisioning': {
    name: 'a provisioning file',
    remedy: 'remove the file from the provisioning folder of Grafana',
  },
};

/** Managers that let others write; the code may win over them. */
const YIELDING: ReadonlySet<string> = new Set(['kubectl', 'terraform']);

export function yieldsToCode({ kind }: Manager): boolean {
  return YIELDING.has(kind);
}

/** Somebody else keeps the object as it is: both would write it in turn. */
export function managedDiagnostic({ kind, title }: LiveObject, manager: Manager, file?: string): Diagnostic {
  const known = Object.hasOwn(MANAGERS, manager.kind) ? MANAGERS[manager.kind] : undefined;
  const { name, remedy } = known ?? { name: manager.kind, remedy: 'take it out of there' };
  const which = manager.id === '' ? '' : ` "${manager.id}"`;
  const source = manager.source === undefined ? '' : ` (${manager.source})`;
  const win = yieldsToCode(manager) ? ', then let the code win: npm run sync -- --overwrite-drift' : '';
  return {
    code: 'G010',
    level: 'error',
    ...(file ? { file } : {}),
    subject: `${kind} ${title}`,
    message: `is managed by ${name}${which}${source}, and was left as it is`,
    remedy: `One of the two has to write it. To let it be the code, ${remedy}${win}`,
  };
}

/** What cannot go, because somebody needs it: Grafana refuses the delete. */
export function usedDiagnostic({ kind, title }: LiveObject, users: readonly string[]): Diagnostic {
  const [some, more] = [users.slice(0, 5), users.length - 5];
  return {
    code: 'S008',
    level: 'error',
    subject: `${kind} ${title}`,
    message: `left the code and is still used by ${some.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    remedy: `Let them use another ${specOf(kind).name}, in Grafana (Alerting) or in the code; the next sync deletes this one.`,
  };
}

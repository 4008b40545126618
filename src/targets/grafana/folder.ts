/** Folders: whose they are, and what is in them besides ours. */
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { LiveObject } from '../../model/plan.ts';
import type { Desired } from '../../model/resource.ts';
import { hasOwnerPrefix } from '../../sync/index.ts';
import type { Client } from './client.ts';
import { paths } from './paths.ts';
import { parseAnswer } from './preflight.ts';
import { counts, type FolderItem } from './shapes.ts';

/** What marks a folder as ours: Grafana keeps a description in either storage, but no annotation of ours. */
export function folderMark(ownerTag: string): string {
  return `${ownerTag}: dashboards and alert rules in here are written from code`;
}

export function folderPin({ metadata }: FolderItem): string {
  return `${metadata.uid}@${metadata.resourceVersion}`;
}

/**
 * Folders of ours. One that was made by somebody else under the UID and the title of the code is used and never
 * renamed or deleted; one of ours that left the code stays, with a note, while it holds anything that is not ours.
 */
export async function liveFolders(
  { client, owner, ownerTag }: { readonly client: Client; readonly owner: string; readonly ownerTag: string },
  {
    folders,
    mayHide,
  }: {
    readonly folders: ReadonlyMap<string, FolderItem>;
    /** Whether a folder is so new that its counts may leave something out. */
    readonly mayHide: (uid: string) => boolean;
  },
  desired: Desired,
  others: readonly LiveObject[],
  /** Whether a folder may be deleted in this scope. */
  prunable: boolean,
): Promise<{ readonly objects: readonly LiveObject[]; readonly notes: readonly Diagnostic[] }> {
  const wanted = new Map(
    desired.resources.filter((resource) => resource.kind === 'folder').map((resource) => [resource.uid, resource]),
  );
  const objects: LiveObject[] = [];
  const notes: Diagnostic[] = [];
  for (const [uid, item] of folders) {
    const { title, description } = item.spec;
    const marked = hasOwnerPrefix(owner, uid) && description?.startsWith(`${ownerTag}:`) === true;
    const resource = wanted.get(uid);
    if (!marked && resource === undefined) continue;
    if (resource === undefined) {
      if (!prunable) continue;
      if (mayHide(uid)) {
        notes.push(stays(title, 'it is so new that Grafana may hide what is in it', 'Run the sync again in a minute.'));
        continue;
      }
      const foreign = await foreignIn(client, uid, others);
      if (foreign > 0) {
        const what = `it holds ${foreign} ${foreign === 1 ? 'object that is' : 'objects that are'} not ours`;
        notes.push(stays(title, what, 'Move them to another folder; the next sync deletes this one.'));
        continue;
      }
    }
    objects.push({
      kind: 'folder',
      uid,
      title,
      owned: marked || resource?.title === title,
      pin: folderPin(item),
      resource: { kind: 'folder', uid, title, source: '' },
    });
  }
  return { objects, notes };
}

/** How much a folder holds that is not ours. */
async function foreignIn(client: Client, uid: string, others: readonly LiveObject[]): Promise<number> {
  const ours = others.filter(
    ({ owned, resource }) =>
      owned && (resource?.kind === 'dashboard' || resource?.kind === 'rule') && resource.folderUid === uid,
  );
  return (await countIn(client, uid)) - ours.length;
}

/** Everything in a folder: dashboards, rules, folders, library panels. */
export async function countIn(client: Client, uid: string): Promise<number> {
  const path = paths.folderCounts(uid);
  const { body } = await client.request('GET', path);
  return Object.values(parseAnswer(client, path, counts, body)).reduce((sum, count) => sum + count, 0);
}

function stays(title: string, because: string, remedy: string): Diagnostic {
  return {
    code: 'G015',
    level: 'warning',
    subject: `folder ${title}`,
    message: `left the code and stays, because ${because}`,
    remedy,
  };
}

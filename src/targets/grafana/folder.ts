/** Folders: whose they are, what is in them besides ours, and how they are written. */
import { z } from 'zod';
import { sortItems } from '../../adapters/grafana-answers.ts';
import { ANNOTATION, type Metadata, managerOf, metadata, NAME_AT } from '../../adapters/grafana-object.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { ExplainedError } from '../../model/explained-error.ts';
import type { LiveObject } from '../../model/plan.ts';
import { type Desired, type FolderResource, ofKind } from '../../model/resource.ts';
import { hasOwnerPrefix, unreadableObjects } from '../../sync/index.ts';
import { type Found, postChecked } from './checked-write.ts';
import type { ReadContext, WriteContext } from './context.ts';
import { changedSince } from './errors.ts';
import { type FoundObjects, type GrafanaKind, singly } from './kind.ts';

const folderItem = z.looseObject({
  metadata,
  spec: z.looseObject({ title: z.string(), description: z.string().nullish() }),
});
const counts = z.record(z.string(), z.number());

/** How long what nobody can ask for by name, because it is somebody else's, may hide in a new folder. */
const DELETED_AFTER = 60_000;

/** A folder of ours that left the code, and how much it holds: it goes if all of that is ours. */
export interface LeavingFolder {
  readonly object: LiveObject;
  readonly held: number;
}

/** The folders of a Grafana. */
export interface Folders extends FoundObjects {
  readonly leaving: readonly LeavingFolder[];
  /** Milliseconds since each was made; undefined where Grafana does not say. */
  readonly ages: ReadonlyMap<string, number | undefined>;
  /** The folder that each stands in. */
  readonly parents: ReadonlyMap<string, string | undefined>;
}

function foldersPath(namespace: string): string {
  return `/apis/folder.grafana.app/v1beta1/namespaces/${namespace}/folders`;
}

function folderPath(namespace: string, uid: string): string {
  return `${foldersPath(namespace)}/${encodeURIComponent(uid)}`;
}

/** What marks a folder as ours: Grafana keeps a description in either storage, but no annotation of ours. */
function markOf(ownerTag: string): string {
  return `${ownerTag}: dashboards and alert rules in here are written from code`;
}

function pinOf({ uid, resourceVersion }: Metadata): string {
  return `${uid}@${resourceVersion}`;
}

/**
 * Folders of ours. One that was made by somebody else under the UID and the title of the code is used and never
 * renamed or deleted; one of ours that left the code stays, with a note, while it holds anything that is not ours.
 *
 * @param prunable whether a folder may be deleted in this scope
 */
export async function readFolders(context: ReadContext, desired: Desired, prunable: boolean): Promise<Folders> {
  const { client, owner, ownerTag, namespace } = context;
  const { items, now } = await client.list(foldersPath(namespace));
  const { readable, unreadable } = sortItems(items, folderItem, NAME_AT);
  const wanted = new Map(ofKind(desired.resources, 'folder').map((resource) => [resource.uid, resource]));
  const strange = unreadableObjects('folder', unreadable, wanted, owner);
  const listed = new Set([...readable.map(({ metadata: { name } }) => name), ...unreadable.map(({ name }) => name)]);
  const objects: LiveObject[] = [...strange.objects];
  const notes: Diagnostic[] = [...strange.notes];
  const leaving: LeavingFolder[] = [];
  const ages = new Map(readable.map((item) => [item.metadata.name, ageOf(item.metadata, now)]));
  for (const item of readable) {
    const { title, description } = item.spec;
    const { name: uid } = item.metadata;
    const marked = hasOwnerPrefix(owner, uid) && description?.startsWith(`${ownerTag}:`) === true;
    const resource = wanted.get(uid);
    if (!marked && resource === undefined) continue;
    const object: LiveObject = {
      kind: 'folder',
      uid,
      title,
      owned: marked || resource?.title === title,
      pin: pinOf(item.metadata),
      resource: { kind: 'folder', uid, title, source: '' },
      ...managerOf(item.metadata.annotations),
    };
    if (resource !== undefined) objects.push(object);
    else if (prunable) {
      const age = ages.get(uid);
      if (age !== undefined && age < DELETED_AFTER) {
        notes.push(stays(title, 'it is so new that Grafana may hide what is in it', 'Run the sync again in a minute.'));
      } else leaving.push({ object, held: await countIn(context, uid) });
    }
  }
  objects.push(...(await closedFolders(context, wanted, listed)));
  const parents = new Map(readable.map((item) => [item.metadata.name, item.metadata.annotations[ANNOTATION.folder]]));
  return { objects, leaving, notes, fromFiles: [], ages, parents };
}

/** Folders of the code that exist where the account may not look: the list leaves them out. */
async function closedFolders(
  { client, namespace }: ReadContext,
  wanted: ReadonlyMap<string, FolderResource>,
  listed: ReadonlySet<string>,
): Promise<LiveObject[]> {
  const missing = [...wanted.values()].filter(({ uid }) => !listed.has(uid));
  const found = await Promise.all(
    missing.map(async ({ uid, title }): Promise<LiveObject[]> => {
      const { status } = await client.request('GET', folderPath(namespace, uid), { accept: [403, 404] });
      return status === 403 ? [{ kind: 'folder', uid, title, owned: false, hidden: true, pin: '' }] : [];
    }),
  );
  return found.flat();
}

function ageOf({ creationTimestamp }: Metadata, now: number): number | undefined {
  const made = Date.parse(creationTimestamp ?? '');
  return Number.isNaN(made) ? undefined : now - made;
}

/** Everything in a folder: dashboards, rules, folders, library panels. */
async function countIn({ client }: ReadContext, uid: string): Promise<number> {
  const held = await client.read(`/api/folders/${encodeURIComponent(uid)}/counts`, counts);
  return Object.values(held).reduce((sum, count) => sum + count, 0);
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

async function createFolder(context: WriteContext, folder: FolderResource, signal?: AbortSignal): Promise<void> {
  const { client, namespace, ownerTag } = context;
  const path = folderPath(namespace, folder.uid);
  const look = async (): Promise<Found> => {
    const { status, body } = await client.request('GET', path, { accept: [403, 404] });
    if (status !== 200) return status === 403 ? 'denied' : 'absent';
    return client.parse(path, folderItem, body).spec.title === folder.title ? 'same' : 'other';
  };
  // POST, never an upserting PUT: a folder made by PUT grants nobody any permission, its maker included.
  const body = {
    apiVersion: 'folder.grafana.app/v1beta1',
    kind: 'Folder',
    metadata: { name: folder.uid, annotations: { 'grafana.app/grant-permissions': 'default' } },
    spec: { title: folder.title, description: markOf(ownerTag) },
  };
  await postChecked(client, `folder ${folder.title}`, foldersPath(namespace), body, look, {
    exists: [409, 412],
    signal,
  });
}

/** @param parent the folder that it stands in: a PUT without it would move it to the top */
async function renameFolder(
  { client, namespace, ownerTag }: WriteContext,
  folder: FolderResource,
  pin: string,
  parent: string | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const path = folderPath(namespace, folder.uid);
  const { status } = await client.request('PUT', path, {
    body: {
      apiVersion: 'folder.grafana.app/v1beta1',
      kind: 'Folder',
      metadata: {
        name: folder.uid,
        resourceVersion: pin.slice(pin.lastIndexOf('@') + 1),
        annotations: parent === undefined ? {} : { [ANNOTATION.folder]: parent },
      },
      spec: { title: folder.title, description: markOf(ownerTag) },
    },
    accept: [409, 412],
    signal,
  });
  if (status < 300) return;
  const { body } = await client.request('GET', path, { accept: [404] });
  const now = folderItem.safeParse(body);
  if (!now.success || now.data.spec.title !== folder.title) throw changedSince(`folder ${folder.title}`);
}

/** Only an empty folder goes: older storage deletes everything in one. */
async function deleteFolder(
  context: WriteContext,
  { uid, title }: { readonly uid: string; readonly title: string },
  signal?: AbortSignal,
): Promise<void> {
  const { client, namespace } = context;
  const { status } = await client.request('GET', folderPath(namespace, uid), { accept: [404], signal });
  if (status === 404) return;
  const held = await countIn(context, uid);
  if (held > 0) {
    throw new ExplainedError({
      code: 'G015',
      message: `folder ${title} stays, because it still holds ${held} ${held === 1 ? 'object' : 'objects'}`,
      remedy: 'Run the sync again once they have been moved or deleted.',
    });
  }
  await client.request('DELETE', folderPath(namespace, uid), { accept: [404], signal });
}

/** Folders: before all that is in them, and after it. */
export const folders: GrafanaKind = {
  atOnce: 1,
  read: (_context, _desired, shared) => shared.folders,
  ...singly<FolderResource>(
    (writing, folder, pin, signal) =>
      pin === undefined
        ? createFolder(writing, folder, signal)
        : renameFolder(writing, folder, pin, writing.parents.get(folder.uid), signal),
    deleteFolder,
  ),
};

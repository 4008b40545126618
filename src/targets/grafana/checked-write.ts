/** Single writes, each safe to be cut off anywhere: what may have been done is looked at before it is done again. */
import { TRIES } from '../../adapters/http/index.ts';
import { type JsonObject, jsonEqual } from '../../model/json.ts';
import type { DashboardResource, FolderResource } from '../../model/resource.ts';
import { comparable, contentHash, TargetError } from '../../sync/index.ts';
import type { Client } from './client.ts';
import { decodeDashboard, FOLDER, MESSAGE, versionIn } from './dashboards.ts';
import { changedSince, isFateUnknown, outOfSight } from './errors.ts';
import { countIn, folderMark } from './folders.ts';
import { renderMessage } from './message.ts';
import { paths } from './paths.ts';
import { readDashboard } from './read.ts';
import { folderItem } from './shapes.ts';

/** Where and for whom is written. */
export interface WriteContext {
  readonly client: Client;
  readonly namespace: string;
  readonly owner: string;
  readonly ownerTag: string;
  readonly commit: string;
  /** Puts a backup back: what is written is not the code's, and counts as a hand edit from then on. */
  readonly restoring: boolean;
}

/** What a look finds: exactly what was sent, something else, nothing, or a place that the account may not look into. */
export type Found = 'same' | 'other' | 'absent' | 'denied';

/**
 * A POST, repeated only after a look at whether the last one was carried out.
 *
 * @param look answers what is there now; `denied` may also mean that nothing is
 */
export async function postChecked(
  { client }: WriteContext,
  what: string,
  path: string,
  body: unknown,
  look: () => Promise<Found>,
  options: { readonly exists: readonly number[]; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { status } = await client.request('POST', path, { body, accept: options.exists, signal: options.signal });
      if (!options.exists.includes(status)) return;
      const found = await look();
      if (found === 'denied') throw outOfSight(what);
      if (attempt > 1 && found === 'same') return;
      throw changedSince(what);
    } catch (error) {
      if (!isFateUnknown(error)) throw error;
      const found = await look();
      if (found === 'same') return;
      if (found === 'other') throw changedSince(what);
      if (attempt === TRIES || options.signal?.aborted === true) throw error;
      await client.pause(attempt, options.signal);
    }
  }
}

export async function createFolder(context: WriteContext, folder: FolderResource, signal?: AbortSignal): Promise<void> {
  const { client, namespace, ownerTag } = context;
  const look = async (): Promise<Found> => {
    const { status, body } = await client.request('GET', paths.folder(namespace, folder.uid), { accept: [403, 404] });
    // An Editor gets 403 for a folder that does not exist as well.
    if (status !== 200) return status === 403 ? 'denied' : 'absent';
    return folderItem.parse(body).spec.title === folder.title ? 'same' : 'other';
  };
  // POST, never an upserting PUT: a folder made by PUT grants nobody any permission, its maker included.
  const body = {
    apiVersion: 'folder.grafana.app/v1beta1',
    kind: 'Folder',
    metadata: { name: folder.uid, annotations: { 'grafana.app/grant-permissions': 'default' } },
    spec: { title: folder.title, description: folderMark(ownerTag) },
  };
  await postChecked(context, `folder ${folder.title}`, paths.folders(namespace), body, look, {
    exists: [409, 412],
    signal,
  });
}

export async function renameFolder(
  { client, namespace, ownerTag }: WriteContext,
  folder: FolderResource,
  pin: string,
  parent: string | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const { status } = await client.request('PUT', paths.folder(namespace, folder.uid), {
    body: {
      apiVersion: 'folder.grafana.app/v1beta1',
      kind: 'Folder',
      metadata: {
        name: folder.uid,
        resourceVersion: versionIn(pin),
        annotations: parent === undefined ? {} : { [FOLDER]: parent },
      },
      spec: { title: folder.title, description: folderMark(ownerTag) },
    },
    accept: [409, 412],
    signal,
  });
  if (status < 300) return;
  const { body } = await client.request('GET', paths.folder(namespace, folder.uid), { accept: [404] });
  const now = folderItem.safeParse(body);
  if (!now.success || now.data.spec.title !== folder.title) throw changedSince(`folder ${folder.title}`);
}

/** Only an empty folder goes: older storage deletes everything in one. */
export async function deleteFolder(
  { client, namespace }: WriteContext,
  { uid, title }: { readonly uid: string; readonly title: string },
  signal?: AbortSignal,
): Promise<void> {
  const { status } = await client.request('GET', paths.folder(namespace, uid), { accept: [404], signal });
  if (status === 404) return;
  const held = await countIn(client, uid);
  if (held > 0) {
    throw new TargetError(
      'G015',
      `folder ${title} stays, because it still holds ${held} ${held === 1 ? 'object' : 'objects'}`,
      'Run the sync again once they have been moved or deleted.',
    );
  }
  await client.request('DELETE', paths.folder(namespace, uid), { accept: [404], signal });
}

/** @param pin of what is replaced; absent for a new one, which must not exist then */
export async function saveDashboard(
  context: WriteContext,
  dashboard: DashboardResource,
  pin: string | undefined,
  generation: number,
  signal?: AbortSignal,
): Promise<void> {
  const { client, namespace, owner, commit, restoring } = context;
  const what = `dashboard ${dashboard.title}`;
  const message = restoring
    ? 'Restored from a backup'
    : renderMessage({ owner, commit, hash: contentHash(dashboard), generation });
  const body = {
    apiVersion: 'dashboard.grafana.app/v0alpha1',
    kind: 'Dashboard',
    metadata: {
      name: dashboard.uid,
      annotations: { [FOLDER]: dashboard.folderUid, [MESSAGE]: message },
      ...(pin === undefined ? {} : { resourceVersion: versionIn(pin) }),
    },
    spec: dashboard.spec satisfies JsonObject,
  };
  const look = async (): Promise<Found> => {
    const item = await readDashboard(client, namespace, dashboard.uid);
    if (item === undefined) return 'absent';
    if (item === 'denied') return item;
    return jsonEqual(comparable(decodeDashboard(item)), comparable(dashboard)) ? 'same' : 'other';
  };
  if (pin === undefined) {
    await postChecked(context, what, paths.dashboards(namespace), body, look, { exists: [409, 412], signal });
    return;
  }
  const path = paths.dashboard(namespace, dashboard.uid);
  const { status } = await client.request('PUT', path, { body, accept: [409, 412], signal });
  // Refused: by somebody else's save, or by our own whose answer was lost.
  if (status >= 400 && (await look()) !== 'same') throw changedSince(what);
}

export async function deleteDashboard(
  { client, namespace }: WriteContext,
  { uid, title, pin }: { readonly uid: string; readonly title: string; readonly pin: string },
  signal?: AbortSignal,
): Promise<void> {
  const { status } = await client.request('DELETE', paths.dashboard(namespace, uid), {
    body: { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { resourceVersion: versionIn(pin) } },
    accept: [404, 409],
    signal,
  });
  if (status === 409) throw changedSince(`dashboard ${title}`);
}

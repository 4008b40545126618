/** Dashboards as Grafana stores them: whose they are, whose last save it was, and how they are written. */
import { z } from 'zod';
import { sortItems } from '../../adapters/grafana-answers.ts';
import { ANNOTATION, managerOf, metadata, NAME_AT } from '../../adapters/grafana-object.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { type JsonObject, jsonEqual } from '../../model/json.ts';
import type { HandEdit, LiveObject } from '../../model/plan.ts';
import { type DashboardResource, type Desired, ofKind } from '../../model/resource.ts';
import { comparable, contentHash, hasOwnerPrefix, unreadableObjects } from '../../sync/index.ts';
import { type Found, postChecked } from './checked-write.ts';
import type { ReadContext, WriteContext } from './context.ts';
import { changedSince } from './errors.ts';
import type { Folders } from './folder.ts';
import { type FoundObjects, type GrafanaKind, singly, type Write } from './kind.ts';

const dashboardItem = z.looseObject({ metadata, spec: z.looseObject({}) });
type DashboardItem = z.infer<typeof dashboardItem>;

/** How long a new folder may hide its dashboards from lists; seen: 30 s. Asking by name is cheap. */
const SETTLED_AFTER = 120_000;
/** Saves to look back for our last one; Grafana keeps 20 by default. */
const LOOK_BACK = 20;

/** What Grafana puts into every spec: no difference. */
const SERVER_FIELDS: Readonly<Record<string, string>> = {
  id: "a number of the database's own",
  version: 'counts saves',
};

// v0alpha1 keeps a dashboard word for word; later versions migrate and reorder it.
function dashboardsPath(namespace: string): string {
  return `/apis/dashboard.grafana.app/v0alpha1/namespaces/${namespace}/dashboards`;
}

function dashboardPath(namespace: string, uid: string): string {
  return `${dashboardsPath(namespace)}/${encodeURIComponent(uid)}`;
}

/**
 * Dashboards of ours and those in our way; all others are not looked at.
 *
 * @param folders their ages: a new one hides its dashboards from lists, so that they are asked for by name
 */
async function readDashboards(
  context: ReadContext,
  desired: Desired,
  folders: Promise<Pick<Folders, 'ages'>>,
): Promise<FoundObjects> {
  const { owner, ownerTag } = context;
  const wanted = new Map(ofKind(desired.resources, 'dashboard').map((resource) => [resource.uid, resource]));
  const { items } = await context.client.list(dashboardsPath(context.namespace));
  const { readable, unreadable } = sortItems(items, dashboardItem, NAME_AT);
  const strange = unreadableObjects('dashboard', unreadable, wanted, owner);
  const listed = new Set([...readable.map(({ metadata: { name } }) => name), ...unreadable.map(({ name }) => name)]);
  const { ages } = await folders;
  const missing = [...wanted.values()].filter(
    ({ uid, folderUid }) => !listed.has(uid) && (ages.get(folderUid) ?? Number.POSITIVE_INFINITY) < SETTLED_AFTER,
  );
  const hidden = await Promise.all(missing.map(({ uid }) => readDashboard(context, uid)));
  const found = [...readable, ...hidden.filter((item) => item !== undefined && item !== 'denied')];
  const notes: Diagnostic[] = [...strange.notes];
  const fromFiles = found.filter((item) => isFromFile(item) && isOwned(item, owner, ownerTag));
  const objects = await Promise.all(
    found.map(async (item) => {
      const resource = wanted.get(item.metadata.name);
      if (resource === undefined && !isOwned(item, owner, ownerTag)) return [];
      return [await liveDashboard(context, item, resource, notes)];
    }),
  );
  const byMessage = notes.sort((left, right) => (left.subject < right.subject ? -1 : 1));
  return {
    objects: [...strange.objects, ...objects.flat()],
    notes: byMessage,
    fromFiles: fromFiles.map((item) => `dashboard ${item.metadata.name}`),
  };
}

/** One dashboard by name; undefined where there is none. */
async function readDashboard(
  { client, namespace }: ReadContext,
  uid: string,
): Promise<DashboardItem | 'denied' | undefined> {
  const path = dashboardPath(namespace, uid);
  const { status, body } = await client.request('GET', path, { accept: [403, 404] });
  if (status === 403) return 'denied';
  return status === 404 ? undefined : client.parse(path, dashboardItem, body);
}

/** Identifies a version. A dashboard that was deleted and made again may count from 1 once more: hence its own UID too. */
function pinOf({ metadata: { uid, resourceVersion, generation } }: DashboardItem): string {
  return `${uid}@${generation}@${resourceVersion}`;
}

/** What a pin tells: Grafana's version, and how often the dashboard was changed. */
function versionIn(pin: string): { readonly resourceVersion: string; readonly generation: number } {
  const [, generation = '', resourceVersion = ''] = pin.split('@');
  return { resourceVersion, generation: Number(generation) };
}

/** Unified storage counts versions in microseconds, the older one from 1; and that one keeps no message in lists. */
function isUnified(resourceVersion: string): boolean {
  return resourceVersion.length > 12;
}

function isOwned({ metadata: { name }, spec }: DashboardItem, owner: string, ownerTag: string): boolean {
  const tags = spec['tags'];
  return hasOwnerPrefix(owner, name) && Array.isArray(tags) && tags.includes(ownerTag);
}

function isFromFile({ metadata: { annotations } }: DashboardItem): boolean {
  return annotations[ANNOTATION.managedBy] === 'classic-file-provisioning';
}

/** A dashboard in our model. */
function decodeDashboard({ metadata: { name, annotations }, spec }: DashboardItem): DashboardResource {
  return resourceOf(name, annotations[ANNOTATION.folder] ?? '', spec as JsonObject);
}

function resourceOf(uid: string, folderUid: string, spec: JsonObject): DashboardResource {
  const { tags, title } = spec;
  const texts = Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : [];
  const service = texts.find((tag) => tag.startsWith('service:'))?.slice('service:'.length);
  const kept = Object.entries(spec).filter(([key]) => !Object.hasOwn(SERVER_FIELDS, key));
  return {
    kind: 'dashboard',
    uid,
    title: typeof title === 'string' ? title : uid,
    folderUid,
    source: '',
    // Grafana keeps the UID as the name of the object; in the spec it is dropped.
    spec: { ...Object.fromEntries(kept), uid },
    signalPanels: {},
    ...(service === undefined ? {} : { service }),
  };
}

/** A live dashboard. Who saved it last is asked only where the list does not tell and it matters. */
async function liveDashboard(
  context: ReadContext,
  item: DashboardItem,
  desired: DashboardResource | undefined,
  notes: Diagnostic[],
): Promise<LiveObject> {
  const { owner, ownerTag } = context;
  const resource = decodeDashboard(item);
  const { uid, title } = resource;
  const common = { kind: 'dashboard', uid, title, pin: pinOf(item) } as const;
  if (!isOwned(item, owner, ownerTag)) return { ...common, owned: false };
  const live = { ...common, owned: true, ...managerOf(item.metadata.annotations) };
  if (desired !== undefined && jsonEqual(comparable(resource), comparable(desired))) {
    // The code's own object, so that the planner finds it equal at a glance.
    return { ...live, resource: desired, ...(await editInCode(context, item, desired)) };
  }
  const last = await lastSave(context, item, resource, desired?.folderUid ?? resource.folderUid);
  if (last === undefined) {
    notes.push(unknownHistory(title));
    return { ...live, resource, edited: await byName(context, editOf(item, '')) };
  }
  const move = moved(item, resource, desired, last.sentHash);
  if (move === undefined) return { ...live, resource, ...last };
  return { ...live, resource, edited: await byName(context, move.edited) };
}

/**
 * Whether a dashboard that is as in the code was saved last by somebody else: an edit that the code has taken over.
 * Older storage, whose list has no messages, is asked for the history where a person saved it.
 */
async function editInCode(
  context: ReadContext,
  item: DashboardItem,
  desired: DashboardResource,
): Promise<{ readonly edited?: HandEdit }> {
  const { annotations, generation, resourceVersion } = item.metadata;
  const message = annotations[ANNOTATION.message];
  const own = parseMessage(message, context.owner);
  if (own !== undefined && generation <= own.generation) return {};
  if (message !== undefined || isUnified(resourceVersion)) return { edited: editOf(item, message ?? '') };
  if (!accountOf(item).startsWith('user:')) return {};
  const last = await lastSave(context, item, desired, desired.folderUid);
  return last?.edited === undefined ? {} : { edited: last.edited };
}

/** The account of the last save, such as `user:cg54z1gg38bnke`. */
function accountOf({ metadata: { annotations } }: DashboardItem): string {
  return annotations[ANNOTATION.updatedBy] ?? annotations[ANNOTATION.createdBy] ?? 'somebody';
}

function editOf(item: DashboardItem, message: string): HandEdit {
  const { annotations, creationTimestamp } = item.metadata;
  return { by: accountOf(item), at: annotations[ANNOTATION.updatedAt] ?? creationTimestamp ?? '', message };
}

/** Moving a dashboard to another folder leaves our message as it is: what it says we sent is not where it is. */
function moved(
  item: DashboardItem,
  live: DashboardResource,
  desired: DashboardResource | undefined,
  sentHash: string | undefined,
): { readonly edited: HandEdit } | undefined {
  if (desired === undefined || live.folderUid === desired.folderUid || sentHash !== contentHash(desired))
    return undefined;
  return { edited: { ...editOf(item, ''), ours: { ...live, folderUid: desired.folderUid } } };
}

/** A save as the history tells it. */
interface Save {
  readonly generation: number;
  readonly message: string;
  readonly by: string;
  readonly at: string;
  readonly spec?: JsonObject;
}

/**
 * Who saved a dashboard last; undefined where the history cannot be read.
 *
 * @param folderUid where our version was: the history does not say
 */
async function lastSave(
  context: ReadContext,
  item: DashboardItem,
  live: DashboardResource,
  folderUid: string,
): Promise<{ readonly sentHash?: string; readonly edited?: HandEdit } | undefined> {
  const { name, annotations, generation } = item.metadata;
  const own = parseMessage(annotations[ANNOTATION.message], context.owner);
  // A client that copies our message along with its own change is found by the count of changes.
  if (own !== undefined && generation <= own.generation) return { sentHash: own.hash };
  const history = await readHistory(context, item);
  if (history === undefined) return undefined;
  const saves = history.map((save) => ({ ...save, own: parseMessage(save.message, context.owner) }));
  const [latest] = saves;
  if (latest?.own !== undefined && generation <= latest.own.generation) return { sentHash: latest.own.hash };
  const ours = saves.find(
    (save) => save.own !== undefined && save.generation <= save.own.generation && save.generation < generation,
  );
  const before = ours?.spec === undefined ? undefined : resourceOf(name, folderUid, ours.spec);
  // An edit that was taken back, as by restoring our version in Grafana, is not one.
  if (ours?.own !== undefined && before !== undefined && jsonEqual(before.spec, live.spec))
    return { sentHash: ours.own.hash };
  const last = editOf(item, latest?.own === undefined && own === undefined ? (latest?.message ?? '') : '');
  const by = await nameOf(context, latest?.by || last.by);
  return { edited: { ...last, by, at: latest?.at || last.at, ...(before === undefined ? {} : { ours: before }) } };
}

/** The saves of a dashboard, the newest first, as everybody may see them who may see it; else as editors may. */
async function readHistory(context: ReadContext, item: DashboardItem): Promise<readonly Save[] | undefined> {
  const { client, namespace } = context;
  const { name, uid } = item.metadata;
  const query = new URLSearchParams({
    labelSelector: 'grafana.app/get-history=true',
    fieldSelector: `metadata.name=${name}`,
    limit: String(LOOK_BACK),
  });
  const path = `${dashboardsPath(namespace)}?${query}`;
  const { status, body } = await client.request('GET', path, { accept: [400, 403, 404, 405, 501] });
  if (status >= 400) return readVersions(context, name);
  const { items } = client.parse(path, z.looseObject({ items: z.array(z.unknown()).nullish() }), body);
  const saves = sortItems(items ?? [], dashboardItem, NAME_AT).readable.filter(
    ({ metadata: one }) => one.name === name && one.uid === uid,
  );
  if (saves.length === 0) return readVersions(context, name);
  return saves
    .map((save): Save => {
      const { by, at, message } = editOf(save, save.metadata.annotations[ANNOTATION.message] ?? '');
      return { generation: save.metadata.generation, message, by, at, spec: save.spec as JsonObject };
    })
    .sort((left, right) => right.generation - left.generation);
}

const versionItem = z.looseObject({
  version: z.number(),
  created: z.string().default(''),
  createdBy: z.string().default(''),
  message: z.string().default(''),
  data: z.looseObject({}).optional(),
});

/** The same by the older route, which needs the right to write dashboards. */
async function readVersions({ client }: ReadContext, uid: string): Promise<readonly Save[] | undefined> {
  const path = `/api/dashboards/uid/${encodeURIComponent(uid)}/versions`;
  const { status, body } = await client.request('GET', `${path}?limit=${LOOK_BACK}`, { accept: [403, 404] });
  if (status >= 400) return undefined;
  const { versions } = client.parse(path, z.looseObject({ versions: z.array(versionItem) }), body);
  return Promise.all(
    versions.map(async ({ version, message, createdBy: by, created: at, data }): Promise<Save> => {
      const save = {
        generation: version,
        message,
        by,
        at,
        ...(data === undefined ? {} : { spec: data as JsonObject }),
      };
      // The list calls every first save by one name; asked for by number, it has its own.
      if (version !== 1 || message !== 'Initial save') return save;
      const first = await client.request('GET', `${path}/1`, { accept: [403, 404] });
      return { ...save, message: versionItem.safeParse(first.body).data?.message ?? '' };
    }),
  );
}

const displays = z.looseObject({
  display: z.array(z.looseObject({ displayName: z.string() })).nullish(),
});

/** An edit with the name of the account that made it. */
async function byName(context: ReadContext, edit: HandEdit): Promise<HandEdit> {
  return { ...edit, by: await nameOf(context, edit.by) };
}

/** What an account is called; its UID where Grafana does not say. */
async function nameOf({ client, namespace }: ReadContext, account: string): Promise<string> {
  if (!/^(user|service-account):/.test(account)) return account;
  const path = `/apis/iam.grafana.app/v0alpha1/namespaces/${namespace}/display?key=${encodeURIComponent(account)}`;
  const { status, body } = await client.request('GET', path, { accept: [400, 403, 404, 405, 501], tries: 1 });
  const [first] = (status === 200 ? displays.safeParse(body).data?.display : undefined) ?? [];
  return first?.displayName || account;
}

function unknownHistory(title: string): Diagnostic {
  return {
    code: 'G021',
    level: 'warning',
    subject: `dashboard ${title}`,
    message: 'differs from the code, and this account may not read its history: who changed it, and what, is not known',
    remedy: 'Plan with an account that may edit dashboards, or update Grafana: 12.4 shows the history to Viewers.',
  };
}

/** A save of ours. */
interface OwnSave {
  readonly owner: string;
  readonly commit: string;
  /** `contentHash` of what was sent. */
  readonly hash: string;
  /** Grafana's count of changes to the object with this save; a higher one later means that somebody else wrote. */
  readonly generation: number;
}

/** The message of a save; at most 500 characters. */
function renderMessage({ owner, commit, hash, generation }: OwnSave): string {
  return `as-code:${owner} commit ${commit} content ${hash} change ${generation}`;
}

/** Reads a message; undefined where it is not ours. */
function parseMessage(message: string | undefined, owner: string): OwnSave | undefined {
  const match = /^as-code:(\S+) commit (\S+) content ([0-9a-f]{16}) change (\d+)$/.exec(message ?? '');
  if (match === null || match[1] !== owner) return undefined;
  return { owner, commit: match[2] ?? '', hash: match[3] ?? '', generation: Number(match[4]) };
}

/**
 * Saves a dashboard, and says in the message that it was us.
 *
 * @param pin of what is replaced; absent for a new one, which must not exist then
 * @param sameSpec only its folder or its message is new, which unified storage does not count as a change
 */
async function saveDashboard(
  context: WriteContext,
  dashboard: DashboardResource,
  pin: string | undefined,
  sameSpec: boolean,
  signal?: AbortSignal,
): Promise<void> {
  const { client, namespace, owner, commit, restoring } = context;
  const what = `dashboard ${dashboard.title}`;
  const { resourceVersion, generation: before } =
    pin === undefined ? { resourceVersion: '', generation: 0 } : versionIn(pin);
  const generation = sameSpec && isUnified(resourceVersion) ? before : before + 1;
  const message = restoring
    ? 'Restored from a backup'
    : renderMessage({ owner, commit, hash: contentHash(dashboard), generation });
  const body = {
    apiVersion: 'dashboard.grafana.app/v0alpha1',
    kind: 'Dashboard',
    metadata: {
      name: dashboard.uid,
      annotations: { [ANNOTATION.folder]: dashboard.folderUid, [ANNOTATION.message]: message },
      ...(pin === undefined ? {} : { resourceVersion }),
    },
    spec: dashboard.spec satisfies JsonObject,
  };
  const look = async (): Promise<Found> => {
    const item = await readDashboard(context, dashboard.uid);
    if (item === undefined) return 'absent';
    if (item === 'denied') return item;
    const isSame = jsonEqual(comparable(decodeDashboard(item)), comparable(dashboard));
    return isSame ? 'same' : 'other';
  };
  if (pin === undefined) {
    await postChecked(client, what, dashboardsPath(namespace), body, look, { exists: [409, 412], signal });
    return;
  }
  const { status } = await client.request('PUT', dashboardPath(namespace, dashboard.uid), {
    body,
    accept: [409, 412],
    signal,
  });
  // Refused: by somebody else's save, or by our own whose answer was lost.
  if (status >= 400 && (await look()) !== 'same') throw changedSince(what);
}

async function deleteDashboard(
  { client, namespace }: WriteContext,
  { uid, title, pin }: { readonly uid: string; readonly title: string; readonly pin: string },
  signal?: AbortSignal,
): Promise<void> {
  const { resourceVersion } = versionIn(pin);
  const { status } = await client.request('DELETE', dashboardPath(namespace, uid), {
    body: { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { resourceVersion } },
    accept: [404, 409],
    signal,
  });
  if (status === 409) throw changedSince(`dashboard ${title}`);
}

/** Whether all that a write changes of a dashboard is where it stands, or who saved it. */
function keepsSpec(change: Write): boolean {
  if (change.action === 'unchanged') return true;
  return change.action === 'update' && change.edits.every(({ path }) => path[0] === 'folderUid');
}

/** Dashboards: they share no row, so that two are written at once. */
export const dashboards: GrafanaKind = {
  atOnce: 2,
  read: (context, desired, shared) => readDashboards(context, desired, shared.folders),
  ...singly<DashboardResource>(
    (writing, dashboard, pin, signal, change) => saveDashboard(writing, dashboard, pin, keepsSpec(change), signal),
    deleteDashboard,
  ),
};

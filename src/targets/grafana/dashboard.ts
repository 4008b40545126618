/** Dashboards as Grafana stores them, and whose last save it was. */
import { type JsonObject, jsonEqual } from '../../model/json.ts';
import type { HandEdit, LiveObject } from '../../model/plan.ts';
import type { DashboardResource } from '../../model/resource.ts';
import { comparable, contentHash, hasOwnerPrefix } from '../../sync/index.ts';
import type { Client } from './client.ts';
import { type OwnSave, parseMessage } from './message.ts';
import { normaliseDashboard } from './normalise.ts';
import { paths } from './paths.ts';
import { type DashboardItem, type VersionItem, versionItem, versions } from './shapes.ts';

export const FOLDER = 'grafana.app/folder';
export const MESSAGE = 'grafana.app/message';
const UPDATED_BY = 'grafana.app/updatedBy';
const UPDATED_AT = 'grafana.app/updatedTimestamp';
/** Saves to look back for our last one; Grafana keeps 20 by default. */
const LOOK_BACK = 20;

/** Identifies a version. A dashboard that was deleted and made again may count from 1 once more: hence its own UID too. */
export function dashboardPin({ metadata }: DashboardItem): string {
  return `${metadata.uid}@${metadata.resourceVersion}`;
}

/** The resourceVersion in a pin. */
export function versionIn(pin: string): string {
  return pin.slice(pin.lastIndexOf('@') + 1);
}

export function isOwned({ metadata, spec }: DashboardItem, owner: string, ownerTag: string): boolean {
  const { tags } = spec as JsonObject;
  return hasOwnerPrefix(owner, metadata.name) && Array.isArray(tags) && tags.includes(ownerTag);
}

/** A dashboard in our model. */
export function decodeDashboard({ metadata: { name, annotations }, spec }: DashboardItem): DashboardResource {
  return resourceOf(name, annotations[FOLDER] ?? '', spec as JsonObject);
}

function resourceOf(uid: string, folderUid: string, spec: JsonObject): DashboardResource {
  const tags = Array.isArray(spec['tags']) ? spec['tags'].map(String) : [];
  const service = tags.find((tag) => tag.startsWith('service:'))?.slice('service:'.length);
  return {
    kind: 'dashboard',
    uid,
    title: String(spec['title'] ?? uid),
    folderUid,
    source: '',
    // Grafana keeps the UID as the name of the object; in the spec it is dropped.
    spec: { ...normaliseDashboard(spec), uid },
    signalPanels: {},
    ...(service === undefined ? {} : { service }),
  };
}

/** A live dashboard. Only for one that differs from the code is asked who saved it last. */
export async function liveDashboard(
  item: DashboardItem,
  desired: DashboardResource | undefined,
  options: { readonly client: Client; readonly owner: string; readonly ownerTag: string },
): Promise<LiveObject> {
  const { owner, ownerTag, client } = options;
  const resource = decodeDashboard(item);
  const { uid, title } = resource;
  const common = { kind: 'dashboard', uid, title, pin: dashboardPin(item) } as const;
  if (!isOwned(item, owner, ownerTag)) return { ...common, owned: false };
  if (desired !== undefined && jsonEqual(comparable(resource), comparable(desired))) {
    // The code's own object, so that the planner finds it equal at a glance.
    return { ...common, owned: true, resource: desired };
  }
  const last = await lastSave(item, resource, client, owner, desired?.folderUid ?? resource.folderUid);
  return { ...common, owned: true, resource, ...(moved(item, resource, desired, last.sentHash) ?? last) };
}

/** Moving a dashboard to another folder leaves our message as it is: what it says we sent is not where it is. */
function moved(
  { metadata: { annotations } }: DashboardItem,
  live: DashboardResource,
  desired: DashboardResource | undefined,
  sentHash: string | undefined,
): { readonly edited: HandEdit } | undefined {
  if (desired === undefined || live.folderUid === desired.folderUid || sentHash !== contentHash(desired))
    return undefined;
  const by = annotations[UPDATED_BY] ?? 'somebody';
  return {
    edited: { by, at: annotations[UPDATED_AT] ?? '', message: '', ours: { ...live, folderUid: desired.folderUid } },
  };
}

async function lastSave(
  item: DashboardItem,
  live: DashboardResource,
  client: Client,
  owner: string,
  /** Where our version was: the history does not say. */
  folderUid: string,
): Promise<{ readonly sentHash?: string; readonly edited?: HandEdit }> {
  const { name, annotations, generation } = item.metadata;
  const own = parseMessage(annotations[MESSAGE], owner);
  // A client that copies our message along with its own change is told by the count of changes.
  if (own !== undefined && generation <= own.generation) return { sentHash: own.hash };
  const history = await readHistory(client, name);
  const [latest] = history;
  const latestOwn = latest === undefined ? undefined : await ownSave(latest, client, name, owner);
  if (latestOwn !== undefined && generation <= latestOwn.generation) return { sentHash: latestOwn.hash };
  const ours = await lastOfOurs(history, generation, client, name, owner);
  const before = ours === undefined ? undefined : resourceOf(name, folderUid, ours.data);
  // An edit that was taken back, as by restoring our version in Grafana, is none.
  if (ours !== undefined && jsonEqual(before?.spec, live.spec)) return { sentHash: ours.hash };
  return {
    edited: {
      by: latest?.createdBy || annotations[UPDATED_BY] || 'somebody',
      at: latest?.created || annotations[UPDATED_AT] || '',
      message: latestOwn === undefined && own === undefined ? (latest?.message ?? '') : '',
      ...(before === undefined ? {} : { ours: before }),
    },
  };
}

/** Newest first. Lists of older storage have no messages; the history has. */
async function readHistory(client: Client, uid: string): Promise<readonly VersionItem[]> {
  const { body, status } = await client.request('GET', `${paths.versions(uid)}?limit=${LOOK_BACK}`, { accept: [404] });
  return status === 404 ? [] : versions.parse(body).versions;
}

async function lastOfOurs(
  history: readonly VersionItem[],
  generation: number,
  client: Client,
  uid: string,
  owner: string,
): Promise<{ readonly data: JsonObject; readonly hash: string } | undefined> {
  for (const entry of history) {
    const own = await ownSave(entry, client, uid, owner);
    const { data } = entry;
    if (own !== undefined && entry.version <= own.generation && entry.version < generation)
      return data === undefined ? undefined : { data: data as JsonObject, hash: own.hash };
  }
  return undefined;
}

/** Our message of a save. The history calls every first save by one name; asked for by number, it has its own. */
async function ownSave(
  { version, message }: VersionItem,
  client: Client,
  uid: string,
  owner: string,
): Promise<OwnSave | undefined> {
  if (version !== 1 || message !== 'Initial save') return parseMessage(message, owner);
  const { body } = await client.request('GET', `${paths.versions(uid)}/1`);
  return parseMessage(versionItem.parse(body).message, owner);
}

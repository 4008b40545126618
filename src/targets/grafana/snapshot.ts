/** Everything of ours that a Grafana holds, and what stands in our way, in a handful of requests. */
import { type Page, readPages } from '../../adapters/http/index.ts';
import type { Live, LiveObject, Scope } from '../../model/plan.ts';
import type { Desired } from '../../model/resource.ts';
import { type FolderResource, resourceKey } from '../../model/resource.ts';
import { hasOwnerPrefix, TargetError } from '../../sync/index.ts';
import type { Client } from './client.ts';
import { liveContactPoints } from './contact-points.ts';
import { isOwned, liveDashboard } from './dashboards.ts';
import { liveFolders } from './folders.ts';
import { PAGE_SIZE, paths } from './paths.ts';
import { checkReading, checkSite, type FolderState, parseAnswer, type Site } from './preflight.ts';
import { readRules } from './read-rules.ts';
import type { StoredGroup } from './rules.ts';
import {
  contactPoints,
  type DashboardItem,
  dashboardItem,
  type FolderItem,
  folderItem,
  page,
  type StoredIntegration,
} from './shapes.ts';

/** How long a new folder may hide its dashboards from lists and counts; seen: 30 s. Asking by name is cheap, */
const SETTLED_AFTER = 120_000;
/** and what nobody can ask for by name, because it is somebody else's, may go with the folder in older storage. */
const DELETED_AFTER = 60_000;

/** Whose objects are read. */
export interface ReadContext {
  readonly client: Client;
  readonly owner: string;
  readonly ownerTag: string;
}

/** A Grafana as it was read. */
export interface Snapshot {
  readonly site: Site;
  /** The folders of the code. */
  readonly places: readonly FolderState[];
  readonly folders: ReadonlyMap<string, FolderItem>;
  readonly groups: ReadonlyMap<string, StoredGroup>;
  readonly integrations: readonly StoredIntegration[];
  /** How often each dashboard was changed. */
  readonly generations: ReadonlyMap<string, number>;
  readonly live: Live;
}

/**
 * Reads what is there. Either all of it was read, or it throws: nothing can be deleted by a list that was cut off.
 *
 * @throws TargetError
 */
export async function readSnapshot(context: ReadContext, desired: Desired, scope: Scope): Promise<Snapshot> {
  const { client, owner, ownerTag } = context;
  const site = await checkSite(client, desired, scope);
  const alerts = scope.only !== 'dashboards';
  const dashboards = scope.only !== 'alerts';
  const [folderList, boards, rules, integrations] = await Promise.all([
    listAll(client, paths.folders(site.namespace), folderItem),
    dashboards ? listAll(client, paths.dashboards(site.namespace), dashboardItem) : { items: [], now: 0 },
    alerts ? readRules(context, desired) : { groups: new Map<string, StoredGroup>(), objects: [] },
    alerts ? readIntegrations(client) : [],
  ]);
  const { groups } = rules;
  const folders = new Map(folderList.items.map((item) => [item.metadata.name, item]));
  const youngerThan = (uid: string, milliseconds: number): boolean => {
    const created = folders.get(uid)?.metadata.creationTimestamp;
    return created !== undefined && created !== null && folderList.now - Date.parse(created) < milliseconds;
  };
  const young = (uid: string) => youngerThan(uid, SETTLED_AFTER);
  const wantedFolders = desired.resources.filter((resource): resource is FolderResource => resource.kind === 'folder');
  const places = wantedFolders.map(
    ({ uid }): FolderState => ({ uid, state: !folders.has(uid) ? 'absent' : young(uid) ? 'new' : 'settled' }),
  );
  checkReading(client, site, places, scope);
  const items = await withHidden(context, site, boards.items, desired, dashboards ? young : () => false);
  refuseProvisioned(client, items, groups, integrations, context);
  const boardObjects = await inTurn(items, desired, (item, resource) =>
    liveDashboard(item, resource?.kind === 'dashboard' ? resource : undefined, { client, owner, ownerTag }),
  );
  const objects = [...boardObjects, ...rules.objects, ...liveContactPoints(integrations, desired, owner)];
  const whole = scope.only === undefined && scope.service === undefined;
  const mayHide = (uid: string) => youngerThan(uid, DELETED_AFTER);
  const own = await liveFolders(context, { folders, mayHide }, desired, objects, whole);
  return {
    site,
    places,
    folders,
    groups,
    integrations,
    generations: new Map(items.map(({ metadata }) => [metadata.name, metadata.generation])),
    live: { complete: true, objects: [...own.objects, ...objects], repairs: [], notes: own.notes },
  };
}

/** Every page of a list. An empty page may be followed by others. */
async function listAll<T>(
  client: Client,
  path: string,
  item: { parse: (value: unknown) => T; safeParse: (value: unknown) => unknown },
): Promise<{ items: T[]; now: number }> {
  const read = async (token: string): Promise<Page<unknown, string> & { readonly now: number }> => {
    const query = `?limit=${PAGE_SIZE}${token === '' ? '' : `&continue=${encodeURIComponent(token)}`}`;
    const { body, now } = await client.request('GET', `${path}${query}`);
    const { metadata, items } = parseAnswer(client, path, page, body);
    return { items: items ?? [], next: metadata.continue || undefined, now };
  };
  const items: T[] = [];
  let now = 0;
  for await (const found of readPages('', read, { subject: `${client.url} answers ${path}`, code: 'G019' })) {
    for (const value of found.items) items.push(item.parse(value));
    now = found.now;
  }
  return { items, now };
}

export async function readIntegrations(client: Client): Promise<StoredIntegration[]> {
  const { body } = await client.request('GET', paths.contactPoints);
  return parseAnswer(client, paths.contactPoints, contactPoints, body);
}

/** What the list lacks and the code wants is asked for by name, where a new folder may hide it from the list. */
async function withHidden(
  { client }: ReadContext,
  { namespace }: Site,
  listed: readonly DashboardItem[],
  { resources }: Desired,
  young: (folderUid: string) => boolean,
): Promise<readonly DashboardItem[]> {
  const known = new Set(listed.map(({ metadata }) => metadata.name));
  const missing = resources.filter(
    (resource) => resource.kind === 'dashboard' && !known.has(resource.uid) && young(resource.folderUid),
  );
  const found = await Promise.all(missing.map(({ uid }) => readDashboard(client, namespace, uid)));
  return [...listed, ...found.filter((item) => item !== undefined && item !== 'denied')];
}

/** One dashboard by name; undefined where there is none. */
export async function readDashboard(
  client: Client,
  namespace: string,
  uid: string,
): Promise<DashboardItem | 'denied' | undefined> {
  const { status, body } = await client.request('GET', paths.dashboard(namespace, uid), { accept: [403, 404] });
  if (status === 403) return 'denied';
  return status === 404 ? undefined : parseAnswer(client, paths.dashboard(namespace, uid), dashboardItem, body);
}

/** Dashboards of ours and those in our way; all others are not looked at. */
async function inTurn(
  items: readonly DashboardItem[],
  { resources }: Desired,
  live: (item: DashboardItem, resource: Desired['resources'][number] | undefined) => Promise<LiveObject>,
): Promise<LiveObject[]> {
  const wanted = new Map(resources.map((resource) => [resourceKey(resource), resource]));
  const found = await Promise.all(
    items.map(async (item) => {
      const resource = wanted.get(resourceKey({ kind: 'dashboard', uid: item.metadata.name }));
      const object = await live(item, resource);
      return object.owned || resource !== undefined ? [object] : [];
    }),
  );
  return found.flat();
}

const MANAGER = 'grafana.app/managedBy';

/** Objects that Grafana takes from files of ours would be written here and there in turn. */
function refuseProvisioned(
  client: Client,
  boards: readonly DashboardItem[],
  groups: ReadonlyMap<string, StoredGroup>,
  integrations: readonly StoredIntegration[],
  { owner, ownerTag }: ReadContext,
): void {
  const fromFiles = [
    ...boards
      .filter((item) => isOwned(item, owner, ownerTag) && item.metadata.annotations[MANAGER] !== undefined)
      .map(({ metadata }) => `dashboard ${metadata.name}`),
    ...[...groups.values()].flatMap(({ rules }) =>
      rules
        .filter(
          ({ labels, grafana_alert: { uid, provenance } }) =>
            provenance === 'file' && hasOwnerPrefix(owner, uid) && labels?.['as_code'] === owner,
        )
        .map(({ grafana_alert }) => `alert rule ${grafana_alert.uid}`),
    ),
    ...integrations
      .filter(({ name, provenance }) => provenance === 'file' && hasOwnerPrefix(owner, name))
      .map(({ name }) => `contact point ${name}`),
  ];
  const [first] = fromFiles;
  if (first === undefined) return;
  throw new TargetError(
    'G010',
    `${client.url} has our objects from provisioning files already: ${first}${fromFiles.length > 1 ? ` and ${fromFiles.length - 1} more` : ''}`,
    'Take the files out of its provisioning folder first (restart it, so that it forgets them), or go on with them: npm run sync -- --target directory',
  );
}

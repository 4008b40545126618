/** Everything of ours that a Grafana holds, and what stands in our way, in a handful of requests. */
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Duration } from '../../model/duration.ts';
import { ExplainedError } from '../../model/explained-error.ts';
import type { Live, LiveObject, Scope, Use } from '../../model/plan.ts';
import type { Desired } from '../../model/resource.ts';
import { NO_CONTACT_POINTS, readContactPoints } from './contact-point.ts';
import type { GrafanaClient } from './context.ts';
import { NO_DASHBOARDS, readDashboards } from './dashboard.ts';
import { type LeavingFolder, readFolders } from './folder.ts';
import { checkSite, type Site } from './preflight.ts';
import { checkReading, type FolderState } from './rights.ts';
import { NO_RULES, readRules, type StoredGroup } from './rule.ts';

/** How long the permissions of a new folder may be missing from the account's rights. */
const SETTLED_AFTER = 120_000;

const FROM_FILES =
  'Go on with the files: npm run sync -- --target directory. Or let Grafana forget them first, which taking the files away alone does not do: provision a file whose deleteRules and deleteContactPoints name them, restart Grafana, then take all of these files away';

/** A Grafana as it was read. */
export interface Snapshot {
  readonly site: Site;
  /** The folders of the code. */
  readonly places: readonly FolderState[];
  /** The folder that each folder stands in. */
  readonly parents: ReadonlyMap<string, string | undefined>;
  readonly groups: ReadonlyMap<string, StoredGroup>;
  readonly live: Live;
}

/**
 * Reads what is there. Either all of it was read, or it throws: nothing can be deleted by a list that was cut off.
 *
 * @throws ExplainedError
 */
export async function readSnapshot(
  client: GrafanaClient,
  {
    owner,
    ownerTag,
    scrapeInterval,
  }: { readonly owner: string; readonly ownerTag: string; readonly scrapeInterval: Duration | undefined },
  desired: Desired,
  scope: Scope,
): Promise<Snapshot> {
  const site = await checkSite(client, desired, scope, scrapeInterval);
  const context = { client, owner, ownerTag, namespace: site.namespace };
  const whole = scope.only === undefined && scope.service === undefined;
  const listed = readFolders(context, desired, whole);
  const [folders, dashboards, rules, contactPoints] = await Promise.all([
    listed,
    scope.only === 'alerts' ? NO_DASHBOARDS : readDashboards(context, desired, listed),
    scope.only === 'dashboards' ? NO_RULES : readRules(context, desired, scope.service),
    scope.only === 'dashboards' ? NO_CONTACT_POINTS : readContactPoints(context, desired),
  ]);
  const places = desired.resources.flatMap(({ kind, uid }): FolderState[] =>
    kind === 'folder' ? [{ uid, state: stateOf(uid, folders.ages) }] : [],
  );
  checkReading(site, places, scope);
  const fromFiles = [...dashboards.fromFiles, ...rules.fromFiles, ...contactPoints.fromFiles];
  if (fromFiles.length > 0) {
    const more = fromFiles.length > 1 ? ` and ${fromFiles.length - 1} more` : '';
    // They would be written here and there in turn.
    throw new ExplainedError({
      code: 'G010',
      message: `${site.url} has our objects from provisioning files already: ${fromFiles[0]}${more}`,
      remedy: FROM_FILES,
    });
  }
  const inFolders = [...dashboards.objects, ...rules.objects];
  const leaving = folders.leaving.map((folder) => leave(folder, inFolders));
  return {
    site,
    places,
    parents: folders.parents,
    groups: rules.groups,
    live: {
      complete: true,
      objects: [
        ...folders.objects,
        ...leaving.flatMap(({ object }) => object ?? []),
        ...inFolders,
        ...contactPoints.objects.map((object) => withUses(object, rules.uses, contactPoints.uses)),
      ],
      repairs: [],
      notes: [
        ...site.notes,
        ...folders.notes,
        ...leaving.flatMap(({ note }) => note ?? []),
        ...dashboards.notes,
        ...rules.notes,
        ...contactPoints.notes,
      ],
    },
  };
}

function stateOf(uid: string, ages: ReadonlyMap<string, number | undefined>): FolderState['state'] {
  if (!ages.has(uid)) return 'absent';
  return (ages.get(uid) ?? SETTLED_AFTER) < SETTLED_AFTER ? 'new' : 'settled';
}

/** A folder that left the code goes if all that is in it is ours. */
function leave(
  { object, held }: LeavingFolder,
  others: readonly LiveObject[],
): { readonly object?: LiveObject; readonly note?: Diagnostic } {
  const ours = others.filter(
    ({ owned, resource }) =>
      owned && (resource?.kind === 'dashboard' || resource?.kind === 'rule') && resource.folderUid === object.uid,
  );
  const foreign = held - ours.length;
  if (foreign <= 0) return { object };
  const what = foreign === 1 ? 'object that is' : 'objects that are';
  return {
    note: {
      code: 'G015',
      level: 'warning',
      subject: `folder ${object.title}`,
      message: `left the code and stays, because it holds ${foreign} ${what} not ours`,
      remedy: 'Move them to another folder; the next sync deletes this one.',
    },
  };
}

/** Who uses a contact point that would go. */
function withUses(
  object: LiveObject,
  rules: ReadonlyMap<string, readonly Use[]>,
  policies: ReadonlyMap<string, readonly Use[]>,
): LiveObject {
  const found = policies.get(object.uid);
  if (found === undefined) return object;
  const usedBy = [...found, ...(rules.get(object.uid) ?? [])];
  return usedBy.length === 0 ? object : { ...object, usedBy };
}

/** Everything of ours that a Grafana holds, and what stands in our way, in a handful of requests. */
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Duration } from '../../model/duration.ts';
import { ExplainedError } from '../../model/explained-error.ts';
import type { Live, LiveObject, Scope } from '../../model/plan.ts';
import { type Desired, KINDS, ofKind, resourceKey, specOf } from '../../model/resource.ts';
import type { GrafanaClient } from './context.ts';
import { type LeavingFolder, readFolders } from './folder.ts';
import { type FoundObjects, NOTHING, type Uses } from './kind.ts';
import { GRAFANA_KINDS } from './kinds.ts';
import { readPolicyUses } from './policies.ts';
import { checkSite, type Site } from './preflight.ts';
import { checkReading, type FolderState } from './rights.ts';
import { NO_RULES, readRules, type StoredGroup } from './rule.ts';

/** How long the permissions of a new folder may be missing from the account's rights. */
const SETTLED_AFTER = 120_000;

const FROM_FILES =
  'Go on with the files: npm run sync -- --target directory. Or let Grafana forget them first, which taking the files away alone does not do: provision a file whose deleteRules and deleteContactPoints name them, restart Grafana, the same with deleteMuteTimes for time intervals, then take all of these files away';

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
  const shared = {
    folders: readFolders(context, desired, whole),
    rules: scope.only === 'dashboards' ? Promise.resolve(NO_RULES) : readRules(context, desired, scope.service),
  };
  const all = await Promise.all(
    KINDS.map((kind): FoundObjects | Promise<FoundObjects> => {
      const { part } = specOf(kind);
      const isRead = part === 'both' || scope.only === undefined || part === scope.only;
      return isRead ? GRAFANA_KINDS[kind].read(context, desired, shared) : NOTHING;
    }),
  );
  const [folders, rules] = [await shared.folders, await shared.rules];
  const places = ofKind(desired.resources, 'folder').map(
    ({ uid }): FolderState => ({ uid, state: stateOf(uid, folders.ages) }),
  );
  checkReading(site, places, scope);
  const fromFiles = all.flatMap((found) => found.fromFiles);
  if (fromFiles.length > 0) {
    const more = fromFiles.length > 1 ? ` and ${fromFiles.length - 1} more` : '';
    // They would be written here and there in turn.
    throw new ExplainedError({
      code: 'G010',
      message: `${site.url} has our objects from provisioning files already: ${fromFiles[0]}${more}`,
      remedy: FROM_FILES,
    });
  }
  const objects = all.flatMap((found) => found.objects);
  const leaving = folders.leaving.map((folder) => leave(folder, objects));
  const refused = new Set(all.flatMap((found) => found.refusedWhileUsed ?? []));
  const policies = refused.size === 0 ? NO_RULES.uses : await readPolicyUses(context);
  return {
    site,
    places,
    parents: folders.parents,
    groups: rules.groups,
    live: {
      complete: true,
      objects: [
        ...leaving.flatMap(({ object }) => object ?? []),
        ...objects.map((object) =>
          refused.has(resourceKey(object)) ? withUses(object, [policies, rules.uses]) : object,
        ),
      ],
      repairs: [],
      notes: [...site.notes, ...leaving.flatMap(({ note }) => note ?? []), ...all.flatMap((found) => found.notes)],
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

/** Who uses what would go. */
function withUses(object: LiveObject, uses: readonly Uses[]): LiveObject {
  const usedBy = uses.flatMap((by) => by.get(resourceKey(object)) ?? []);
  return usedBy.length === 0 ? object : { ...object, usedBy };
}

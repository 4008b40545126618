/** Alert rules as a Grafana has them: groups, states, who edited them, and those that hide. */
import { setImmediate } from 'node:timers/promises';
import { toSeconds } from '../../model/duration.ts';
import type { AlertState, LiveObject } from '../../model/plan.ts';
import type { Desired } from '../../model/resource.ts';
import type { Client } from './client.ts';
import { seconds } from './normalise.ts';
import { paths } from './paths.ts';
import { parseAnswer } from './preflight.ts';
import { groupKey, lastOwnVersion, liveRules, type StoredGroup, type WantedRule, wantedRules } from './rules.ts';
import { rulerRules, rulerVersions, states } from './shapes.ts';

/** New rules that are asked for one by one in a first sync. */
const ASKED_FOR_AT_FIRST = 100;

export interface ReadRules {
  readonly groups: ReadonlyMap<string, StoredGroup>;
  readonly objects: readonly LiveObject[];
}

/** Rules with their states; understood while dashboards, the larger part, are still on their way. */
export async function readRules(
  { client, owner }: { readonly client: Client; readonly owner: string },
  desired: Desired,
): Promise<ReadRules> {
  // What needs no answer is done once the requests are on their way.
  const meanwhile = async () => {
    await setImmediate();
    return wantedRules(desired);
  };
  const [groups, active, wanted] = await Promise.all([readGroups(client), readStates(client), meanwhile()]);
  const listed = await Promise.all(
    liveRules(groups.values(), wanted, owner, active).map((object) => withHistory(client, object)),
  );
  return { groups, objects: [...listed, ...(await hiddenRules(client, wanted, listed))] };
}

/** A rule that somebody edited, with what it was before. */
async function withHistory(client: Client, object: LiveObject): Promise<LiveObject> {
  const { edited, resource, uid } = object;
  if (edited === undefined || resource?.kind !== 'rule') return object;
  const { status, body } = await client.request('GET', paths.ruleVersions(uid), { accept: [403, 404] });
  const versions = status === 200 ? rulerVersions.safeParse(body) : undefined;
  if (versions?.success !== true) return object;
  const place = {
    folderUid: resource.folderUid,
    name: resource.rule.group,
    seconds: toSeconds(resource.rule.evaluationInterval),
  };
  const ours = lastOwnVersion(versions.data, place);
  return ours === undefined ? object : { ...object, edited: { ...edited, ours } };
}

/**
 * Rules that the list does not show though they exist, in a folder that this account may not look into: writing a rule
 * of the same UID would take them out of it without a word. A first sync of a large estate, where nothing of ours is to
 * be seen, does not ask for each of its rules.
 */
async function hiddenRules(
  client: Client,
  wanted: ReadonlyMap<string, WantedRule>,
  listed: readonly LiveObject[],
): Promise<readonly LiveObject[]> {
  const seen = new Set(listed.map(({ uid }) => uid));
  const missing = [...wanted.values()].filter(({ resource }) => !seen.has(resource.uid));
  if (missing.length > ASKED_FOR_AT_FIRST && !listed.some(({ owned }) => owned)) return [];
  const found = await Promise.all(
    missing.map(async ({ resource: { uid, title } }): Promise<LiveObject[]> => {
      const { status } = await client.request('GET', paths.alertRule(uid), { accept: [403, 404] });
      return status === 403 ? [{ kind: 'rule', uid, title, owned: false, hidden: true, pin: '' }] : [];
    }),
  );
  return found.flat();
}

/** All rule groups of the organisation, by folder and name. */
export async function readGroups(client: Client): Promise<Map<string, StoredGroup>> {
  const { body } = await client.request('GET', paths.rules);
  const groups = new Map<string, StoredGroup>();
  for (const list of Object.values(parseAnswer(client, paths.rules, rulerRules, body))) {
    for (const { name, interval, rules } of list) {
      const folderUid = rules[0]?.grafana_alert.namespace_uid;
      if (folderUid === undefined) continue;
      groups.set(groupKey(folderUid, name), { folderUid, name, seconds: seconds(interval), rules });
    }
  }
  return groups;
}

/** Rules that are firing or pending. */
async function readStates(client: Client): Promise<Map<string, AlertState>> {
  const { body } = await client.request('GET', paths.states);
  const { data } = parseAnswer(client, paths.states, states, body);
  const active = new Map<string, AlertState>();
  for (const { rules } of data.groups) {
    for (const { uid, state, alerts } of rules) {
      if (state !== 'firing' && state !== 'pending') continue;
      const since = (alerts ?? []).flatMap(({ activeAt }) => activeAt ?? []).sort()[0];
      active.set(uid, { state, ...(since === undefined ? {} : { since }) });
    }
  }
  return active;
}

/** Writes of alert rules: groups whole where they are all ours, rule by rule where somebody else's stand among them. */

import { type Duration, toSeconds } from '../../model/duration.ts';
import { ExplainedError } from '../../model/explained-error.ts';
import { groupBy } from '../../model/group-by.ts';
import type { DeleteChange } from '../../model/plan.ts';
import { ofKind, type RuleResource } from '../../model/resource.ts';
import type { Step } from '../../sync/index.ts';
import { postChecked } from './checked-write.ts';
import type { WriteContext } from './context.ts';
import { changedSince, statusOf } from './errors.ts';
import type { GrafanaKind, Write, Writing } from './kind.ts';
import {
  alertRulePath,
  groupKey,
  isGroupless,
  isStoredAs,
  markedForm,
  readGroup,
  readGroups,
  rulePin,
  type StoredGroup,
} from './rule.ts';

type Groups = ReadonlyMap<string, StoredGroup>;

/** The mark of what a restore put back: no hash of the code's, so that the next sync asks before it goes again. */
const RESTORED = 'restored';

const ALERT_RULES = '/api/v1/provisioning/alert-rules';

/** One step for each group to write; in a group that others share, one for each rule. */
function ruleSteps(writes: readonly Write[], context: Writing, stage: number): Step[] {
  const { plan, groups: seen } = context;
  const { run } = context.client.pressure;
  const groups = groupBy(writes, ({ desired }) => homeOf(desired as RuleResource));
  const whole = groupBy(
    ofKind(
      plan.changes.flatMap((change) => ('desired' in change ? [change.desired] : [])),
      'rule',
    ),
    homeOf,
  );
  const fresh = once(async () => (await readGroups(context)).groups);
  return [...groups].flatMap(([key, changes]): Step[] => {
    const [first] = changes as [Write, ...Write[]];
    const { folderUid, rule } = first.desired as RuleResource;
    const rules = whole.get(key) ?? [];
    const stored = seen.get(key);
    if (stored !== undefined && isShared(stored, rules))
      return changes.map((change) => sharedRuleStep(change, stored, seen, context, stage));
    const label = `rule group ${rule.group}`;
    const work = async (signal?: AbortSignal): Promise<void> => {
      if (stored === undefined) {
        const now = await fresh();
        checkGroup(label, undefined, now.get(key));
        checkHomes(label, rules, seen, now);
      } else {
        checkGroup(label, stored, await readGroup(context, folderUid, rule.group));
        // Rules that join the group from elsewhere must not have changed there.
        const joining = rules.filter(({ uid }) => !stored.rules.some(({ grafana_alert }) => grafana_alert.uid === uid));
        if (joining.length > 0) checkHomes(label, joining, seen, await fresh());
      }
      const before = homes(seen);
      const groupless = rules.filter(({ uid }) => isGroupless(seen.get(before.get(uid) ?? '')?.name ?? ''));
      for (const resource of groupless) await joinGroup(context, resource, signal);
      await putGroup(context, folderUid, rule.group, rules, signal);
    };
    return [{ label, changes, stage, run: (signal) => run(() => work(signal)) }];
  });
}

/** Whether a group holds anything that the plan does not write: what somebody else has there, or what is kept. */
function isShared({ rules, unreadable }: StoredGroup, ours: readonly RuleResource[]): boolean {
  const uids = new Set(ours.map(({ uid }) => uid));
  return unreadable > 0 || rules.some(({ grafana_alert: { uid } }) => !uids.has(uid));
}

/** @throws ExplainedError if a group is no longer as it was read */
function checkGroup(label: string, seen: StoredGroup | undefined, now: StoredGroup | undefined): void {
  const pins = (group: StoredGroup | undefined) =>
    [
      ...(group?.rules ?? []).map((rule) => `${rule.grafana_alert.uid}@${rulePin(rule)}`).sort(),
      group?.unreadable ?? 0,
    ].join();
  if (pins(seen) !== pins(now)) throw changedSince(label);
}

/** A group PUT moves a rule of the same UID from wherever it lives, without a word: so each one's place is compared. */
function checkHomes(label: string, rules: readonly RuleResource[], seen: Groups, now: Groups): void {
  const before = homes(seen);
  const after = homes(now);
  for (const { uid } of rules) if (before.get(uid) !== after.get(uid)) throw changedSince(label);
}

function homes(groups: Groups): ReadonlyMap<string, string> {
  return new Map(
    [...groups].flatMap(([key, { rules }]) => rules.map(({ grafana_alert: { uid } }) => [uid, key] as const)),
  );
}

function sharedRuleStep(change: Write, stored: StoredGroup, seen: Groups, context: WriteContext, stage: number): Step {
  const resource = change.desired as RuleResource;
  const label = `rule ${change.title} in the shared group ${stored.name}`;
  const elsewhere = homes(seen).get(change.uid);
  const isNew = change.action === 'create';
  const work = async (signal?: AbortSignal): Promise<void> => {
    const source = isNew || elsewhere === undefined ? groupKey(stored.folderUid, stored.name) : elsewhere;
    const home = seen.get(source) ?? stored;
    const one = (group: StoredGroup | undefined): StoredGroup | undefined =>
      group === undefined
        ? undefined
        : {
            ...group,
            unreadable: 0,
            rules: group.rules.filter(({ grafana_alert }) => grafana_alert.uid === change.uid),
          };
    checkGroup(label, one(home), one(await readGroup(context, home.folderUid, home.name)));
    await saveRule(context, resource, stored, isNew, signal);
  };
  return {
    label,
    changes: [change],
    stage,
    run: (signal) => context.client.pressure.run(() => work(signal)),
  };
}

/** Rule by rule, because deleting a group would delete what somebody added to it meanwhile. */
function deleteRuleSteps(deletes: readonly DeleteChange[], context: Writing, stage: number): Step[] {
  const { groups: seen } = context;
  const fresh = once(async () => (await readGroups(context)).groups);
  return deletes.map((change) => {
    const label = `rule ${change.title}, ${change.service ?? change.uid}`;
    const find = (groups: Groups) =>
      [...groups.values()]
        .map((group) => ({
          ...group,
          unreadable: 0,
          rules: group.rules.filter(({ grafana_alert }) => grafana_alert.uid === change.uid),
        }))
        .find(({ rules }) => rules.length > 0);
    const work = async (signal?: AbortSignal): Promise<void> => {
      const now = find(await fresh());
      if (now === undefined) return;
      checkGroup(label, find(seen), now);
      await deleteRule(context, change.uid, signal);
    };
    return {
      label,
      changes: [change],
      stage,
      run: (signal) => context.client.pressure.run(() => work(signal)),
    };
  });
}

/** Writes a group of which every rule is ours, in one transaction. Any rule of it that is not given is deleted. */
async function putGroup(
  { client, restoring }: WriteContext,
  folderUid: string,
  name: string,
  rules: readonly RuleResource[],
  signal?: AbortSignal,
): Promise<void> {
  const interval: Duration = rules[0]?.rule.evaluationInterval ?? '1m';
  const place = `${encodeURIComponent(folderUid)}/rule-groups/${encodeURIComponent(name)}`;
  await client.request('PUT', `/api/v1/provisioning/folder/${place}`, {
    body: {
      title: name,
      folderUid,
      interval: toSeconds(interval),
      rules: rules.map((rule) => markedForm(rule, restoring ? RESTORED : undefined)),
    },
    signal,
  });
}

/** A group PUT refuses a rule that has no group: only a PUT of the rule itself gives it one. */
async function joinGroup(
  { client, restoring }: WriteContext,
  resource: RuleResource,
  signal?: AbortSignal,
): Promise<void> {
  const body = markedForm(resource, restoring ? RESTORED : undefined);
  await client.request('PUT', alertRulePath(resource.uid), { body, signal });
}

/** Writes one rule into a group that others share: a group PUT would take theirs over. */
async function saveRule(
  context: WriteContext,
  resource: RuleResource,
  group: StoredGroup,
  isNew: boolean,
  signal?: AbortSignal,
): Promise<void> {
  const { client, restoring } = context;
  const { rule, folderUid, uid, title } = resource;
  if (group.seconds !== toSeconds(rule.evaluationInterval)) {
    throw new ExplainedError({
      code: 'G016',
      message: `group ${group.name} holds rules that are not ours and is evaluated every ${group.seconds} s; the code says ${rule.evaluationInterval}`,
      remedy: 'Move the other rules to a group of their own; changing the interval would change them too.',
    });
  }
  const body = markedForm(resource, restoring ? RESTORED : undefined);
  if (!isNew) {
    await client.request('PUT', alertRulePath(uid), { body, signal });
    return;
  }
  const look = async () => {
    const now = await readGroup(context, folderUid, rule.group);
    const stored = now?.rules.find(({ grafana_alert }) => grafana_alert.uid === uid);
    if (stored === undefined) return 'absent' as const;
    return isStoredAs(stored, resource) ? ('same' as const) : ('other' as const);
  };
  await postChecked(client, `alert ${title}`, ALERT_RULES, body, look, { exists: [409], signal });
}

/** Deletes one rule; the last one takes its group with it. */
async function deleteRule({ client }: WriteContext, uid: string, signal?: AbortSignal): Promise<void> {
  try {
    await client.request('DELETE', alertRulePath(uid), { accept: [404], signal });
  } catch (error) {
    // Grafana 12.4 answers 500 where the rule is gone already, as after a first try whose answer was lost.
    if (statusOf(error) !== 500) throw error;
    const { status } = await client.request('GET', alertRulePath(uid), { accept: [404] });
    if (status !== 404) throw error;
  }
}

function homeOf({ folderUid, rule }: RuleResource): string {
  return groupKey(folderUid, rule.group);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Alert rules: they share no row, so that two groups are written at once. */
export const rules: GrafanaKind = {
  atOnce: 2,
  read: (_context, _desired, shared) => shared.rules,
  writes: ruleSteps,
  deletes: deleteRuleSteps,
};

/** The writes of alert rules, which Grafana keeps in groups. */
import { groupBy } from '../../model/group-by.ts';
import type { CreateChange, DeleteChange, Plan, UpdateChange } from '../../model/plan.ts';
import type { RuleResource } from '../../model/resource.ts';
import type { Step } from '../../sync/index.ts';
import { changedSince } from './errors.ts';
import type { Snapshot } from './read.ts';
import { readGroups } from './read-rules.ts';
import { groupKey, type StoredGroup } from './rules.ts';
import type { WriteContext } from './write.ts';
import { checkGroup, deleteRule, putGroup, readGroup, saveRule } from './write-rules.ts';

type Write = CreateChange | UpdateChange;

/** One step for each group to write; in a group that others share, one for each rule. */
export function ruleSteps(
  plan: Plan,
  writes: readonly Write[],
  seen: Snapshot,
  context: WriteContext,
  stage: number,
): Step[] {
  const { run } = context.client.pressure;
  const groups = groupBy(writes, ({ desired }) => homeOf(desired as RuleResource));
  const whole = groupBy(
    plan.changes.flatMap((change) => ('desired' in change && change.desired.kind === 'rule' ? [change.desired] : [])),
    homeOf,
  );
  const fresh = once(() => readGroups(context.client));
  return [...groups].flatMap(([key, changes]): Step[] => {
    const [first] = changes as [Write, ...Write[]];
    const { folderUid, rule } = first.desired as RuleResource;
    const rules = whole.get(key) ?? [];
    const stored = seen.groups.get(key);
    const ours = new Set(rules.map(({ uid }) => uid));
    const shared = stored?.rules.some(({ grafana_alert: { uid } }) => !ours.has(uid)) === true;
    if (stored !== undefined && shared)
      return changes.map((change) => sharedRuleStep(change, stored, seen, context, stage));
    const label = `rule group ${rule.group}`;
    const work = async (signal?: AbortSignal): Promise<void> => {
      if (stored === undefined) await checkNew(label, key, rules, seen, await fresh());
      else {
        checkGroup(label, stored, await readGroup(context.client, folderUid, rule.group));
        // Rules that join the group from elsewhere must not have changed there.
        const joining = rules.filter(({ uid }) => !stored.rules.some(({ grafana_alert }) => grafana_alert.uid === uid));
        if (joining.length > 0) checkHomes(label, joining, seen.groups, await fresh());
      }
      await putGroup(context, folderUid, rule.group, rules, signal);
    };
    return [{ label, changes, stage, run: (signal) => run(() => work(signal)) }];
  });
}

/** A group that did not exist must not have come since, and its rules must not have changed where they were. */
async function checkNew(
  label: string,
  key: string,
  rules: readonly RuleResource[],
  seen: Snapshot,
  now: ReadonlyMap<string, StoredGroup>,
): Promise<void> {
  checkGroup(label, undefined, now.get(key));
  checkHomes(label, rules, seen.groups, now);
}

/** A group PUT moves a rule of the same UID from wherever it lives, without a word: so each one's place is compared. */
function checkHomes(
  label: string,
  rules: readonly RuleResource[],
  seen: ReadonlyMap<string, StoredGroup>,
  now: ReadonlyMap<string, StoredGroup>,
): void {
  const before = homes(seen);
  const after = homes(now);
  for (const { uid } of rules) if (before.get(uid) !== after.get(uid)) throw changedSince(label);
}

function homes(groups: ReadonlyMap<string, StoredGroup>): ReadonlyMap<string, string> {
  return new Map(
    [...groups].flatMap(([key, { rules }]) => rules.map(({ grafana_alert: { uid } }) => [uid, key] as const)),
  );
}

function sharedRuleStep(
  change: Write,
  stored: StoredGroup,
  seen: Snapshot,
  context: WriteContext,
  stage: number,
): Step {
  const resource = change.desired as RuleResource;
  const label = `rule ${change.title} in the shared group ${stored.name}`;
  const elsewhere = homes(seen.groups).get(change.uid);
  const isNew = change.action === 'create';
  const work = async (signal?: AbortSignal): Promise<void> => {
    const source = isNew || elsewhere === undefined ? groupKey(stored.folderUid, stored.name) : elsewhere;
    const home = seen.groups.get(source) ?? stored;
    const one = (group: StoredGroup | undefined): StoredGroup | undefined =>
      group === undefined
        ? undefined
        : { ...group, rules: group.rules.filter(({ grafana_alert }) => grafana_alert.uid === change.uid) };
    checkGroup(label, one(home), one(await readGroup(context.client, home.folderUid, home.name)));
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
export function deleteRuleSteps(
  deletes: readonly DeleteChange[],
  seen: Snapshot,
  context: WriteContext,
  stage: number,
): Step[] {
  const fresh = once(() => readGroups(context.client));
  return deletes.map((change) => {
    const label = `rule ${change.title}, ${change.service ?? change.uid}`;
    const find = (groups: ReadonlyMap<string, StoredGroup>) =>
      [...groups.values()]
        .map((group) => ({
          ...group,
          rules: group.rules.filter(({ grafana_alert }) => grafana_alert.uid === change.uid),
        }))
        .find(({ rules }) => rules.length > 0);
    const work = async (signal?: AbortSignal): Promise<void> => {
      const now = find(await fresh());
      if (now === undefined) return;
      checkGroup(label, find(seen.groups), now);
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

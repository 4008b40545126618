/** Writes of alert rules: groups whole where they are all ours, rule by rule where somebody else's stand among them. */
import { encodeGrafanaRule } from '../../encode/index.ts';
import { type Duration, toSeconds } from '../../model/duration.ts';
import { jsonEqual } from '../../model/json.ts';
import type { RuleResource } from '../../model/resource.ts';
import { TargetError } from '../../sync/index.ts';
import type { Client } from './client.ts';
import { changedSince, statusOf } from './errors.ts';
import { normaliseRule, seconds } from './normalise.ts';
import { paths } from './paths.ts';
import { parseAnswer } from './preflight.ts';
import { markedForm, provisioningForm, rulePin, type StoredGroup } from './rules.ts';
import { rulerGroup } from './shapes.ts';
import { postChecked, type WriteContext } from './write.ts';

/** The mark of what a restore put back: no hash of the code's, so that the next sync asks before it goes again. */
const RESTORED = 'restored';

/** A group as it is now; undefined where there is none. */
export async function readGroup(client: Client, folderUid: string, name: string): Promise<StoredGroup | undefined> {
  const path = paths.groupRules(folderUid, name);
  // An Editor may not look into a folder that does not exist: 403.
  const { status, body } = await client.request('GET', path, { accept: [403, 404] });
  if (status >= 400) return undefined;
  const { interval, rules } = parseAnswer(client, path, rulerGroup, body);
  return rules.length === 0 ? undefined : { folderUid, name, seconds: seconds(interval), rules };
}

/** @throws TargetError if a group is no longer as it was read */
export function checkGroup(label: string, seen: StoredGroup | undefined, now: StoredGroup | undefined): void {
  const pins = (group: StoredGroup | undefined) =>
    (group?.rules ?? [])
      .map((rule) => `${rule.grafana_alert.uid}@${rulePin(rule)}`)
      .sort()
      .join();
  if (pins(seen) !== pins(now)) throw changedSince(label);
}

/** Writes a group of which every rule is ours, in one transaction. Any rule of it that is not given is deleted. */
export async function putGroup(
  { client, restoring }: WriteContext,
  folderUid: string,
  name: string,
  rules: readonly RuleResource[],
  signal?: AbortSignal,
): Promise<void> {
  const interval: Duration = rules[0]?.rule.evaluationInterval ?? '1m';
  await client.request('PUT', paths.ruleGroup(folderUid, name), {
    body: {
      title: name,
      folderUid,
      interval: toSeconds(interval),
      rules: rules.map((rule) => markedForm(rule, restoring ? RESTORED : undefined)),
    },
    signal,
  });
}

/** Writes one rule into a group that others share: a group PUT would take theirs over. */
export async function saveRule(
  context: WriteContext,
  resource: RuleResource,
  group: StoredGroup,
  isNew: boolean,
  signal?: AbortSignal,
): Promise<void> {
  const { client, restoring } = context;
  const { rule, folderUid, uid, title } = resource;
  if (group.seconds !== toSeconds(rule.evaluationInterval)) {
    throw new TargetError(
      'G016',
      `group ${group.name} holds rules that are not ours and is evaluated every ${group.seconds} s; the code says ${rule.evaluationInterval}`,
      'Move the other rules to a group of their own; changing the interval would change them too.',
    );
  }
  const body = markedForm(resource, restoring ? RESTORED : undefined);
  if (!isNew) {
    await client.request('PUT', paths.alertRule(uid), { body, signal });
    return;
  }
  const look = async () => {
    const now = await readGroup(client, folderUid, rule.group);
    const stored = now?.rules.find(({ grafana_alert }) => grafana_alert.uid === uid);
    if (stored === undefined) return 'absent' as const;
    const form = normaliseRule(provisioningForm(stored, folderUid, rule.group));
    const sent = normaliseRule(encodeGrafanaRule(rule, folderUid));
    return jsonEqual(form, sent) ? ('same' as const) : ('other' as const);
  };
  await postChecked(context, `alert ${title}`, paths.alertRules, body, look, { exists: [409], signal });
}

/** Deletes one rule; the last one takes its group with it. */
export async function deleteRule({ client }: WriteContext, uid: string, signal?: AbortSignal): Promise<void> {
  try {
    await client.request('DELETE', paths.alertRule(uid), { accept: [404], signal });
  } catch (error) {
    // Grafana 12.4 answers 500 where the rule is gone already, as after a first try whose answer was lost.
    if (statusOf(error) !== 500) throw error;
    const { status } = await client.request('GET', paths.alertRule(uid), { accept: [404] });
    if (status !== 404) throw error;
  }
}

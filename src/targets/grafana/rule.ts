/** Alert rules as the ruler shows them, and back into our model. */
import { decodeGrafanaRule, encodeGrafanaRule } from '../../encode/index.ts';
import { type Duration, toDuration, toSeconds } from '../../model/duration.ts';
import { type Json, type JsonObject, jsonEqual } from '../../model/json.ts';
import type { AlertState, HandEdit, LiveObject } from '../../model/plan.ts';
import type { Desired, RuleResource } from '../../model/resource.ts';
import { contentHash, hasOwnerPrefix } from '../../sync/index.ts';
import { normaliseRule } from './normalise.ts';
import type { RulerRule } from './shapes.ts';

/** The label that marks a rule as ours. */
export const OWNER_LABEL = 'as_code';

/**
 * The annotation that holds `contentHash` of what was sent: another content beside it is a hand edit. Grafana's alert
 * states do not depend on annotations, and what is named like this is shown and sent to nobody.
 */
const MARK = '__as_code__';

/** What a rule is sent as. @param mark another one than its hash says that it is not as the code had it */
export function markedForm(resource: RuleResource, mark = contentHash(resource)): JsonObject {
  const form = encodeGrafanaRule(resource.rule, resource.folderUid);
  return { ...form, annotations: { ...(form['annotations'] as JsonObject), [MARK]: mark } };
}

/** A rule group as it is, foreign rules included. */
export interface StoredGroup {
  readonly folderUid: string;
  readonly name: string;
  readonly seconds: number;
  readonly rules: readonly RulerRule[];
}

export function groupKey(folderUid: string, name: string): string {
  return `${folderUid}/${name}`;
}

/** Identifies a version of a rule; it rises with every write of its group. */
export function rulePin({ grafana_alert: { guid, version } }: RulerRule): string {
  return `${guid}@${version}`;
}

/** A rule that the code wants, and what storing it would give. */
export interface WantedRule {
  readonly resource: RuleResource;
  readonly form: JsonObject;
}

/** The rules that the code wants, by UID. */
export function wantedRules({ resources }: Desired): ReadonlyMap<string, WantedRule> {
  const rules = resources.filter((resource) => resource.kind === 'rule');
  return new Map(
    rules.map((resource) => [
      resource.uid,
      { resource, form: normaliseRule(encodeGrafanaRule(resource.rule, resource.folderUid)) },
    ]),
  );
}

/** Rules of the owner, wherever they are, and foreign ones in our way. */
export function liveRules(
  groups: Iterable<StoredGroup>,
  wanted: ReadonlyMap<string, WantedRule>,
  owner: string,
  states: ReadonlyMap<string, AlertState>,
): LiveObject[] {
  const live: LiveObject[] = [];
  for (const group of groups) {
    for (const stored of group.rules) {
      const { uid, title } = stored.grafana_alert;
      const owned = hasOwnerPrefix(owner, uid) && stored.labels?.[OWNER_LABEL] === owner;
      const want = wanted.get(uid);
      if (!owned && want === undefined) continue;
      const state = states.get(uid);
      live.push({
        kind: 'rule',
        uid,
        title,
        owned,
        pin: rulePin(stored),
        ...(owned ? decode(stored, group, want) : {}),
        ...(state === undefined ? {} : { alertState: state }),
      });
    }
  }
  return live;
}

function decode(
  stored: RulerRule,
  group: StoredGroup,
  want: WantedRule | undefined,
): Pick<LiveObject, 'resource' | 'rest' | 'edited'> {
  const { folderUid, name } = group;
  const form = normaliseRule(provisioningForm(stored, folderUid, name));
  // The common case first, and the exact one: what is stored is what the code would send.
  if (want !== undefined && group.seconds === toSeconds(want.resource.rule.evaluationInterval)) {
    if (jsonEqual(form, want.form)) return { resource: want.resource };
  }
  const interval = toDuration(group.seconds);
  const decoded = decodeGrafanaRule(form, interval, folderUid) ?? unreadable(form, stored, group, interval);
  const service = stored.labels?.['service'];
  const resource: RuleResource = {
    kind: 'rule',
    uid: stored.grafana_alert.uid,
    title: stored.grafana_alert.title,
    folderUid,
    source: '',
    rule: decoded.rule,
    ...(service === undefined ? {} : { service }),
  };
  return {
    resource,
    ...(decoded.rest === undefined ? {} : { rest: decoded.rest }),
    ...(isOurs(stored, resource) ? {} : { edited: editOf(stored) }),
  };
}

/** Whether a rule is as we sent it. One without a mark is from before there were any. */
function isOurs({ annotations }: RulerRule, resource: RuleResource): boolean {
  const mark = annotations?.[MARK];
  return mark === undefined || mark === contentHash(resource);
}

function editOf({ grafana_alert: { updated, updated_by: account } }: RulerRule): HandEdit {
  return { by: account?.name || 'somebody', at: updated, message: '' };
}

/** The last of a rule's versions that is as we sent it: what a hand edit is told against. */
export function lastOwnVersion(
  versions: readonly RulerRule[],
  { folderUid, name, seconds }: Pick<StoredGroup, 'folderUid' | 'name' | 'seconds'>,
): RuleResource | undefined {
  for (const version of [...versions].sort((a, b) => b.grafana_alert.version - a.grafana_alert.version)) {
    const { namespace_uid: folder, rule_group: group } = version.grafana_alert;
    const place = { folderUid: folder || folderUid, name: group || name, seconds, rules: [] };
    const { resource, edited } = decode(version, place, undefined);
    const marked = version.annotations?.[MARK] !== undefined;
    if (marked && edited === undefined && resource?.kind === 'rule') return resource;
  }
  return undefined;
}

/** The ruler's names for things, in those of the provisioning API. */
export function provisioningForm(stored: RulerRule, folderUid: string, group: string): JsonObject {
  const alert = stored.grafana_alert as unknown as JsonObject;
  const optional: readonly (readonly [string, Json | undefined])[] = [
    ['notification_settings', alert['notification_settings']],
    ['missingSeriesEvalsToResolve', alert['missing_series_evals_to_resolve']],
    ['record', alert['record']],
  ];
  return {
    uid: stored.grafana_alert.uid,
    title: stored.grafana_alert.title,
    condition: alert['condition'] ?? '',
    data: alert['data'] ?? [],
    noDataState: alert['no_data_state'] ?? '',
    execErrState: alert['exec_err_state'] ?? '',
    folderUID: folderUid,
    ruleGroup: group,
    orgID: 1,
    for: stored.for,
    keep_firing_for: stored.keep_firing_for,
    isPaused: alert['is_paused'] ?? false,
    labels: { ...stored.labels },
    annotations: withoutMark(stored.annotations ?? {}),
    ...Object.fromEntries(optional.filter((entry): entry is [string, Json] => entry[1] !== undefined)),
  };
}

function withoutMark({ [MARK]: _mark, ...annotations }: Readonly<Record<string, string>>): Record<string, string> {
  return annotations;
}

/** A rule of ours that somebody made into something our model can not say: all of it is a difference. */
function unreadable(form: JsonObject, stored: RulerRule, { name }: StoredGroup, interval: Duration) {
  const { uid, title } = stored.grafana_alert;
  const rule: RuleResource['rule'] = {
    uid,
    alert: title,
    group: name,
    signal: stored.labels?.['signal'] ?? '',
    expr: '',
    comparison: 'gt',
    threshold: 0,
    unit: 'count',
    for: '0s',
    keepFiringFor: '0s',
    evaluationInterval: interval,
    dataSourceUid: '',
    severity: 'none',
    labels: { ...stored.labels },
    annotations: {},
    dashboardUid: '',
    panelId: 0,
    notification: { receiver: '', groupBy: [], groupWait: '0s', groupInterval: '0s', repeatInterval: '0s' },
    noDataState: 'KeepLast',
    execErrState: 'KeepLast',
    missingSeriesEvalsToResolve: 0,
    paused: false,
  };
  return { rule, rest: form };
}

/** Alert rules as the ruler shows them, and back into our model: whose they are, who edited them, how they fare. */
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { fieldsOf, problemOf, type UnreadableItem } from '../../adapters/grafana-answers.ts';
import { decodeGrafanaRule, encodeGrafanaRule } from '../../encode/index.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { type Duration, toDuration, toSeconds } from '../../model/duration.ts';
import { isJsonObject, type Json, type JsonObject, jsonEqual } from '../../model/json.ts';
import type { AlertState, HandEdit, LiveObject, Use } from '../../model/plan.ts';
import type { Desired, RuleResource } from '../../model/resource.ts';
import { contentHash, hasOwnerPrefix, unreadableObjects } from '../../sync/index.ts';
import type { ReadContext } from './context.ts';
import { type FoundObjects, NOTHING, type Uses } from './kind.ts';
import { namesIn } from './policies.ts';

/** The label that marks a rule as ours. */
const OWNER_LABEL = 'as_code';

/**
 * The annotation that holds `contentHash` of what was sent: another content beside it is a hand edit. Grafana's alert
 * states do not depend on annotations, and what is named like this is shown and sent to nobody.
 */
const MARK = '__as_code__';

const RULER = '/api/ruler/grafana/api/v1';
/** New rules that are asked for one by one in a first sync. */
const ASKED_FOR_AT_FIRST = 100;
/** Grafana's name for the group of a rule that has none, padded to a length that no group may have. */
const GROUPLESS = /^no_group_for_rule_.*\*$/;
/** What a rule without a group is shown with. */
const NO_GROUP = '(none)';

const strings = z.record(z.string(), z.string());

const rulerRule = z.looseObject({
  for: z.string().default('0s'),
  keep_firing_for: z.string().default('0s'),
  labels: strings.nullish(),
  annotations: strings.nullish(),
  grafana_alert: z.looseObject({
    uid: z.string(),
    title: z.string(),
    version: z.number(),
    guid: z.string().default(''),
    namespace_uid: z.string(),
    rule_group: z.string(),
    intervalSeconds: z.number().optional(),
    provenance: z.string().nullish(),
    updated: z.string().default(''),
    updated_by: z.looseObject({ name: z.string().default('') }).nullish(),
  }),
});
type StoredRule = z.infer<typeof rulerRule>;

/** A rule group as it is, foreign rules included. */
export interface StoredGroup {
  readonly folderUid: string;
  readonly name: string;
  readonly seconds: number;
  readonly rules: readonly StoredRule[];
  /** Rules in it that have no known form: they are there, and not ours. */
  readonly unreadable: number;
}

/** The rules of a Grafana. */
export interface Rules extends FoundObjects {
  readonly groups: ReadonlyMap<string, StoredGroup>;
  /** Rules of anybody, by the key of what they name. */
  readonly uses: Uses;
}

export const NO_RULES: Rules = { ...NOTHING, groups: new Map(), uses: new Map() };

/** One thing that Grafana does to a rule. */
interface Normalisation {
  /** Keys from the top; `*` is every element of an array or every value of an object. */
  readonly path: readonly string[];
  readonly action: 'print duration' | { readonly dropIf: Json } | { readonly setIfMissing: Json };
  readonly reason: string;
}

/** What Grafana does to what we send, undone before anything is compared. Each line was seen on Grafana 12.4. */
const NORMALISATIONS: readonly Normalisation[] = [
  { path: ['data', '*', 'queryType'], action: { dropIf: '' }, reason: 'an empty one is added to every query' },
  { path: ['keep_firing_for'], action: { setIfMissing: '0s' }, reason: 'left out by older servers' },
  { path: ['for'], action: 'print duration', reason: '300s comes back as 5m, 7d as 1w' },
  { path: ['keep_firing_for'], action: 'print duration', reason: 'the same' },
  { path: ['notification_settings', 'group_wait'], action: 'print duration', reason: 'the same' },
  { path: ['notification_settings', 'group_interval'], action: 'print duration', reason: 'the same' },
  { path: ['notification_settings', 'repeat_interval'], action: 'print duration', reason: 'the same' },
  { path: ['labels'], action: { setIfMissing: {} }, reason: 'left out where empty' },
  { path: ['annotations'], action: { setIfMissing: {} }, reason: 'left out where empty' },
  { path: ['notification_settings'], action: { dropIf: null }, reason: 'null where the policy tree routes' },
];

/** Rules with their states; understood while dashboards, the larger part, are still on their way. */
export async function readRules(context: ReadContext, desired: Desired, service: string | undefined): Promise<Rules> {
  const { owner, client } = context;
  // What needs no answer is done once the requests are on their way.
  const meanwhile = async () => {
    await setImmediate();
    return wantedRules(desired);
  };
  const [{ groups, unreadable, uses }, states, wanted] = await Promise.all([
    readGroups(context),
    readStates(context),
    meanwhile(),
  ]);
  const strange = unreadableObjects('rule', unreadable, wanted, owner);
  const listed = await Promise.all(
    liveRules(groups.values(), wanted, owner, states).map((object) => withHistory(context, object)),
  );
  const seen = [...listed, ...strange.objects];
  return {
    groups,
    objects: [...seen, ...(await hiddenRules(context, wanted, seen))],
    notes: [...strange.notes, ...failingRules(client.url, listed, states, service)],
    fromFiles: [...groups.values()].flatMap(({ rules }) =>
      rules
        .filter((rule) => rule.grafana_alert.provenance === 'file' && isOwned(rule, owner))
        .map(({ grafana_alert }) => `alert rule ${grafana_alert.uid}`),
    ),
    uses,
  };
}

function isOwned({ labels, grafana_alert: { uid } }: StoredRule, owner: string): boolean {
  return hasOwnerPrefix(owner, uid) && labels?.[OWNER_LABEL] === owner;
}

/** A rule that the code wants, and what storing it would give. */
interface WantedRule {
  readonly resource: RuleResource;
  readonly form: JsonObject;
}

/** The rules that the code wants, by UID. */
function wantedRules({ resources }: Desired): ReadonlyMap<string, WantedRule> {
  const rules = resources.filter((resource) => resource.kind === 'rule');
  return new Map(
    rules.map((resource) => [
      resource.uid,
      { resource, form: normalised(encodeGrafanaRule(resource.rule, resource.folderUid)) },
    ]),
  );
}

/** Whether this stands for the group of a rule that has none. */
export function isGroupless(name: string): boolean {
  return GROUPLESS.test(name);
}

export function groupKey(folderUid: string, name: string): string {
  return `${folderUid}/${name}`;
}

/** All rule groups of the organisation, by folder and name, the rules without a known form, and whom all of them notify. */
export async function readGroups({ client }: Pick<ReadContext, 'client'>): Promise<{
  readonly groups: ReadonlyMap<string, StoredGroup>;
  readonly unreadable: readonly UnreadableItem[];
  readonly uses: Uses;
}> {
  const path = `${RULER}/rules`;
  const folders = await client.read(path, z.record(z.string(), z.unknown()));
  const groups = new Map<string, StoredGroup>();
  const unreadable: UnreadableItem[] = [];
  const uses = new Map<string, Use[]>();
  // The keys are paths of folders, a slash in a title escaped: the rules say the UIDs of theirs.
  for (const list of Object.values(folders)) {
    for (const raw of Array.isArray(list) ? list : []) {
      const { rules = [], name } = fieldsOf(raw);
      const group = groupOf(raw);
      const [first] = group.rules;
      unreadable.push(...group.strange);
      if (first !== undefined && typeof name === 'string') {
        groups.set(groupKey(first.grafana_alert.namespace_uid, name), {
          folderUid: first.grafana_alert.namespace_uid,
          name,
          seconds: group.seconds,
          rules: group.rules,
          unreadable: group.unreadable,
        });
      }
      for (const rule of Array.isArray(rules) ? rules : []) noteUse(uses, rule);
    }
  }
  return { groups, unreadable, uses };
}

/** A group of which anything may be of another form than it should. */
function groupOf(raw: unknown): Pick<StoredGroup, 'seconds' | 'rules' | 'unreadable'> & {
  readonly strange: readonly UnreadableItem[];
} {
  const { interval, rules } = fieldsOf(raw);
  const all = Array.isArray(rules) ? rules : [];
  const parsed = all.map((rule) => ({ rule, ...rulerRule.safeParse(rule) }));
  const readable = parsed.flatMap(({ data }) => data ?? []);
  const strange = parsed.flatMap(({ rule, error }): UnreadableItem[] => {
    const { uid } = fieldsOf(fieldsOf(rule)['grafana_alert']);
    return error === undefined || typeof uid !== 'string' ? [] : [{ name: uid, problem: problemOf(error) }];
  });
  return {
    seconds: secondsIn(typeof interval === 'string' ? interval : '1m'),
    rules: readable,
    unreadable: all.length - readable.length,
    strange,
  };
}

function noteUse(uses: Map<string, Use[]>, rule: unknown): void {
  const { uid, title, notification_settings: settings } = fieldsOf(fieldsOf(rule)['grafana_alert']);
  if (typeof uid !== 'string') return;
  const use = { what: `alert rule ${typeof title === 'string' ? title : uid}`, rule: uid };
  for (const key of namesIn(settings)) uses.set(key, [...(uses.get(key) ?? []), use]);
}

/** A group as it is now; undefined where there is none. */
export async function readGroup(
  { client }: Pick<ReadContext, 'client'>,
  folderUid: string,
  name: string,
): Promise<StoredGroup | undefined> {
  const path = `${RULER}/rules/${encodeURIComponent(folderUid)}/${encodeURIComponent(name)}`;
  // An Editor may not look into a folder that does not exist: 403.
  const { status, body } = await client.request('GET', path, { accept: [403, 404] });
  if (status >= 400) return undefined;
  client.parse(path, z.looseObject({ rules: z.array(z.unknown()) }), body);
  const { seconds, rules, unreadable } = groupOf(body);
  return rules.length + unreadable === 0 ? undefined : { folderUid, name, seconds, rules, unreadable };
}

/** What the instances of a rule do, as Grafana evaluates it. */
interface RuleState {
  readonly active?: AlertState;
  /** How its query fails, where it does. @example 'Normal (Error, KeepLast)' */
  readonly failing?: string;
}

/** The states of our rules. A server that does not know the matcher answers with everybody's. */
async function readStates({ client, owner }: ReadContext): Promise<ReadonlyMap<string, RuleState>> {
  const matcher = JSON.stringify({ name: OWNER_LABEL, value: owner, isEqual: true, isRegex: false });
  const path = `/api/prometheus/grafana/api/v1/rules?rule_matcher=${encodeURIComponent(matcher)}`;
  const { data } = await client.read(path, z.looseObject({ data: z.looseObject({ groups: z.array(z.unknown()) }) }));
  const states = new Map<string, RuleState>();
  for (const group of data.groups) {
    const { rules } = fieldsOf(group);
    for (const rule of Array.isArray(rules) ? rules : []) {
      const { uid } = fieldsOf(rule);
      if (typeof uid === 'string') states.set(uid, stateOf(rule));
    }
  }
  return states;
}

function stateOf(rule: unknown): RuleState {
  const { state, health, lastError, alerts } = fieldsOf(rule);
  const instances = (Array.isArray(alerts) ? alerts : []).map(fieldsOf);
  const since = instances.flatMap(({ activeAt }) => (typeof activeAt === 'string' ? activeAt : [])).sort()[0];
  // With KeepLast health says "ok" all the same: only the reason of an instance's state tells. One that is to fire when
  // its query fails does so, which is no blindness.
  const failed = instances
    .map((instance) => String(instance['state']))
    .find((text) => hasError(text) && !/^(Pending|Alerting|Recovering) \(Error\)$/.test(text));
  const active = state === 'firing' || state === 'pending';
  const failing =
    failed ??
    (health === 'error' && !active
      ? typeof lastError === 'string' && lastError !== ''
        ? lastError
        : 'Error'
      : undefined);
  return {
    ...(active ? { active: { state, ...(since === undefined ? {} : { since }) } } : {}),
    ...(failing === undefined ? {} : { failing }),
  };
}

function hasError(state: string): boolean {
  return /^Error\b/.test(state) || /\bError\b/.test(reasonIn(state));
}

/** What stands in parentheses. @example reasonIn('Normal (KeepLast, Error)') // 'KeepLast, Error' */
function reasonIn(state: string): string {
  const start = state.indexOf('(');
  return start < 0 ? '' : state.slice(start + 1, Math.max(start + 1, state.lastIndexOf(')')));
}

/** Rules of ours whose query fails where they run: with KeepLast they stay as they are, and nobody hears of it. */
function failingRules(
  url: string,
  objects: readonly LiveObject[],
  states: ReadonlyMap<string, RuleState>,
  only: string | undefined,
): readonly Diagnostic[] {
  return objects.flatMap(({ uid, title, owned, resource }): Diagnostic[] => {
    const failing = states.get(uid)?.failing;
    const service = resource?.kind === 'rule' ? resource.service : undefined;
    if (!owned || failing === undefined || (only !== undefined && service !== only)) return [];
    return [
      {
        code: 'G020',
        level: 'warning',
        subject: `alert rule ${title}${service === undefined ? '' : `, ${service}`}`,
        message: `its query fails in Grafana (${failing}): until it works again the alert stays as it is and cannot fire`,
        remedy: `See what the query answers: ${url}/alerting/grafana/${uid}/view. Many-to-many, a limit and a time-out are the usual causes; a data source that is away shows at all rules.`,
      },
    ];
  });
}

/** Rules of the owner, wherever they are, and foreign ones in our way. */
function liveRules(
  groups: Iterable<StoredGroup>,
  wanted: ReadonlyMap<string, WantedRule>,
  owner: string,
  states: ReadonlyMap<string, RuleState>,
): LiveObject[] {
  const live: LiveObject[] = [];
  for (const group of groups) {
    for (const stored of group.rules) {
      const { uid, title } = stored.grafana_alert;
      const owned = isOwned(stored, owner);
      const want = wanted.get(uid);
      if (!owned && want === undefined) continue;
      const active = states.get(uid)?.active;
      live.push({
        kind: 'rule',
        uid,
        title,
        owned,
        pin: rulePin(stored),
        ...(owned ? decode(stored, group, want) : {}),
        ...(active === undefined ? {} : { alertState: active }),
      });
    }
  }
  return live;
}

/** Identifies a version of a rule; it rises with every write of its group. */
export function rulePin({ grafana_alert: { guid, version } }: StoredRule): string {
  return `${guid}@${version}`;
}

function decode(
  stored: StoredRule,
  { folderUid, name, seconds }: Pick<StoredGroup, 'folderUid' | 'name' | 'seconds'>,
  want: WantedRule | undefined,
): Pick<LiveObject, 'resource' | 'unmodelled' | 'edited'> {
  const group = isGroupless(name) ? NO_GROUP : name;
  const form = normalised(provisioningForm(stored, folderUid, group));
  // The common case first, and the exact one: what is stored is what the code would send.
  if (
    want !== undefined &&
    seconds === toSeconds(want.resource.rule.evaluationInterval) &&
    jsonEqual(form, want.form)
  ) {
    return { resource: want.resource, ...editIn(stored, want.resource) };
  }
  const interval = toDuration(seconds);
  const decoded = decoding(form, interval, folderUid) ?? unreadable(form, stored, group, interval);
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
    ...(decoded.rest === undefined ? {} : { unmodelled: decoded.rest }),
    ...editIn(stored, resource),
  };
}

function decoding(form: JsonObject, interval: Duration, folderUid: string) {
  try {
    return decodeGrafanaRule(form, interval, folderUid);
  } catch {
    // Builders refuse what Grafana may hold all the same, such as a title that is too long.
    return undefined;
  }
}

/** A rule that is not as we sent it. One without a mark is from before there were any. */
function editIn({ annotations, grafana_alert }: StoredRule, resource: RuleResource): { readonly edited?: HandEdit } {
  const mark = annotations?.[MARK];
  if (mark === undefined || mark === contentHash(resource)) return {};
  const { updated: at, updated_by: account } = grafana_alert;
  return { edited: { by: account?.name || 'somebody', at, message: '' } };
}

/** A rule that somebody edited, with what it was before. */
async function withHistory({ client }: ReadContext, object: LiveObject): Promise<LiveObject> {
  const { edited, resource, uid } = object;
  if (edited === undefined || resource?.kind !== 'rule') return object;
  const path = `${RULER}/rule/${encodeURIComponent(uid)}/versions`;
  const { status, body } = await client.request('GET', path, { accept: [403, 404] });
  if (status >= 400) return object;
  const versions = (Array.isArray(body) ? body : []).flatMap((version) => rulerRule.safeParse(version).data ?? []);
  const ours = lastOwnVersion(versions, resource);
  return ours === undefined ? object : { ...object, edited: { ...edited, ours } };
}

/** The last of a rule's versions that is as we sent it: what a hand edit is compared with. */
function lastOwnVersion(versions: readonly StoredRule[], now: RuleResource): RuleResource | undefined {
  for (const version of [...versions].sort((a, b) => b.grafana_alert.version - a.grafana_alert.version)) {
    const { namespace_uid: folder, rule_group: group, intervalSeconds } = version.grafana_alert;
    const { resource, edited } = decode(
      version,
      {
        folderUid: folder || now.folderUid,
        name: group || now.rule.group,
        // Each version tells how often it was evaluated, which may not be what its group says now.
        seconds: intervalSeconds ?? toSeconds(now.rule.evaluationInterval),
      },
      undefined,
    );
    const marked = version.annotations?.[MARK] !== undefined;
    if (marked && edited === undefined && resource?.kind === 'rule') return resource;
  }
  return undefined;
}

/**
 * Rules that the list does not show though they exist, in a folder that this account may not look into: writing a rule
 * of the same UID would take them out of it without a word. A first sync of a large fleet, where nothing of ours is to
 * be seen, does not ask for each of its rules.
 */
async function hiddenRules(
  { client }: ReadContext,
  wanted: ReadonlyMap<string, WantedRule>,
  listed: readonly LiveObject[],
): Promise<readonly LiveObject[]> {
  const seen = new Set(listed.map(({ uid }) => uid));
  const missing = [...wanted.values()].filter(({ resource }) => !seen.has(resource.uid));
  if (missing.length > ASKED_FOR_AT_FIRST && !listed.some(({ owned }) => owned)) return [];
  const found = await Promise.all(
    missing.map(async ({ resource: { uid, title } }): Promise<LiveObject[]> => {
      const { status } = await client.request('GET', alertRulePath(uid), { accept: [403, 404] });
      return status === 403 ? [{ kind: 'rule', uid, title, owned: false, hidden: true, pin: '' }] : [];
    }),
  );
  return found.flat();
}

export function alertRulePath(uid: string): string {
  return `/api/v1/provisioning/alert-rules/${encodeURIComponent(uid)}`;
}

/** What a rule is sent as. @param mark another one than its hash says that it is not as the code had it */
export function markedForm(resource: RuleResource, mark = contentHash(resource)): JsonObject {
  const form = encodeGrafanaRule(resource.rule, resource.folderUid);
  return { ...form, annotations: { ...(form['annotations'] as JsonObject), [MARK]: mark } };
}

/** Whether a stored rule is what would be sent for one of the code's. */
export function isStoredAs(stored: StoredRule, { rule, folderUid }: RuleResource): boolean {
  const form = normalised(provisioningForm(stored, folderUid, rule.group));
  return jsonEqual(form, normalised(encodeGrafanaRule(rule, folderUid)));
}

/** The ruler's names for things, in those of the provisioning API. */
function provisioningForm(stored: StoredRule, folderUid: string, group: string): JsonObject {
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

/** A rule of ours that somebody made into something our model cannot say: all of it is a difference. */
function unreadable(form: JsonObject, stored: StoredRule, group: string, interval: Duration) {
  const { uid, title } = stored.grafana_alert;
  const rule: RuleResource['rule'] = {
    uid,
    alert: title,
    group,
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

function normalised(form: JsonObject): JsonObject {
  return NORMALISATIONS.reduce<JsonObject>(
    (result, { path, action }) => normalise(result, path, action) as JsonObject,
    form,
  );
}

function normalise(value: Json, path: readonly string[], action: Normalisation['action']): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (key === '*') {
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => normalise(item, rest, action));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, normalise(item, rest, action)]));
  }
  if (!isJsonObject(value)) return value;
  if (rest.length > 0) {
    const inner = value[key];
    return inner === undefined ? value : { ...value, [key]: normalise(inner, rest, action) };
  }
  const held = value[key];
  if (action === 'print duration')
    return typeof held === 'string' ? { ...value, [key]: toDuration(secondsIn(held)) } : value;
  if ('setIfMissing' in action)
    return held === undefined || held === null ? { ...value, [key]: action.setIfMissing } : value;
  if (!(key in value) || held !== action.dropIf) return value;
  const { [key]: _, ...others } = value;
  return others;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A duration as Grafana prints it, such as `1h0m0s` or `1w`, in seconds. */
function secondsIn(text: string): number {
  return [...text.matchAll(/(?<!\d)(\d+)([smhdw])/g)].reduce(
    (sum, [, digits, unit]) => sum + Number(digits) * (UNITS[unit ?? 's'] ?? 1),
    0,
  );
}

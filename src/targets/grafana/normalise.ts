/** What Grafana does to what we send, undone before anything is compared. Each line was seen on Grafana 12.4. */
import { toDuration } from '../../model/duration.ts';
import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';

/** One thing that Grafana does to an object. */
interface Rule {
  /** Keys from the top; `*` is every element of an array or every value of an object. */
  readonly path: readonly string[];
  readonly action: 'drop' | 'print duration' | { readonly dropIf: Json } | { readonly setIfMissing: Json };
  readonly reason: string;
}

/** For the spec of a dashboard. */
const DASHBOARD: readonly Rule[] = [
  { path: ['id'], action: 'drop', reason: "a number of the database's own" },
  { path: ['version'], action: 'drop', reason: 'counts saves' },
];

/** For a rule as the ruler shows it, once it has the names of the provisioning API. */
const RULE: readonly Rule[] = [
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

export function normaliseDashboard(spec: JsonObject): JsonObject {
  return applyRules(spec, DASHBOARD);
}

export function normaliseRule(form: JsonObject): JsonObject {
  return applyRules(form, RULE);
}

function applyRules(value: JsonObject, rules: readonly Rule[]): JsonObject {
  return rules.reduce<JsonObject>((result, { path, action }) => edit(result, path, action) as JsonObject, value);
}

function edit(value: Json, path: readonly string[], action: Rule['action']): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (key === '*') {
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => edit(item, rest, action));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, edit(item, rest, action)]));
  }
  if (!isJsonObject(value)) return value;
  if (rest.length > 0) {
    const inner = value[key];
    return inner === undefined ? value : { ...value, [key]: edit(inner, rest, action) };
  }
  if (typeof action === 'object' && 'setIfMissing' in action) {
    return value[key] === undefined || value[key] === null ? { ...value, [key]: action.setIfMissing } : value;
  }
  const held = value[key];
  if (action === 'print duration')
    return typeof held === 'string' ? { ...value, [key]: toDuration(seconds(held)) } : value;
  if (!(key in value) || (typeof action === 'object' && value[key] !== action.dropIf)) return value;
  const { [key]: _, ...others } = value;
  return others;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A duration as Grafana prints it, such as `1h0m0s` or `1w`, in seconds. */
export function seconds(text: string): number {
  return [...text.matchAll(/(\d+)([smhdw])/g)].reduce(
    (sum, [, digits, unit]) => sum + Number(digits) * (UNITS[unit ?? 's'] ?? 1),
    0,
  );
}

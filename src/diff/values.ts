/** How values of dashboards and rules are shown to people. */
import { isJsonObject, type Json, jsonEqual } from '../model/json.ts';
import type { PathStep } from '../model/plan.ts';
import { formatQuantity, type Unit } from '../model/quantity.ts';
import { identities } from './identity.ts';

/** Grafana's units whose values we have our own form for. */
const QUANTITIES: Readonly<Record<string, Unit>> = {
  percentunit: 'ratio',
  s: 'seconds',
  short: 'count',
  none: 'count',
  'suffix:×': 'factor',
};

/** Those that are written behind the number: https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit */
const SUFFIXES: Readonly<Record<string, string>> = {
  percent: ' %',
  ms: ' ms',
  reqps: ' req/s',
  ops: ' ops/s',
  cps: ' c/s',
  bytes: ' B',
  decbytes: ' B',
  Bps: ' B/s',
  binBps: ' B/s',
};

/** A panel's number in its unit. @example inUnit(0.05, 'percentunit') // '5 %' */
export function inUnit(value: number, unit: string): string {
  const ours = Object.hasOwn(QUANTITIES, unit) ? QUANTITIES[unit] : undefined;
  if (ours !== undefined) return formatQuantity({ unit: ours, value });
  return `${value}${Object.hasOwn(SUFFIXES, unit) ? SUFFIXES[unit] : ` ${unit}`}`.trimEnd();
}

/** The value at a path; undefined where there is none. Named elements are found by their names. */
export function valueAt(value: Json | undefined, path: readonly PathStep[]): Json | undefined {
  let here: Json | undefined = value;
  path.forEach((step, index) => {
    if (typeof step === 'object') {
      const key = path[index - 1];
      const list = Array.isArray(here) ? (here as readonly Json[]) : [];
      const names = identities(typeof key === 'string' ? key : undefined, list);
      here = names === undefined ? undefined : list[names.indexOf(step.id)];
    } else if (typeof step === 'number') here = Array.isArray(here) ? (here[step] as Json | undefined) : undefined;
    else here = isJsonObject(here) && Object.hasOwn(here, step) ? here[step] : undefined;
  });
  return here;
}

/** A setting before and after, as people say it. @example toldSetting('fill opacity', 0, 10) // 'fill opacity 0 → 10' */
export function toldSetting(
  name: string,
  before: Json | undefined,
  after: Json | undefined,
  show: (value: Json) => string = shownScalar,
): string {
  if (before === undefined) return isTellable(after) ? `${name} ${show(after)} added` : `${name} added`;
  if (after === undefined) return isTellable(before) ? `${name} ${show(before)} removed` : `${name} removed`;
  if (!isTellable(before) || !isTellable(after)) return `${name} changed`;
  if (isLong(before) || isLong(after)) return `${name} ${inWords(String(before), String(after))}`;
  return `${name} ${show(before)} → ${show(after)}`;
}

/** Values that fit into a line: one, or a short list of them. */
function isTellable(value: Json | undefined): value is Json {
  if (value === undefined || isJsonObject(value)) return false;
  return (
    !Array.isArray(value) || (value as readonly Json[]).every((each) => !Array.isArray(each) && !isJsonObject(each))
  );
}

/** Longer texts are told by the words that differ. */
const LONG_TEXT = 60;

function isLong(value: Json): boolean {
  return typeof value === 'string' && value.length > LONG_TEXT;
}

function shownScalar(value: Json): string {
  if (Array.isArray(value))
    return value.length === 0 ? 'none' : value.map((each) => shownScalar(each as Json)).join(', ');
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return value === '' ? '""' : typeof value === 'string' ? value : JSON.stringify(value);
}

/** A text, told apart from the words around it. */
export function quoted(value: Json): string {
  return `"${typeof value === 'string' ? value : JSON.stringify(value)}"`;
}

/** Longer differences are cut: the reports show what a text became elsewhere, or not at all. */
const LONGEST_CHANGE = 80;

/** The words of a text that differ, with one word before and after. @example '"… the old limit …" → "… the new limit …"' */
export function inWords(before: string, after: string): string {
  const [old, now] = [before.split(/\s+/), after.split(/\s+/)];
  const shorter = Math.min(old.length, now.length);
  let start = 0;
  while (start < shorter && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < shorter - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const from = Math.max(0, start - 1);
  const part = (words: readonly string[]) => {
    const to = Math.min(words.length, words.length - end + 1);
    const text = words.slice(from, to).join(' ');
    const cut = text.length > LONGEST_CHANGE;
    return `"${from > 0 ? '… ' : ''}${cut ? text.slice(0, LONGEST_CHANGE).replace(/\s+\S*$/, '') : text}${cut || to < words.length ? ' …' : ''}"`;
  };
  return `${part(old)} → ${part(now)}`;
}

/** Words that stand for parts of Grafana's JSON; those of the path that say nothing to a reader are left out. */
const SILENT: ReadonlySet<string> = new Set(['defaults', 'custom', 'options', 'spec', 'value']);
const NAMES: Readonly<Record<string, string>> = {
  showLegend: 'shown',
  calcs: 'values',
  fixedColor: 'colour',
  color: 'colour',
  expr: 'expression',
  url: 'address',
  targetBlank: 'in a new tab',
  alertInstanceLabelFilter: 'filter',
  axisSoftMax: 'axis up to at least',
  axisSoftMin: 'axis down to at least',
};

/** A path as people say it; names that people gave stay as they are. @example humanName(['custom', 'fillOpacity']) // 'fill opacity' */
export function humanName(path: readonly PathStep[]): string {
  return path
    .flatMap((step) => (typeof step === 'number' ? [] : typeof step === 'object' ? idWords(step.id) : keyWords(step)))
    .join(' ');
}

/** Ids such as `custom.lineWidth` are keys too. */
function idWords(id: string): string[] {
  return /^[a-z]\w*(\.\w+)*$/.test(id) ? keyWords(id) : [id];
}

function keyWords(key: string): string[] {
  return key
    .split('.')
    .filter((word) => !SILENT.has(word))
    .map((word) =>
      Object.hasOwn(NAMES, word) ? (NAMES[word] ?? '') : word.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase(),
    );
}

/** Paths end where a list without names begins: it is told as a whole. */
export function upToList(path: readonly PathStep[]): readonly PathStep[] {
  const at = path.findIndex((step) => typeof step === 'number');
  return at === -1 ? path : path.slice(0, at);
}

/**
 * Whether elements that stayed changed their order among themselves; those that came or went do that to nobody.
 *
 * @param came names of those that are new
 */
export function reordered(before: readonly string[], after: readonly string[], came: ReadonlySet<string>): boolean {
  const stayed = (names: readonly string[]) => names.filter((name) => !came.has(name));
  return !jsonEqual(stayed(before), stayed(after));
}

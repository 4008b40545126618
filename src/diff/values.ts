/** Values of dashboards and rules, and what they are called. */
import { isJsonObject, type Json, jsonEqual } from '../model/json.ts';
import type { ListElement, Meaning, MeaningChange, ShownValue, Verb } from '../model/meaning.ts';
import type { Edit, PathStep } from '../model/plan.ts';
import { identities } from './identity.ts';

/** What an edit does to what it is about. */
export function verbOf({ op }: Edit): Verb {
  return op === 'add' ? 'added' : op === 'remove' ? 'removed' : 'changed';
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

/** How a setting is shown. */
export interface SettingForm {
  readonly of?: ListElement;
  readonly unit?: string;
  readonly prose?: true;
}

/**
 * A setting before and after; undefined is a setting that is not there.
 *
 * @example settingChange('fill opacity', 0, 10) // { what: 'setting', name: 'fill opacity', verb: 'changed', from: 0, to: 10 }
 */
export function settingChange(
  name: string,
  before: Json | undefined,
  after: Json | undefined,
  form: SettingForm = {},
): MeaningChange {
  const about = { what: 'setting', name, ...form } as const;
  if (before === undefined) return { ...about, verb: 'added', ...(fitsInLine(after) ? { to: after } : {}) };
  if (after === undefined) return { ...about, verb: 'removed', ...(fitsInLine(before) ? { from: before } : {}) };
  const both = fitsInLine(before) && fitsInLine(after) ? { from: before, to: after } : {};
  return { ...about, verb: 'changed', ...both };
}

function fitsInLine(value: Json | undefined): value is ShownValue {
  if (value === undefined || isJsonObject(value)) return false;
  return (
    !Array.isArray(value) || (value as readonly Json[]).every((each) => !Array.isArray(each) && !isJsonObject(each))
  );
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

/** Paths end where a list without names begins: it is described as a whole. */
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

/** Meanings that say the same, once. */
export function unlike<M extends Pick<Meaning, 'change'>>(meanings: readonly M[]): readonly M[] {
  return [...new Map(meanings.map((meaning) => [JSON.stringify(meaning.change), meaning])).values()];
}

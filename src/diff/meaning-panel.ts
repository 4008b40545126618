import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import type { Edit, MeaningKind, PathStep } from '../model/plan.ts';
import { diffJson } from './diff.ts';
import { humanName, inUnit, quoted, reordered, toldSetting, upToList, valueAt } from './values.ts';
import { toldQuery, verb } from './words.ts';

/** One change of a panel, in words. */
export interface PanelWords {
  readonly kind: MeaningKind;
  readonly text: string;
  readonly query?: { readonly before: string; readonly after: string };
}

/** Both versions of a panel. */
interface Pair {
  readonly before: JsonObject;
  readonly after: JsonObject;
}

const THRESHOLDS = ['fieldConfig', 'defaults', 'thresholds'];
const THRESHOLD_STYLE = ['fieldConfig', 'defaults', 'custom', 'thresholdsStyle'];
const AXIS = ['fieldConfig', 'defaults', 'custom', 'axisSoftMax'];

/** What the differences of one panel mean; its place is told by the dashboard. Each text once. */
export function panelWords(before: JsonObject, after: JsonObject): readonly PanelWords[] {
  const edits = diffJson(before, after);
  const lines = edits.some(({ path }) => under(path, THRESHOLDS) || under(path, THRESHOLD_STYLE));
  const rest = edits.filter(
    ({ path }) =>
      !under(path, THRESHOLDS) &&
      !under(path, THRESHOLD_STYLE) &&
      // The axis follows its threshold; told beside it, it would be noise.
      !(lines && under(path, AXIS)),
  );
  const words = [
    ...(lines ? thresholdWords({ before, after }) : []),
    ...rest.flatMap((edit) => wordsOf(edit, edits, { before, after })),
  ];
  return [...new Map(words.map((word) => [word.text, word])).values()];
}

function under(path: readonly PathStep[], prefix: readonly string[]): boolean {
  return prefix.every((step, index) => path[index] === step);
}

function wordsOf(edit: Edit, all: readonly Edit[], pair: Pair): PanelWords[] {
  const { path } = edit;
  const [first, second, third] = path;
  switch (first) {
    case 'gridPos':
      return second === 'w' || second === 'h'
        ? [{ kind: 'resized', text: setting(pair, path, second === 'w' ? 'width' : 'height') }]
        : [];
    case 'title':
      return [{ kind: 'retitled', text: setting(pair, path, 'title', quoted) }];
    case 'description':
      return [{ kind: 'description', text: setting(pair, path, 'description', quoted) }];
    case 'datasource':
      return [{ kind: 'data-source', text: setting(pair, ['datasource', 'uid'], 'data source') }];
    case 'collapsed':
      return [{ kind: 'options', text: pair.after['collapsed'] === true ? 'collapsed' : 'opened' }];
    case 'targets':
      return targetWords(edit, all, pair);
    case 'fieldConfig':
      if (second === 'overrides') return overrideWords(edit, all, pair);
      return third === 'links'
        ? elementWords(edit, all, pair, { kind: 'link', name: 'data link', list: 'data links', at: 3 })
        : fieldWords(edit, third, pair);
    case 'options':
      return [
        { kind: second === 'legend' ? 'legend' : 'options', text: setting(pair, path, humanName(upToList(path))) },
      ];
    case 'links':
      return elementWords(edit, all, pair, { kind: 'link', name: 'link', list: 'links', at: 1 });
    case 'transformations':
      return elementWords(edit, all, pair, {
        kind: 'transformation',
        name: 'transformation',
        list: 'transformations',
        at: 1,
      });
    default:
      return [{ kind: 'other', text: setting(pair, path, humanName(upToList(path))) }];
  }
}

function setting(pair: Pair, path: readonly PathStep[], name: string, show?: (value: Json) => string): string {
  const place = upToList(path);
  return toldSetting(name, valueAt(pair.before, place), valueAt(pair.after, place), show);
}

/** An element of a list by its name: whether it came, went, or what of it changed. */
function elementWords(
  edit: Edit,
  all: readonly Edit[],
  pair: Pair,
  {
    kind,
    name,
    list,
    at,
  }: { readonly kind: MeaningKind; readonly name: string; readonly list: string; readonly at: number },
): PanelWords[] {
  const { path } = edit;
  if (edit.op === 'order') {
    return reordered(edit.before, edit.after, cameInto(path, all)) ? [{ kind, text: `order of ${list} changed` }] : [];
  }
  const step = path[at];
  if (typeof step !== 'object') return [{ kind, text: `${list} ${path.length === at ? verb(edit) : 'changed'}` }];
  const element = kind === 'override' ? overrideName(step.id) : `${name} ${step.id}`;
  if (path.length === at + 1) return [{ kind, text: `${element} ${verb(edit)}` }];
  const inner = upToList(path)
    .slice(at + 1)
    .filter((part) => part !== 'properties');
  return [{ kind, text: setting(pair, path, `${element}: ${humanName(inner)}`) }];
}

/** Names of the elements that came into a list. */
export function cameInto(list: readonly PathStep[], edits: readonly Edit[]): ReadonlySet<string> {
  return new Set(
    edits.flatMap(({ op, path }) => {
      const step = path[list.length];
      const inList =
        path.length === list.length + 1 && list.every((each, index) => stepName(each) === stepName(path[index]));
      return op === 'add' && inList && typeof step === 'object' ? [step.id] : [];
    }),
  );
}

function stepName(step: PathStep | undefined): string {
  return typeof step === 'object' ? step.id : String(step);
}

function targetWords(edit: Edit, all: readonly Edit[], pair: Pair): PanelWords[] {
  const [, ref, field] = edit.path;
  const query = `query ${stepName(ref)}`;
  if (typeof ref === 'object' && edit.path.length > 2) {
    if (field === 'expr') return [toldQuery(query, edit, 'query')];
    if (field === 'legendFormat') return [{ kind: 'legend', text: setting(pair, edit.path, `legend of ${query}`) }];
    if (field === 'datasource')
      return [
        { kind: 'data-source', text: setting(pair, ['targets', ref, 'datasource', 'uid'], `data source of ${query}`) },
      ];
  }
  return elementWords(edit, all, pair, { kind: 'query', name: 'query', list: 'queries', at: 1 });
}

function overrideWords(edit: Edit, all: readonly Edit[], pair: Pair): PanelWords[] {
  const { path } = edit;
  // Properties are told each by its name; their order means nothing.
  if (edit.op === 'order' && path.at(-1) === 'properties')
    return [{ kind: 'override', text: 'order of override settings changed' }];
  return elementWords(edit, all, pair, { kind: 'override', name: 'override of', list: 'overrides', at: 2 });
}

/** How the matchers of overrides are called. */
const MATCHERS: Readonly<Record<string, string>> = {
  byName: 'series',
  byRegexp: 'series like',
  byFrameRefID: 'query',
  byType: 'fields of type',
};

function overrideName(id: string): string {
  const [matcher = '', ...options] = id.split(' ');
  return `override of ${MATCHERS[matcher] ?? matcher} ${options.join(' ')}`;
}

function fieldWords({ path }: Edit, field: PathStep | undefined, pair: Pair): PanelWords[] {
  if (field === 'unit') return [{ kind: 'unit', text: setting(pair, path, 'unit') }];
  const [before, after] = [unitOf(pair.before), unitOf(pair.after)];
  const numeric = ['axisSoftMax', 'axisSoftMin', 'min', 'max'].includes(String(path.at(-1)));
  const show = (unit: string) => (value: Json) =>
    typeof value === 'number' ? inUnit(value, unit) : JSON.stringify(value);
  const name = humanName(upToList(path).slice(1));
  const text = numeric && before === after ? setting(pair, path, name, show(after)) : setting(pair, path, name);
  return [{ kind: 'options', text }];
}

interface Line {
  readonly value: number;
  readonly color: string;
}

/** Threshold lines, each side in its own unit. */
function thresholdWords(pair: Pair): PanelWords[] {
  const [old, now] = [linesOf(pair.before), linesOf(pair.after)];
  const [oldUnit, newUnit] = [unitOf(pair.before), unitOf(pair.after)];
  const texts =
    old.length === now.length
      ? old.flatMap((line, index) => {
          const other = now[index] as Line;
          const moved = line.value !== other.value;
          const label = `threshold line ${inUnit(line.value, oldUnit)}`;
          return [
            ...(moved ? [`${label} → ${inUnit(other.value, newUnit)}`] : []),
            ...(line.color === other.color
              ? []
              : [`colour of threshold line ${inUnit(other.value, newUnit)}: ${line.color} → ${other.color}`]),
          ];
        })
      : [
          ...alone(old, now).map(({ value }) => `threshold line ${inUnit(value, oldUnit)} removed`),
          ...alone(now, old).map(({ value }) => `threshold line ${inUnit(value, newUnit)} added`),
        ];
  const style = setting(pair, [...THRESHOLD_STYLE, 'mode'], 'threshold lines drawn');
  const styled =
    valueAt(pair.before, [...THRESHOLD_STYLE, 'mode']) !== valueAt(pair.after, [...THRESHOLD_STYLE, 'mode']);
  const told = [...texts, ...(styled ? [style] : [])];
  return (told.length === 0 ? ['threshold lines changed'] : told).map((text) => ({ kind: 'thresholds', text }));
}

function alone(these: readonly Line[], others: readonly Line[]): readonly Line[] {
  return these.filter(({ value }) => !others.some((other) => other.value === value));
}

/** The base colour has no value, and no line. */
function linesOf(panel: JsonObject): readonly Line[] {
  const steps = valueAt(panel, [...THRESHOLDS, 'steps']);
  return (Array.isArray(steps) ? (steps as readonly Json[]) : []).flatMap((step) =>
    isJsonObject(step) && typeof step['value'] === 'number'
      ? [{ value: step['value'], color: String(step['color']) }]
      : [],
  );
}

function unitOf(panel: JsonObject): string {
  const unit = valueAt(panel, ['fieldConfig', 'defaults', 'unit']);
  return typeof unit === 'string' ? unit : 'none';
}

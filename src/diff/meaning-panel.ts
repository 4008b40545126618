import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import type { Meaning, MeaningChange, MeaningKind } from '../model/meaning.ts';
import type { Edit, PathStep } from '../model/plan.ts';
import { diffJson } from './diff.ts';
import { queryMeaning } from './query-change.ts';
import { humanName, reordered, type SettingForm, settingChange, unlike, upToList, valueAt, verbOf } from './values.ts';

/** One change of a panel. */
export type PanelMeaning = Pick<Meaning, 'kind' | 'change' | 'query'>;

/** Both versions of a panel. */
interface Pair {
  readonly before: JsonObject;
  readonly after: JsonObject;
}

const THRESHOLDS = ['fieldConfig', 'defaults', 'thresholds'];
const THRESHOLD_STYLE = ['fieldConfig', 'defaults', 'custom', 'thresholdsStyle'];
const AXIS = ['fieldConfig', 'defaults', 'custom', 'axisSoftMax'];

/** What the differences of one panel mean; its place is described by the dashboard. Each change once. */
export function panelMeanings(before: JsonObject, after: JsonObject): readonly PanelMeaning[] {
  const edits = diffJson(before, after);
  const lines = edits.some(({ path }) => under(path, THRESHOLDS) || under(path, THRESHOLD_STYLE));
  const rest = edits.filter(
    ({ path }) =>
      !under(path, THRESHOLDS) &&
      !under(path, THRESHOLD_STYLE) &&
      // The axis follows its threshold; beside it, it would be noise.
      !(lines && under(path, AXIS)),
  );
  const meanings = [
    ...(lines ? thresholdMeanings({ before, after }) : []),
    ...rest.flatMap((edit) => editMeanings(edit, edits, { before, after })),
  ];
  return unlike(meanings);
}

function under(path: readonly PathStep[], prefix: readonly string[]): boolean {
  return prefix.every((step, index) => path[index] === step);
}

function editMeanings(edit: Edit, all: readonly Edit[], pair: Pair): PanelMeaning[] {
  const { path } = edit;
  const [first, second, third] = path;
  const name = () => humanName(upToList(path));
  switch (first) {
    case 'gridPos':
      return second === 'w' || second === 'h'
        ? [{ kind: 'resized', change: setting(pair, path, second === 'w' ? 'width' : 'height') }]
        : [];
    case 'title':
      return [{ kind: 'retitled', change: setting(pair, path, 'title', { prose: true }) }];
    case 'description':
      return [{ kind: 'description', change: setting(pair, path, 'description', { prose: true }) }];
    case 'datasource':
      return [{ kind: 'data-source', change: setting(pair, ['datasource', 'uid'], 'data source') }];
    case 'collapsed':
      return [{ kind: 'options', change: { what: 'folded', folded: pair.after['collapsed'] === true } }];
    case 'targets':
      return targetMeanings(edit, all, pair);
    case 'fieldConfig':
      if (second === 'overrides') return overrideMeanings(edit, all, pair);
      return third === 'links'
        ? elementMeanings(edit, all, pair, { kind: 'link', type: 'data link', list: 'data links', at: 3 })
        : fieldMeanings(edit, third, pair);
    case 'options':
      return [{ kind: second === 'legend' ? 'legend' : 'options', change: setting(pair, path, name()) }];
    case 'links':
      return elementMeanings(edit, all, pair, { kind: 'link', type: 'link', list: 'links', at: 1 });
    case 'transformations':
      return elementMeanings(edit, all, pair, {
        kind: 'transformation',
        type: 'transformation',
        list: 'transformations',
        at: 1,
      });
    default:
      return [{ kind: 'other', change: setting(pair, path, name()) }];
  }
}

function setting(pair: Pair, path: readonly PathStep[], name: string, form?: SettingForm): MeaningChange {
  const place = upToList(path);
  return settingChange(name, valueAt(pair.before, place), valueAt(pair.after, place), form);
}

/** An element of a list by its name: whether it came, went, or what of it changed. */
function elementMeanings(
  edit: Edit,
  all: readonly Edit[],
  pair: Pair,
  {
    kind,
    type,
    list,
    at,
  }: { readonly kind: MeaningKind; readonly type: string; readonly list: string; readonly at: number },
): PanelMeaning[] {
  const { path } = edit;
  if (edit.op === 'order')
    return reordered(edit.before, edit.after, cameInto(path, all)) ? [{ kind, change: { what: 'order', list } }] : [];
  const step = path[at];
  if (typeof step !== 'object')
    return [{ kind, change: { what: 'setting', name: list, verb: path.length === at ? verbOf(edit) : 'changed' } }];
  const element = kind === 'override' ? overrideElement(step.id) : { type, name: step.id };
  if (path.length === at + 1) return [{ kind, change: { what: 'element', element, verb: verbOf(edit) } }];
  const inner = upToList(path)
    .slice(at + 1)
    .filter((part) => part !== 'properties');
  return [{ kind, change: setting(pair, path, humanName(inner), { of: element }) }];
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

function targetMeanings(edit: Edit, all: readonly Edit[], pair: Pair): PanelMeaning[] {
  const [, ref, field] = edit.path;
  const query = `query ${stepName(ref)}`;
  if (typeof ref === 'object' && edit.path.length > 2) {
    if (field === 'expr') return [queryMeaning(query, edit, 'query')];
    if (field === 'legendFormat') return [{ kind: 'legend', change: setting(pair, edit.path, `legend of ${query}`) }];
    if (field === 'datasource')
      return [
        {
          kind: 'data-source',
          change: setting(pair, ['targets', ref, 'datasource', 'uid'], `data source of ${query}`),
        },
      ];
  }
  return elementMeanings(edit, all, pair, { kind: 'query', type: 'query', list: 'queries', at: 1 });
}

function overrideMeanings(edit: Edit, all: readonly Edit[], pair: Pair): PanelMeaning[] {
  const { path } = edit;
  // Properties are described each by its name; their order means nothing.
  if (edit.op === 'order' && path.at(-1) === 'properties')
    return [{ kind: 'override', change: { what: 'order', list: 'override settings' } }];
  return elementMeanings(edit, all, pair, { kind: 'override', type: 'override of', list: 'overrides', at: 2 });
}

/** How the matchers of overrides are called. */
const MATCHERS: Readonly<Record<string, string>> = {
  byName: 'series',
  byRegexp: 'series like',
  byFrameRefID: 'query',
  byType: 'fields of type',
};

function overrideElement(id: string): { readonly type: string; readonly name: string } {
  const [matcher = '', ...options] = id.split(' ');
  return { type: `override of ${MATCHERS[matcher] ?? matcher}`, name: options.join(' ') };
}

function fieldMeanings({ path }: Edit, field: PathStep | undefined, pair: Pair): PanelMeaning[] {
  if (field === 'unit') return [{ kind: 'unit', change: setting(pair, path, 'unit') }];
  const [before, after] = [unitOf(pair.before), unitOf(pair.after)];
  const numeric = ['axisSoftMax', 'axisSoftMin', 'min', 'max'].includes(String(path.at(-1)));
  const name = humanName(upToList(path).slice(1));
  return [{ kind: 'options', change: setting(pair, path, name, numeric && before === after ? { unit: after } : {}) }];
}

interface Line {
  readonly value: number;
  readonly color: string;
}

/** Threshold lines, each side in its own unit. */
function thresholdMeanings(pair: Pair): PanelMeaning[] {
  const [old, now] = [linesOf(pair.before), linesOf(pair.after)];
  const [fromUnit, toUnit] = [unitOf(pair.before), unitOf(pair.after)];
  const lineChange = (sides: { readonly from?: number; readonly to?: number }): MeaningChange => ({
    what: 'threshold-line',
    ...sides,
    fromUnit,
    toUnit,
  });
  const lines =
    old.length === now.length
      ? old.flatMap((line, index): MeaningChange[] => {
          const { value, color } = now[index] as Line;
          return [
            ...(line.value === value ? [] : [lineChange({ from: line.value, to: value })]),
            ...(line.color === color
              ? []
              : [{ what: 'threshold-colour', value, unit: toUnit, from: line.color, to: color } as const]),
          ];
        })
      : [
          ...alone(old, now).map(({ value }) => lineChange({ from: value })),
          ...alone(now, old).map(({ value }) => lineChange({ to: value })),
        ];
  const mode = [...THRESHOLD_STYLE, 'mode'];
  const styled = valueAt(pair.before, mode) !== valueAt(pair.after, mode);
  const changes = [...lines, ...(styled ? [setting(pair, mode, 'threshold lines drawn')] : [])];
  const shown: readonly MeaningChange[] = changes.length === 0 ? [{ what: 'threshold-lines' }] : changes;
  return shown.map((change) => ({ kind: 'thresholds', change }));
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

import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import type { Edit, MeaningKind, PathStep } from '../model/plan.ts';
import { formatQuantity, type Unit } from '../model/quantity.ts';
import { plain, told, toldQuery, verb } from './words.ts';

/** One change of a panel, in words. */
export interface PanelWords {
  readonly kind: MeaningKind;
  readonly text: string;
  readonly query?: { readonly before: string; readonly after: string };
}

/** Grafana's units that we have names for. */
const UNITS: Readonly<Record<string, Unit>> = {
  percentunit: 'ratio',
  s: 'seconds',
  short: 'count',
  'suffix: ×': 'factor',
};

/** How a change of the least height of an axis is told. */
const AXIS = 'axis up to at least';

/** What edits inside of one panel mean; its place is told by the dashboard. Each text once. */
export function panelWords(
  panel: JsonObject | undefined,
  edits: readonly Edit[],
  inPanel: (path: readonly PathStep[]) => readonly PathStep[],
): readonly PanelWords[] {
  const unit = unitOf(panel);
  const words = edits.flatMap((edit) => wordsOf(edit, inPanel(edit.path), unit) ?? []);
  // The axis follows its threshold; told beside it, it would be noise.
  const moved = words.some(({ kind }) => kind === 'thresholds');
  const told = words.filter(({ text }) => !(moved && text.startsWith(AXIS)));
  return [...new Map(told.map((word) => [word.text, word])).values()];
}

function wordsOf(edit: Edit, path: readonly PathStep[], unit: Unit | undefined): PanelWords | undefined {
  const [first, second, third] = path;
  if (path.length === 0)
    return { kind: edit.op === 'add' ? 'added' : edit.op === 'remove' ? 'removed' : 'other', text: verb(edit) };
  switch (first) {
    case 'gridPos':
      if (second === 'w' || second === 'h')
        return { kind: 'resized', text: told(second === 'w' ? 'width' : 'height', edit, plain) };
      return undefined;
    case 'title':
      return { kind: 'retitled', text: told('title', edit, (value) => `"${plain(value)}"`) };
    case 'description':
      return { kind: 'description', text: `description ${verb(edit)}` };
    case 'datasource':
      return { kind: 'data-source', text: `data source ${path.length === 1 ? verb(edit) : 'changed'}` };
    case 'links':
      return { kind: 'link', text: `links ${path.length === 1 ? verb(edit) : 'changed'}` };
    case 'targets':
      return targetWords(edit, second, third);
    case 'fieldConfig':
      return fieldWords(edit, path, unit);
    case 'transformations':
      return { kind: 'transformation', text: transformationText(edit, path) };
    case 'options':
      return second === 'legend'
        ? { kind: 'legend', text: 'legend changed' }
        : { kind: 'options', text: `${names(path)} changed` };
    default:
      return { kind: 'other', text: `${names(path)} changed` };
  }
}

function transformationText(edit: Edit, path: readonly PathStep[]): string {
  if (edit.op === 'order') return 'order of transformations changed';
  if (path.length === 1) return `transformations ${verb(edit)}`;
  return `transformation ${nameOf(path[1])} ${path.length === 2 ? verb(edit) : 'changed'}`;
}

function targetWords(edit: Edit, ref: PathStep | undefined, field: PathStep | undefined): PanelWords {
  if (edit.op === 'order') return { kind: 'query', text: 'order of queries changed' };
  const query = `query ${nameOf(ref)}`;
  if (field === undefined) return { kind: 'query', text: `${query} ${verb(edit)}` };
  if (field === 'expr') return toldQuery(query, edit, 'query');
  if (field === 'legendFormat') return { kind: 'legend', text: told(`legend of ${query}`, edit, plain) };
  if (field === 'datasource') return { kind: 'data-source', text: `data source of ${query} changed` };
  return { kind: 'query', text: `${query}: ${String(field)} changed` };
}

function fieldWords(edit: Edit, path: readonly PathStep[], unit: Unit | undefined): PanelWords {
  const [, scope, field] = path;
  if (scope === 'overrides') {
    return {
      kind: 'override',
      text:
        edit.op === 'order'
          ? 'order of overrides changed'
          : `override ${nameOf(field)} ${path.length === 3 ? verb(edit) : 'changed'}`,
    };
  }
  if (field === 'unit') return { kind: 'unit', text: told('unit', edit, plain) };
  if (field === 'thresholds') {
    const text =
      path.at(-1) === 'value' ? told('threshold line', edit, (value) => shown(value, unit)) : 'threshold lines changed';
    return { kind: 'thresholds', text };
  }
  if (path[3] === 'thresholdsStyle') return { kind: 'thresholds', text: 'threshold lines changed' };
  if (path[3] === 'axisSoftMax') return { kind: 'options', text: told(AXIS, edit, (value) => shown(value, unit)) };
  return { kind: 'options', text: `${names(path.slice(2))} changed` };
}

function names(path: readonly PathStep[]): string {
  return path.filter((step) => typeof step === 'string').join('.');
}

function unitOf(panel: JsonObject | undefined): Unit | undefined {
  const config = panel?.['fieldConfig'];
  const defaults = isJsonObject(config) ? config['defaults'] : undefined;
  const unit = isJsonObject(defaults) ? defaults['unit'] : undefined;
  return typeof unit === 'string' ? UNITS[unit] : undefined;
}

function shown(value: Json, unit: Unit | undefined): string {
  return typeof value === 'number' && unit !== undefined ? formatQuantity({ unit, value }) : plain(value);
}

function nameOf(step: PathStep | undefined): string {
  return typeof step === 'object' ? step.id : String(step ?? '');
}

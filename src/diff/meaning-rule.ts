import type { AlertRule } from '../model/alert-rule.ts';
import type { Json } from '../model/json.ts';
import type { Edit, Meaning, MeaningKind } from '../model/plan.ts';
import { formatQuantity } from '../model/quantity.ts';
import { COMPARED, type Comparison } from '../model/signal.ts';
import { quoted, toldSetting, upToList, valueAt } from './values.ts';
import { toldQuery, UNSTATED } from './words.ts';

/** Fields that decide who is paged and when. */
const PAGING: ReadonlySet<string> = new Set([
  'expr',
  'comparison',
  'threshold',
  'for',
  'keepFiringFor',
  'evaluationInterval',
  'dataSourceUid',
  'severity',
  'notification',
  'paused',
  'noDataState',
  'execErrState',
  'missingSeriesEvalsToResolve',
]);

/** How fields are called, and what kind of change theirs is; those with words of their own stand in `wordsOf`. */
const FIELDS: Readonly<Record<string, readonly [MeaningKind, string]>> = {
  for: ['for', 'for'],
  keepFiringFor: ['for', 'keep firing for'],
  evaluationInterval: ['for', 'evaluated every'],
  missingSeriesEvalsToResolve: ['states', 'evaluations without its series until it resolves:'],
  severity: ['severity', 'severity'],
  alert: ['retitled', 'name'],
  noDataState: ['states', 'without data'],
  execErrState: ['states', 'on a failing query'],
  paused: ['paused', 'paused'],
  dataSourceUid: ['data-source', 'data source'],
  group: ['moved', 'rule group'],
  folderUid: ['moved', 'folder'],
};

const NOTIFICATION: Readonly<Record<string, string>> = {
  receiver: 'receiver',
  groupBy: 'grouping by',
  groupWait: 'group wait',
  groupInterval: 'group interval',
  repeatInterval: 'repeat interval',
};

/** What changes of a rule mean. A changed severity shows once, not again as the label of that name. */
export function ruleMeanings(before: Json, after: Json, edits: readonly Edit[]): readonly Meaning[] {
  const severity = edits.some(({ path }) => path[0] === 'rule' && path[1] === 'severity');
  const meanings = edits
    .filter(({ path }) => !(severity && path[1] === 'labels' && path[2] === 'severity'))
    .map((edit): Meaning => {
      const field = String(edit.path[1] ?? edit.path[0]);
      const meaning =
        field === 'expr' ? toldQuery('condition', edit, 'condition') : wordsOf(field, edit, before, after);
      return { subject: '', paging: PAGING.has(field) && meaning.kind !== 'cosmetic', ...meaning };
    });
  const unique = new Map(meanings.map((meaning) => [meaning.text, meaning]));
  return [...unique.values()].sort((left, right) => Number(right.paging) - Number(left.paging));
}

function wordsOf(field: string, { path }: Edit, before: Json, after: Json): { kind: MeaningKind; text: string } {
  const place = upToList(path);
  const detail = String(place[2] ?? '');
  const [old, now] = [valueAt(before, place), valueAt(after, place)];
  const setting = (name: string, show?: (value: Json) => string) => toldSetting(name, old, now, show);
  switch (field) {
    case 'comparison':
      return { kind: 'comparison', text: setting('fires', (value) => COMPARED[value as Comparison]) };
    case 'threshold': {
      const [oldRule, newRule] = [ruleOf(before), ruleOf(after)];
      const text = `threshold ${formatQuantity({ unit: oldRule.unit, value: oldRule.threshold })} → ${formatQuantity({ unit: newRule.unit, value: newRule.threshold })}`;
      return { kind: 'threshold', text };
    }
    case 'paused':
      return { kind: 'paused', text: now === true ? 'paused: it tells nobody' : 'not paused any more' };
    case 'labels':
      return { kind: 'labels', text: setting(`label ${detail}`) };
    case 'annotations':
      return detail === 'runbook_url'
        ? { kind: 'runbook', text: `runbook ${String(old ?? 'none')} → ${String(now ?? 'none')}` }
        : { kind: 'annotations', text: setting(detail.replaceAll('_', ' ').replace(/^$/, 'annotations'), quoted) };
    case 'notification':
      return { kind: 'routing', text: setting(NOTIFICATION[detail] ?? detail) };
    case 'panelId':
    case 'dashboardUid':
      return { kind: 'link', text: 'linked panel changed' };
    case 'rest':
      return { kind: 'other', text: UNSTATED };
    default: {
      const [kind, name] = (Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined) ?? (['other', field] as const);
      return { kind, text: setting(name) };
    }
  }
}

function ruleOf(value: Json): AlertRule {
  return valueAt(value, ['rule']) as unknown as AlertRule;
}

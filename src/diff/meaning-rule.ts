import type { AlertRule } from '../model/alert-rule.ts';
import type { Edit, Meaning, MeaningKind } from '../model/plan.ts';
import { formatQuantity } from '../model/quantity.ts';
import { plain, told, toldQuery, verb } from './words.ts';

/** Fields that decide who is paged and when. */
const PAGING: ReadonlySet<string> = new Set([
  'expr',
  'comparison',
  'threshold',
  'for',
  'keepFiringFor',
  'severity',
  'notification',
  'paused',
  'noDataState',
  'execErrState',
]);

const COMPARISONS: Readonly<Record<string, string>> = { gt: 'above', gte: 'at least', lt: 'below' };

const NOTIFICATION: Readonly<Record<string, string>> = {
  receiver: 'receiver',
  groupWait: 'group wait',
  groupInterval: 'group interval',
  repeatInterval: 'repeat interval',
};

/** What changes of a rule mean. A changed severity shows once, not again as the label of that name. */
export function ruleMeanings(rule: AlertRule, edits: readonly Edit[]): readonly Meaning[] {
  const severity = edits.some(({ path }) => path[0] === 'rule' && path[1] === 'severity');
  const meanings = edits
    .filter(({ path }) => !(severity && path[1] === 'labels' && path[2] === 'severity'))
    .map((edit): Meaning => {
      const field = String(edit.path[1] ?? edit.path[0]);
      const meaning = field === 'expr' ? toldQuery('condition', edit, 'condition') : wordsOf(rule, field, edit);
      return { subject: '', paging: PAGING.has(field) && meaning.kind !== 'cosmetic', ...meaning };
    });
  const unique = new Map(meanings.map((meaning) => [meaning.text, meaning]));
  return [...unique.values()].sort((left, right) => Number(right.paging) - Number(left.paging));
}

function wordsOf(rule: AlertRule, field: string, edit: Edit): { kind: MeaningKind; text: string } {
  const detail = String(edit.path[2] ?? '');
  switch (field) {
    case 'comparison':
      return { kind: 'comparison', text: told('fires', edit, (value) => COMPARISONS[String(value)] ?? String(value)) };
    case 'threshold':
      return {
        kind: 'threshold',
        text: told('threshold', edit, (value) => formatQuantity({ unit: rule.unit, value: Number(value) })),
      };
    case 'for':
      return { kind: 'for', text: told('for', edit, plain) };
    case 'severity':
      return { kind: 'severity', text: told('severity', edit, plain) };
    case 'keepFiringFor':
      return { kind: 'for', text: told('keep firing for', edit, plain) };
    case 'alert':
      return { kind: 'retitled', text: told('name', edit, plain) };
    case 'labels':
      return { kind: 'labels', text: told(`label ${detail}`, edit, plain) };
    case 'annotations':
      return detail === 'runbook_url'
        ? { kind: 'runbook', text: told('runbook', edit, plain) }
        : { kind: 'annotations', text: `${detail} ${verb(edit)}` };
    case 'notification':
      return {
        kind: 'routing',
        text: detail === 'groupBy' ? 'grouping changed' : told(NOTIFICATION[detail] ?? detail, edit, plain),
      };
    case 'noDataState':
      return { kind: 'states', text: told('without data', edit, plain) };
    case 'execErrState':
      return { kind: 'states', text: told('on a failing query', edit, plain) };
    case 'paused':
      return { kind: 'paused', text: told('paused', edit, plain) };
    case 'panelId':
    case 'dashboardUid':
      return { kind: 'link', text: 'linked panel changed' };
    case 'rest':
      return { kind: 'other', text: 'has settings that the code does not state' };
    case 'folderUid':
      return { kind: 'moved', text: told('folder', edit, plain) };
    default:
      return { kind: 'other', text: told(field, edit, plain) };
  }
}

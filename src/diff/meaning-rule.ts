import { type AlertRule, watchesQueries } from '../model/alert-rule.ts';
import type { Json } from '../model/json.ts';
import type { Meaning, MeaningChange, MeaningKind } from '../model/meaning.ts';
import type { Edit } from '../model/plan.ts';
import type { Comparison } from '../model/signal.ts';
import { queryMeaning } from './query-change.ts';
import { type SettingForm, settingChange, unlike, upToList, valueAt } from './values.ts';

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

/** How fields are called, and what kind of change theirs is; those with a form of their own stand in `fieldMeaning`. */
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
  muteTimeIntervals: 'mute time intervals',
};

/** What changes of a rule mean. A changed severity shows once, not again as the label of that name. */
export function ruleMeanings(
  before: Json,
  after: Json,
  edits: readonly Edit[],
  by: 'code' | 'hand',
): readonly Meaning[] {
  const watching = by === 'code' && isWatching(before) && isWatching(after);
  const severity = edits.some(({ path }) => path[0] === 'rule' && path[1] === 'severity');
  const meanings = edits
    .filter(({ path }) => !(severity && path[1] === 'labels' && path[2] === 'severity'))
    .map((edit): Meaning => {
      const field = String(edit.path[1] ?? edit.path[0]);
      if (watching && field === 'expr')
        return { kind: 'watched-queries', change: { what: 'watched-queries' }, paging: false };
      const meaning =
        field === 'expr' ? queryMeaning('condition', edit, 'condition') : fieldMeaning(field, edit, before, after);
      return { paging: PAGING.has(field) && meaning.kind !== 'cosmetic', ...meaning };
    });
  return [...unlike(meanings)].sort((left, right) => Number(right.paging) - Number(left.paging));
}

function fieldMeaning(
  field: string,
  { path }: Edit,
  before: Json,
  after: Json,
): { readonly kind: MeaningKind; readonly change: MeaningChange } {
  const place = upToList(path);
  const detail = String(place[2] ?? '');
  const [old, now] = [valueAt(before, place), valueAt(after, place)];
  const setting = (name: string, form?: SettingForm) => settingChange(name, old, now, form);
  switch (field) {
    case 'comparison':
      return { kind: 'comparison', change: { what: 'comparison', from: old as Comparison, to: now as Comparison } };
    case 'threshold': {
      const [{ threshold: from, unit: fromUnit }, { threshold: to, unit }] = [ruleOf(before), ruleOf(after)];
      const other = fromUnit === unit ? {} : { fromUnit };
      return { kind: 'threshold', change: { what: 'threshold', from, to, unit, ...other } };
    }
    case 'paused':
      return { kind: 'paused', change: { what: 'paused', paused: now === true } };
    case 'labels':
      return { kind: 'labels', change: setting(`label ${detail}`) };
    case 'annotations':
      return detail === 'runbook_url'
        ? { kind: 'runbook', change: { what: 'runbook', ...sides(old, now) } }
        : {
            kind: 'annotations',
            change: setting(detail === '' ? 'annotations' : detail.replaceAll('_', ' '), { prose: true }),
          };
    case 'notification':
      return { kind: 'routing', change: setting(NOTIFICATION[detail] ?? detail) };
    case 'panelId':
    case 'dashboardUid':
      return { kind: 'link', change: { what: 'linked-panel' } };
    case 'rest':
      return { kind: 'other', change: { what: 'unstated' } };
    default: {
      const [kind, name] = (Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined) ?? (['other', field] as const);
      return { kind, change: setting(name) };
    }
  }
}

function sides(from: Json | undefined, to: Json | undefined): { readonly from?: string; readonly to?: string } {
  return {
    ...(from === undefined ? {} : { from: String(from) }),
    ...(to === undefined ? {} : { to: String(to) }),
  };
}

/** A rule that watches the queries of others, in the form that it is built in: its value says nothing. */
function isWatching(value: Json): boolean {
  const rule = ruleOf(value);
  return watchesQueries(rule) && /^0 \* count\(/.test(rule.expr);
}

function ruleOf(value: Json): AlertRule {
  return valueAt(value, ['rule']) as unknown as AlertRule;
}

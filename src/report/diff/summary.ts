/** A diff folded into what a reviewer wants to know; every form of the report is made of this. */
import { type AlertRule, toldLimit } from '../../model/alert-rule.ts';
import type { ContactPoint } from '../../model/contact-point.ts';
import type { DiffReport, ResourceDiff } from '../../model/diff-report.ts';
import { groupBy } from '../../model/group-by.ts';
import type { Json } from '../../model/json.ts';
import type { Meaning } from '../../model/plan.ts';
import type { Kind } from '../../model/resource.ts';
import { someOf } from '../common/some-of.ts';
import { KIND_NAMES, once } from '../plan/summary.ts';

/** A change that decides who is paged, or when. */
export interface PagingRow {
  /** An alert, several of them, or what alerts are sent by. */
  readonly alert: string;
  readonly services: readonly string[];
  /** Severity and receiver, as they are after the change. @example 'critical: shop-on-call' */
  readonly tells: string;
  readonly changes: readonly string[];
  /** What the replay of the incident says; absent where it says nothing of such a change. */
  readonly replay?: string;
  /** An alert that is active when this is synced resolves, and fires again. */
  readonly restarts: boolean;
}

/** Lines that hold for some dashboards or alerts alike. */
export interface ToldGroup {
  /** Titles of dashboards, or an alert with its services. */
  readonly names: readonly string[];
  readonly lines: readonly Meaning[];
}

export interface ToldDiff {
  readonly paging: readonly PagingRow[];
  /** Changes of rules that do not affect paging. */
  readonly rules: readonly ToldGroup[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly dashboards: readonly ToldGroup[];
  readonly counts: ReadonlyMap<Kind, number>;
}

/** Folds a diff: the same change of many is told once, and what affects paging comes first. */
export function tellDiff(report: DiffReport): ToldDiff {
  const others = report.changes.filter(({ kind }) => kind !== 'dashboard');
  const dashboards = report.changes.filter(({ kind }) => kind === 'dashboard');
  const counts = groupBy(report.changes, ({ kind }) => kind);
  return {
    paging: pagingRows(others, report),
    rules: ruleGroups(others),
    added: dashboards.filter(({ action }) => action === 'added').map(({ title }) => title),
    removed: dashboards.filter(({ action }) => action === 'removed').map(({ title }) => title),
    dashboards: dashboardGroups(dashboards),
    counts: new Map([...counts].map(([kind, members]) => [kind, members.length])),
  };
}

/** As many alerts as are told one by one; more with the same change are one row. */
const MOST_ROWS = 3;

function pagingRows(changes: readonly ResourceDiff[], { replay }: DiffReport): PagingRow[] {
  const notes = new Map((replay?.notes ?? []).map(({ alert, service, text }) => [`${alert} ${service}`, text]));
  const rows = changes.flatMap((change): { change: ResourceDiff; texts: string[]; note?: string }[] => {
    const texts = pagingTexts(change);
    if (texts.length === 0) return [];
    if (replay === undefined || change.kind !== 'rule') return [{ change, texts }];
    const never = change.action === 'added' ? 'never fires' : 'never fires, as before';
    return [{ change, texts, note: notes.get(`${change.title} ${change.service ?? ''}`) ?? never }];
  });
  const alike = groupBy(rows, ({ change, texts, note }) =>
    JSON.stringify([nameOf(change), texts, note, change.restarts, tellsOf(change)]),
  );
  const folded = [...alike.values()].map((members): FoldedRow => {
    const [{ change, texts, note }] = members as [(typeof rows)[number], ...(typeof rows)[number][]];
    return {
      alert: nameOf(change),
      services: members.flatMap(({ change: one }) => serviceOf(one)),
      tells: tellsOf(change),
      changes: texts,
      restarts: change.restarts === true,
      wholesale: change.action === 'added' || change.action === 'removed' ? change.action : '',
      ...(note === undefined ? {} : { replay: note }),
    };
  });
  return foldedAlerts(folded);
}

type FoldedRow = PagingRow & { readonly wholesale: '' | 'added' | 'removed' };

/** Many alerts of the same services that came, went or changed together are one row. */
function foldedAlerts(rows: readonly FoldedRow[]): PagingRow[] {
  const together = groupBy(rows, ({ alert, services, tells, changes, replay, restarts, wholesale }) =>
    // What is no alert belongs to no service, and stands for itself.
    JSON.stringify([
      services.length === 0 ? alert : services,
      wholesale === '' ? [tells, changes, replay, restarts] : wholesale,
    ]),
  );
  return [...together.values()].flatMap((members): PagingRow[] => {
    const [first] = members as [FoldedRow, ...FoldedRow[]];
    if (members.length <= MOST_ROWS) return members.map(({ wholesale: _, ...row }) => row);
    const { wholesale, ...row } = first;
    const alert = `${members.length} alerts`;
    if (wholesale === '') return [{ ...row, alert: `${alert}: ${members.map((each) => each.alert).join(', ')}` }];
    const notes = members.flatMap(({ alert: name, replay }) =>
      replay === undefined || /^never/.test(replay) ? [] : [`${name} ${replay}`],
    );
    return [
      {
        ...row,
        alert,
        // Each says it itself.
        tells: '',
        changes: members.map((each) => `${each.alert}: ${each.changes.join('; ')}`),
        ...(row.replay === undefined ? {} : { replay: notes.length === 0 ? row.replay : notes.join('; ') }),
      },
    ];
  });
}

function nameOf({ kind, title }: ResourceDiff): string {
  return kind === 'rule' ? title : `${KIND_NAMES[kind]} ${title}`;
}

function serviceOf({ kind, service }: ResourceDiff): string[] {
  return kind === 'rule' ? [service ?? 'the project'] : [];
}

function tellsOf({ kind, before, after }: ResourceDiff): string {
  if (kind !== 'rule') return '';
  const { rule } = (after ?? before) as unknown as { readonly rule: AlertRule };
  return `${rule.severity}: ${rule.notification.receiver || 'nobody'}`;
}

function pagingTexts(change: ResourceDiff): string[] {
  const { action, meanings, kind, after, before, restarts } = change;
  if (action === 'added') return kind === 'folder' ? [] : [`new: ${described(kind, after)}`];
  if (action === 'removed')
    return kind === 'folder' ? [] : [`removed: nobody is told any more (was ${described(kind, before)})`];
  const told = meanings.filter(({ paging }) => paging || (restarts === true && kind === 'folder'));
  return told.map(({ text }) => text);
}

/** Who is told by a rule or contact point, and when. */
function described(kind: Kind, value: Json | undefined): string {
  if (kind === 'contact-point') {
    const { integrations } = value as unknown as ContactPoint;
    return integrations.map(({ type }) => type).join(', ');
  }
  const { rule } = value as unknown as { readonly rule: AlertRule };
  const { severity, notification, paused } = rule;
  return `${severity}, to ${notification.receiver}, ${toldLimit(rule)}${paused ? ', paused' : ''}`;
}

function ruleGroups(changes: readonly ResourceDiff[]): ToldGroup[] {
  const quiet = changes.flatMap((change) => {
    const lines = change.meanings.filter(
      ({ paging }) => !paging && !(change.kind === 'folder' && change.restarts === true),
    );
    return lines.length === 0 ? [] : [{ change, lines }];
  });
  const alike = groupBy(quiet, ({ change, lines }) => JSON.stringify([nameOf(change), lines.map(({ text }) => text)]));
  const groups = [...alike.values()].map((members) => ({
    alert: members[0] === undefined ? '' : nameOf(members[0].change),
    services: members.flatMap(({ change }) => serviceOf(change)),
    lines: members[0]?.lines ?? [],
  }));
  // The same lines for several alerts, as with a renamed team, are told once too.
  const together = groupBy(groups, ({ services, lines }) => JSON.stringify([services, lines.map(({ text }) => text)]));
  return [...together.values()].map((members) => ({
    names: [`${members.map(({ alert }) => alert).join(', ')} (${someOf(members[0]?.services ?? [])})`],
    lines: members[0]?.lines ?? [],
  }));
}

/** Lines by the set of dashboards in which they occur. */
function dashboardGroups(dashboards: readonly ResourceDiff[]): ToldGroup[] {
  const where = new Map<string, { line: Meaning; titles: string[] }>();
  for (const { title, meanings } of dashboards) {
    for (const line of once(meanings)) {
      const key = JSON.stringify([line.subject, line.text]);
      const known = where.get(key);
      if (known === undefined) where.set(key, { line, titles: [title] });
      else known.titles.push(title);
    }
  }
  const bySet = groupBy(where.values(), ({ titles }) => titles.join('\n'));
  return [...bySet.values()]
    .map((members) => ({ names: members[0]?.titles ?? [], lines: foldedPanels(members.map(({ line }) => line)) }))
    .sort((left, right) => right.names.length - left.names.length);
}

/** As many panels as are told one by one; more with the same change are one line. */
const MOST_PANELS = 3;

function foldedPanels(lines: readonly Meaning[]): Meaning[] {
  const alike = groupBy(lines, ({ subject, text }) => (subject === '' ? '' : text));
  return [...alike].flatMap(([text, members]) => {
    const [first] = members as [Meaning, ...Meaning[]];
    if (text === '' || members.length <= MOST_PANELS) return members;
    const names = members.slice(0, MOST_PANELS).map(({ subject }) => subject.replace(/^panel /, ''));
    const { query: _, ...line } = first;
    return [
      { ...line, subject: `${members.length} panels: ${names.join(', ')} and ${members.length - MOST_PANELS} more` },
    ];
  });
}

const COUNTED: readonly (readonly [Kind, string, string])[] = [
  ['rule', 'alert rule', 'alert rules'],
  ['contact-point', 'contact point', 'contact points'],
  ['dashboard', 'dashboard', 'dashboards'],
  ['folder', 'folder', 'folders'],
];

/** `1 alert rule, 3 dashboards`. */
export function countedDiff({ counts }: ToldDiff): string {
  const parts = COUNTED.flatMap(([kind, one, many]) => {
    const number = counts.get(kind) ?? 0;
    return number === 0 ? [] : [`${number} ${number === 1 ? one : many}`];
  });
  return parts.length === 0 ? 'none' : parts.join(', ');
}

/** What is not known of changed alerts where no replay was given; empty where there is nothing to replay. */
export function notReplayed({ paging }: ToldDiff, { replay, changes, base }: DiffReport): string {
  const rules = changes.some(({ kind }) => kind === 'rule');
  if (replay !== undefined || paging.length === 0 || !rules || base.commit === '') return '';
  return `Not replayed: npm run replay -- --against ${base.commit.slice(0, 7)} shows when these alerts would have fired in the incident of 2025-12-15.`;
}

/** Who of a table of changes fires anew, in a sentence; empty if none does. */
export function toldRestarts({ paging }: Pick<ToldDiff, 'paging'>): string {
  const some = paging.filter(({ restarts }) => restarts);
  if (some.length === 0) return '';
  const names = [...new Set(some.map(({ alert }) => alert.replace(/^folder/, 'every alert in folder')))];
  const which = some.length === paging.length && names.length > 1 ? 'the alerts above' : someOf(names);
  return `The sync starts the state of ${which} anew: for one that is active then, a "resolved" is sent first, and the alert again once its condition has held for its time.`;
}

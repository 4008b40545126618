/** A diff folded into what a reviewer wants to know; every form of the report is made of this. */
import type { AlertRule } from '../../model/alert-rule.ts';
import type { DiffReport, ResourceDiff } from '../../model/diff-report.ts';
import { groupBy } from '../../model/group-by.ts';
import type { JsonObject } from '../../model/json.ts';
import { KINDS, type Kind, specOf } from '../../model/resource.ts';
import { keyOf, type Line, linesOf, listWords } from '../common/lines.ts';
import { countedKind, kindName } from '../common/names.ts';
import { someOf } from '../common/some-of.ts';
import type { Words } from '../common/words.ts';
import { firingText } from './replay-words.ts';

/** A change that decides who is paged, or when. */
export interface PagingRow {
  readonly kind: Kind;
  /** An alert, several of them, or what alerts are sent by. */
  readonly alert: string;
  readonly services: readonly string[];
  /** Severity and receiver, as they are after the change. @example 'critical: acme-on-call' */
  readonly notifies: string;
  readonly changes: readonly Words[];
  /** What the replay of the incident says; absent where it says nothing of such a change. */
  readonly replay?: string;
  /** An alert that is active when this is synced resolves, and fires again. */
  readonly restarts: boolean;
}

/** Lines that hold for some dashboards or alerts alike. */
export interface ChangeGroup {
  /** Titles of dashboards, or an alert with its services. */
  readonly names: readonly string[];
  readonly lines: readonly Line[];
}

export interface DiffSummary {
  readonly paging: readonly PagingRow[];
  /** Changes of rules that do not affect paging. */
  readonly rules: readonly ChangeGroup[];
  /** Alerts without effect on paging whose state the sync restarts all the same. */
  readonly restarted: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly dashboards: readonly ChangeGroup[];
  readonly counts: ReadonlyMap<Kind, number>;
}

/** Folds a diff: the same change of many is described once, and what affects paging comes first. */
export function summarizeDiff(report: DiffReport): DiffSummary {
  const others = report.changes.filter(({ kind }) => kind !== 'dashboard');
  const dashboards = report.changes.filter(({ kind }) => kind === 'dashboard');
  const counts = groupBy(report.changes, ({ kind }) => kind);
  return {
    paging: pagingRows(others, report),
    rules: ruleGroups(others),
    restarted: restartedQuietly(others),
    added: dashboards.filter(({ action }) => action === 'added').map(({ title }) => title),
    removed: dashboards.filter(({ action }) => action === 'removed').map(({ title }) => title),
    dashboards: dashboardGroups(dashboards),
    counts: new Map([...counts].map(([kind, members]) => [kind, members.length])),
  };
}

/** As many alerts as are described one by one; more with the same change are one row. */
const MOST_ROWS = 3;

/** Says that an alert does not fire; a new one cannot do so as before. */
const NEVER = { added: 'never fires', other: 'never fires, as before' } as const;

interface FoldedRow {
  readonly row: PagingRow;
  /** It came or went as a whole. */
  readonly wholesale: '' | 'added' | 'removed';
  /** The incident says something of it. */
  readonly fires: boolean;
}

function pagingRows(changes: readonly ResourceDiff[], { replay, incident }: DiffReport): PagingRow[] {
  const notes = new Map((replay?.notes ?? []).map((note) => [JSON.stringify([note.alert, note.service]), note]));
  const rows = changes.flatMap((change): { change: ResourceDiff; found: FoldedRow }[] => {
    const texts = pagingWords(change);
    if (texts.length === 0) return [];
    const note = notes.get(JSON.stringify([change.title, change.service ?? '']));
    const fires = note?.before !== undefined || note?.after !== undefined;
    const shown = note !== undefined && fires ? firingText(note) : NEVER[change.action === 'added' ? 'added' : 'other'];
    const row: PagingRow = {
      kind: change.kind,
      alert: nameOf(change),
      services: [],
      notifies: notifiesOf(change),
      changes: texts,
      restarts: change.restarts === true,
      ...(replay === undefined || incident === undefined || change.kind !== 'rule' ? {} : { replay: shown }),
    };
    const wholesale = change.action === 'added' || change.action === 'removed' ? change.action : '';
    return [{ change, found: { row, wholesale, fires } }];
  });
  const alike = groupBy(rows, ({ found: { row } }) => JSON.stringify(row));
  return foldedAlerts(
    [...alike.values()].map((members): FoldedRow => {
      const [{ found }] = members as [(typeof rows)[number], ...(typeof rows)[number][]];
      return { ...found, row: { ...found.row, services: members.flatMap(({ change }) => serviceOf(change)) } };
    }),
  );
}

/** Many alerts of the same services that came, went or changed together are one row. */
function foldedAlerts(rows: readonly FoldedRow[]): PagingRow[] {
  const together = groupBy(rows, ({ row, wholesale }) =>
    // What is not an alert belongs to no service, and stands for itself.
    JSON.stringify([
      row.services.length === 0 ? row.alert : row.services,
      wholesale === '' ? [row.notifies, row.changes, row.replay, row.restarts] : wholesale,
    ]),
  );
  return [...together.values()].flatMap((members): PagingRow[] => {
    const [{ row, wholesale }] = members as [FoldedRow, ...FoldedRow[]];
    if (members.length <= MOST_ROWS) return members.map((member) => member.row);
    const alert = `${members.length} alerts`;
    if (wholesale === '') return [{ ...row, alert: `${alert}: ${members.map((each) => each.row.alert).join(', ')}` }];
    const notes = members.flatMap(({ row: { alert: name, replay }, fires }) =>
      replay === undefined || !fires ? [] : [`${name} ${replay}`],
    );
    return [
      {
        ...row,
        alert,
        // Each says it itself.
        notifies: '',
        changes: members.map((each) => [
          `${each.row.alert}: `,
          ...each.row.changes.flatMap((words, index) => (index === 0 ? words : ['; ', ...words])),
        ]),
        ...(row.replay === undefined ? {} : { replay: notes.length === 0 ? row.replay : notes.join('; ') }),
      },
    ];
  });
}

function nameOf({ kind, title }: ResourceDiff): string {
  return kind === 'rule' ? title : `${kindName(kind)} ${title}`;
}

function serviceOf({ kind, service }: ResourceDiff): string[] {
  return kind === 'rule' ? [service ?? 'the project'] : [];
}

function notifiesOf({ kind, before, after }: ResourceDiff): string {
  if (kind !== 'rule') return '';
  const { rule } = (after ?? before) as unknown as { readonly rule: AlertRule };
  return `${rule.severity}: ${rule.notification.receiver || 'nobody'}`;
}

function pagingWords(change: ResourceDiff): readonly Words[] {
  const { action, meanings, kind, after, before, restarts } = change;
  const { effect } = specOf(kind);
  if (action === 'added') return effect === undefined ? [] : [[`new: ${effect.of(after as JsonObject)}`]];
  if (action === 'removed')
    return effect === undefined ? [] : [[`removed: ${effect.gone} (was ${effect.of(before as JsonObject)})`]];
  const shown = meanings.filter(({ paging }) => paging || (restarts === true && kind === 'folder'));
  return linesOf(shown).map((line) => line.change);
}

function restartedQuietly(changes: readonly ResourceDiff[]): string[] {
  const quiet = changes.filter((change) => change.restarts === true && pagingWords(change).length === 0);
  return [...new Set(quiet.map(nameOf))];
}

function ruleGroups(changes: readonly ResourceDiff[]): ChangeGroup[] {
  const quiet = changes.flatMap((change) => {
    const lines = linesOf(
      change.meanings.filter(({ paging }) => !paging && !(change.kind === 'folder' && change.restarts === true)),
    );
    return lines.length === 0 ? [] : [{ change, lines }];
  });
  const alike = groupBy(quiet, ({ change, lines }) => JSON.stringify([nameOf(change), lines.map(keyOf)]));
  const groups = [...alike.values()].map((members) => ({
    alert: members[0] === undefined ? '' : nameOf(members[0].change),
    services: members.flatMap(({ change }) => serviceOf(change)),
    lines: members[0]?.lines ?? [],
  }));
  // The same lines for several alerts, as with a renamed team, are described once too.
  const together = groupBy(groups, ({ services, lines }) => JSON.stringify([services, lines.map(keyOf)]));
  return [...together.values()].map((members) => ({
    names: [`${members.map(({ alert }) => alert).join(', ')} (${someOf(members[0]?.services ?? [])})`],
    lines: members[0]?.lines ?? [],
  }));
}

/** Lines by the set of dashboards in which they occur. */
function dashboardGroups(dashboards: readonly ResourceDiff[]): ChangeGroup[] {
  const where = new Map<string, { line: Line; titles: string[] }>();
  for (const { title, meanings } of dashboards) {
    for (const line of linesOf(meanings)) {
      const key = keyOf(line);
      const known = where.get(key);
      if (known === undefined) where.set(key, { line, titles: [title] });
      else known.titles.push(title);
    }
  }
  const bySet = groupBy(where.values(), ({ titles }) => JSON.stringify(titles));
  return [...bySet.values()]
    .map((members) => ({ names: members[0]?.titles ?? [], lines: foldedPanels(members.map(({ line }) => line)) }))
    .sort((left, right) => right.names.length - left.names.length);
}

/** As many panels as are described one by one; more with the same change are one line. */
const MOST_PANELS = 3;

function foldedPanels(lines: readonly Line[]): Line[] {
  const alike = groupBy(lines, ({ subject, change }) => (subject.length === 0 ? '' : JSON.stringify(change)));
  return [...alike].flatMap(([key, members]): Line[] => {
    const [{ change, paging }] = members as [Line, ...Line[]];
    if (key === '' || members.length <= MOST_PANELS) return members;
    const names = members
      .slice(0, MOST_PANELS)
      .flatMap(({ subject }) => subject.filter((word) => typeof word !== 'string').slice(0, 1));
    const more = ` and ${members.length - MOST_PANELS} more`;
    return [{ subject: [`${members.length} panels: `, ...listWords(names), more], change, paging }];
  });
}

/** Rules first, folders last: what people ask about. */
const COUNTED: readonly Kind[] = [...new Set<Kind>(['rule', ...KINDS.filter((kind) => kind !== 'folder'), 'folder'])];

/** `1 alert rule, 3 dashboards`. */
export function countedDiff({ counts }: DiffSummary): string {
  const parts = COUNTED.flatMap((kind) => {
    const number = counts.get(kind) ?? 0;
    return number === 0 ? [] : [`${number} ${countedKind(kind, number)}`];
  });
  return parts.length === 0 ? 'none' : parts.join(', ');
}

/** What is not known of changed alerts where no replay was given; empty where there is nothing to replay. */
export function notReplayed({ paging }: DiffSummary, { replay, changes, base, incident }: DiffReport): string {
  const rules = changes.some(({ kind }) => kind === 'rule');
  if (replay !== undefined || paging.length === 0 || !rules || base.commit === '') return '';
  const what =
    incident === undefined
      ? 'whether all expectations hold with these alerts'
      : `when these alerts would have fired: ${incident}`;
  return `Not replayed: npm run replay -- --against ${base.commit.slice(0, 7)} shows ${what}.`;
}

/** Which active alerts a table of changes restarts, in a sentence; empty if none. */
export function restartNotice({ paging, restarted }: Pick<DiffSummary, 'paging' | 'restarted'>): string {
  const some = paging.filter(({ restarts }) => restarts);
  if (some.length === 0 && restarted.length === 0) return '';
  const names = [...new Set(some.map(({ kind, alert }) => (kind === 'folder' ? `every alert in ${alert}` : alert)))];
  const all = some.length === paging.length && names.length > 1;
  const which = someOf([...(all ? ['the alerts above'] : names), ...restarted.filter((name) => !names.includes(name))]);
  return `The sync restarts the state of ${which}: for one that is active then, a "resolved" is sent first, and the alert again once its condition has held for its time.`;
}

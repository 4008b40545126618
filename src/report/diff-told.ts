/** A diff folded into what a reviewer wants to know; every form of the report is made of this. */
import type { DiffReport, ResourceDiff } from '../model/diff-report.ts';
import { groupBy } from '../model/group-by.ts';
import type { Meaning } from '../model/plan.ts';
import { someOf } from './some-of.ts';

/** A change that decides who is paged, or when. */
export interface PagingRow {
  readonly alert: string;
  readonly services: readonly string[];
  readonly change: string;
  /** What the replay says; empty where it was not run. */
  readonly replay: string;
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
  readonly counts: { readonly rules: number; readonly dashboards: number };
}

/** Folds a diff: the same change of many is told once, and what affects paging comes first. */
export function tellDiff(report: DiffReport): ToldDiff {
  const rules = report.changes.filter(({ kind }) => kind === 'rule');
  const dashboards = report.changes.filter(({ kind }) => kind === 'dashboard');
  return {
    paging: pagingRows(rules, report),
    rules: ruleGroups(rules),
    added: dashboards.filter(({ action }) => action === 'added').map(({ title }) => title),
    removed: dashboards.filter(({ action }) => action === 'removed').map(({ title }) => title),
    dashboards: dashboardGroups(dashboards),
    counts: { rules: rules.length, dashboards: dashboards.length },
  };
}

function pagingRows(rules: readonly ResourceDiff[], { replay }: DiffReport): PagingRow[] {
  const notes = new Map((replay?.notes ?? []).map(({ alert, service, text }) => [`${alert} ${service}`, text]));
  const rows = rules.flatMap((rule) => {
    const change = pagingText(rule);
    return change === undefined
      ? []
      : [
          {
            alert: rule.title,
            service: rule.service ?? 'the project',
            change,
            replay: notes.get(`${rule.title} ${rule.service ?? ''}`) ?? '',
          },
        ];
  });
  const alike = groupBy(rows, ({ alert, change, replay: note }) => JSON.stringify([alert, change, note]));
  return foldedServices(
    [...alike.values()].map((members) => ({
      ...(members[0] as (typeof rows)[number]),
      services: members.map(({ service }) => service),
    })),
  );
}

/** Many alerts of a service that came or went together are one row. */
function foldedServices(rows: readonly PagingRow[]): PagingRow[] {
  const wholesale = ({ change }: PagingRow) => change === ADDED || change === REMOVED;
  const together = groupBy(rows.filter(wholesale), ({ services, change }) => `${services.join()} ${change}`);
  const folded = [...together.values()].flatMap((members) => {
    const [first] = members as [PagingRow, ...PagingRow[]];
    const names = members.map(({ alert }) => alert).join(', ');
    return members.length < 4 ? members : [{ ...first, alert: `${members.length} alerts: ${names}` }];
  });
  return [...rows.filter((row) => !wholesale(row)), ...folded];
}

const ADDED = 'new alert';
const REMOVED = 'removed: nobody is told any more';

function pagingText({ action, meanings }: ResourceDiff): string | undefined {
  if (action === 'added') return ADDED;
  if (action === 'removed') return REMOVED;
  const texts = meanings.filter(({ paging }) => paging).map(({ text }) => text);
  return texts.length === 0 ? undefined : texts.join('; ');
}

function ruleGroups(rules: readonly ResourceDiff[]): ToldGroup[] {
  const quiet = rules.flatMap((rule) => {
    const lines = rule.meanings.filter(({ paging }) => !paging);
    return lines.length === 0 ? [] : [{ rule, lines }];
  });
  const alike = groupBy(quiet, ({ rule, lines }) => JSON.stringify([rule.title, lines.map(({ text }) => text)]));
  const groups = [...alike.values()].map((members) => ({
    alert: members[0]?.rule.title ?? '',
    services: members.map(({ rule }) => rule.service ?? 'the project'),
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
    for (const line of meanings) {
      const key = JSON.stringify([line.subject, line.text]);
      const known = where.get(key);
      if (known === undefined) where.set(key, { line, titles: [title] });
      else if (!known.titles.includes(title)) known.titles.push(title);
    }
  }
  const bySet = groupBy(where.values(), ({ titles }) => titles.join('\n'));
  return [...bySet.values()]
    .map((members) => ({ names: members[0]?.titles ?? [], lines: members.map(({ line }) => line) }))
    .sort((left, right) => right.names.length - left.names.length);
}

/** `1 alert rule, 3 dashboards`. */
export function countedDiff({ counts }: ToldDiff): string {
  const parts = [
    counts.rules > 0 ? `${counts.rules} alert ${counts.rules === 1 ? 'rule' : 'rules'}` : '',
    counts.dashboards > 0 ? `${counts.dashboards} ${counts.dashboards === 1 ? 'dashboard' : 'dashboards'}` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'none' : parts.join(', ');
}

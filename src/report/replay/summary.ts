/** What the reports of a replay have in common. */
import type { Severity } from '../../model/alert-rule.ts';
import { groupBy } from '../../model/group-by.ts';
import { formatQuantity } from '../../model/quantity.ts';
import {
  type AlertSpan,
  type BrokenExpectation,
  type FiringChange,
  firstFiring,
  formatSecond,
  formatSubject,
  lastResolved,
  type Replay,
  type ReplayedAlert,
  type Second,
} from '../../model/replay.ts';
import { plural } from '../common/names.ts';

/** An alert that fired, as a row of a table. */
export interface FiredRow {
  readonly at: Second;
  readonly level: 'PAGE' | 'warning' | 'info';
  readonly alert: string;
  readonly subject: string;
  readonly pending: Second;
  readonly resolved: Second | undefined;
  /** Minutes before the page of that day; undefined where nobody was paged. */
  readonly lead: number | undefined;
  /** First message to a contact point, in seconds after firing. */
  readonly notified: Second | undefined;
}

/** The alerts that fired, the first first; several series of one rule that fire in the same minute are one row. */
export function firedRows(replay: Replay): readonly FiredRow[] {
  const { alerts, notifications } = replay;
  const fired = alerts.filter(({ spans }) => firstFiring(spans) !== undefined);
  const rows = groupBy(fired, (one) => `${one.uid} ${firstFiring(one.spans)} ${lastResolved(one.spans)}`);
  return [...rows.values()].map((members) => {
    const [first] = members as [ReplayedAlert, ...ReplayedAlert[]];
    const span = first.spans.find(({ firing }) => firing !== undefined) as AlertSpan & { firing: Second };
    return {
      at: span.firing,
      level: levelOf(first.severity),
      alert: first.alert,
      subject: subjectOf(members),
      pending: span.pending,
      resolved: lastResolved(first.spans),
      lead: leadOf(replay, span.firing),
      notified: notifications.find(
        ({ alert, at, firing }) =>
          alert === first.alert && at >= span.firing && firing.includes(formatSubject(first.service, first.series)),
      )?.at,
    };
  });
}

/** Minutes before the page of that day; undefined where nobody was paged, or nothing fired. */
export function leadOf({ scenario }: Replay, firing: Second | undefined): number | undefined {
  const page = scenario.events.find((event) => event.page === true)?.at;
  return page === undefined || firing === undefined ? undefined : minutes(page - firing);
}

function subjectOf(members: readonly ReplayedAlert[]): string {
  const [first] = members as [ReplayedAlert, ...ReplayedAlert[]];
  const values = members.flatMap(({ series }) => Object.values(series));
  return values.length === 0 ? first.service : `${first.service} (${values.join(', ')})`;
}

function levelOf(severity: ReplayedAlert['severity']): FiredRow['level'] {
  switch (severity) {
    case 'critical':
      return 'PAGE';
    case 'warning':
      return 'warning';
    case 'none':
      return 'info';
    default:
      return severity satisfies never;
  }
}

/** The first moment of each severity, and how many messages a contact point got. */
export interface Totals {
  readonly firstWarning: Second | undefined;
  readonly firstPage: Second | undefined;
  readonly pages: number;
  readonly warnings: number;
}

/** Counted over a whole scenario. `pages` are messages that begin an alarm, not alerts: a cascade is one each. */
export function totalsOf(replay: Replay): Totals {
  const rows = firedRows(replay);
  const begun = replay.notifications.filter(({ kind }) => kind === 'first');
  return {
    firstWarning: rows.find(({ level }) => level === 'warning')?.at,
    firstPage: rows.find(({ level }) => level === 'PAGE')?.at,
    pages: begun.filter(({ severity }) => severity === 'critical').length,
    warnings: begun.filter(({ severity }) => severity === 'warning').length,
  };
}

/** "First warning 4 min, first page 8 min after the first sign (was 45)." or what fired, where no sign is known. */
export function headline(replay: Replay): string {
  const { firstWarning, firstPage, pages, warnings } = totalsOf(replay);
  if (firstWarning === undefined && firstPage === undefined) return 'Silent.';
  const { events } = replay.scenario;
  const sign = events.find((event) => event.sign === true)?.at;
  const page = events.find((event) => event.page === true)?.at;
  const counted = `${plural(pages, 'page')}, ${plural(warnings, 'warning')} sent.`;
  const since = (what: string, at: Second | undefined) =>
    at === undefined ? [] : [sign === undefined ? `${what} ${formatSecond(at)}` : `${what} ${minutes(at - sign)} min`];
  const firsts = [...since('first warning', firstWarning), ...since('first page', firstPage)].join(', ');
  const after = sign === undefined ? '' : ' after the first sign';
  const was = sign === undefined || page === undefined ? '' : ` (was ${minutes(page - sign)})`;
  return `${capital(firsts)}${after}${was}. ${counted}`;
}

/** One line on a broken expectation. */
export function brokenLine({ alert, service, expected, seen, because }: BrokenExpectation): string {
  return `${alert}, ${service}: expected ${expected}, seen: ${seen}. ${because}`;
}

/** "ServiceQueryP95High of payments fires 4 minutes later (14:31 instead of 14:27)". */
export function changeLine(change: FiringChange): string {
  const { alert, service, series, severity, formerSeverity, before, after } = change;
  const subject = `${alert} of ${formatSubject(service, series)}`;
  if (formerSeverity !== undefined) {
    const effect = (level: Severity) => ({ critical: 'pages', warning: 'warns', none: 'notifies nobody' })[level];
    return `${subject} ${effect(severity)}, and no longer ${effect(formerSeverity)} (${formatSecond(firstFiring(after) ?? 0)})`;
  }
  const [was, is] = [firstFiring(before), firstFiring(after)];
  if (was === undefined && is === undefined) return `${subject} is pending at other times, and never fires`;
  if (was === undefined) return `${subject} fires at ${formatSecond(is ?? 0)}, and did not before`;
  if (is === undefined) return `${subject} no longer fires (was ${formatSecond(was)})`;
  if (is !== was) {
    const apart = Math.abs(is - was) / 60;
    const how = is > was ? 'later' : 'earlier';
    return `${subject} fires ${apart} ${apart === 1 ? 'minute' : 'minutes'} ${how} (${formatSecond(is)} instead of ${formatSecond(was)})`;
  }
  const ended = (spans: readonly AlertSpan[]) => {
    const end = lastResolved(spans);
    return end === undefined ? 'at no time' : `at ${formatSecond(end)}`;
  };
  if (ended(after) === ended(before)) return `${subject} fires ${firings(after)} instead of ${firings(before)}`;
  return `${subject} resolves ${ended(after)} instead of ${ended(before)}`;
}

function firings(spans: readonly AlertSpan[]): string {
  return plural(spans.filter(({ firing }) => firing !== undefined).length, 'time');
}

/** `> 5 %`, `>= 75 %`. */
export function limitOf({ comparison, threshold, unit }: ReplayedAlert): string {
  const operator = { gt: '>', gte: '≥', lt: '<' }[comparison];
  return `${operator} ${formatQuantity({ unit, value: threshold })}`;
}

function minutes(seconds: number): number {
  return Math.round(seconds / 60);
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

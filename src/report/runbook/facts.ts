import { type AlertRule, limitText, type Severity } from '../../model/alert-rule.ts';
import { type Duration, toSeconds } from '../../model/duration.ts';
import { escapeMarkdown, markdownTable } from '../common/escape.ts';

/** When a rule would have fired in the incident, in one of its shapes. */
export interface IncidentAnswer {
  /** The shape, as the incident names it. @example 'linear' */
  readonly shape: string;
  /** What happened, in words. @example '14:38, 22 min before the page' or 'never' */
  readonly text: string;
}

/** What a runbook says about one rule of its alert. All of it comes from the rule. */
export interface RunbookFact {
  /** The service's title, or that of the project. */
  readonly subject: string;
  readonly rule: AlertRule;
  /** Ranges that the expression looks at, the shortest first. */
  readonly windows: readonly Duration[];
  /** The longest time from a passed limit to the notification. */
  readonly notifiesWithin: Duration;
  readonly dashboard: string;
  readonly panel: string;
  /** Empty where the incident says nothing about the rule. */
  readonly incident: readonly IncidentAnswer[];
}

const BEGIN = '<!-- facts -->';
const END = '<!-- /facts -->';

const NOTIFIES: Readonly<Record<Severity, string>> = {
  critical: 'critical: pages',
  warning: 'warning: read in working hours',
  none: 'none: a heartbeat',
};

/** What the facts of a page need, besides the rules. */
export interface FactsContext {
  /** What the minutes are of; undefined where the project knows no incident. @example 'Incident of 2026-01-14' */
  readonly incident: string | undefined;
  /** The project's page about its replays, as the runbook links to it; undefined where it has none. */
  readonly replayPage: string | undefined;
}

/**
 * A page that is all the team's, with its facts filled in.
 *
 * @param say names commands as the project calls them. Default: as they are written
 * @returns undefined if the page has no place for them, or several.
 */
export function withRunbookFacts(
  page: string,
  facts: readonly RunbookFact[],
  context: FactsContext,
  say: (text: string) => string = (text) => text,
): string | undefined {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END, begin);
  const another = page.indexOf(BEGIN, Math.max(end, 0));
  if (begin === -1 || end < begin || another !== -1) return undefined;
  const block = [BEGIN, say(NOTE), '', renderRunbookFacts(facts, context), '', END].join('\n');
  return `${page.slice(0, begin)}${block}${page.slice(end + END.length)}`;
}

/** The facts of a page: a row for each service that has the alert, and what the incident's replay says. */
export function renderRunbookFacts(facts: readonly RunbookFact[], context: FactsContext): string {
  if (facts.length === 0) return NO_RULE;
  const rows = facts.map(({ subject, rule, windows, notifiesWithin, dashboard, panel }) => [
    subject,
    limitText(rule),
    windows.length === 0 ? 'now' : windows.join(', '),
    NOTIFIES[rule.severity],
    rule.notification.receiver,
    inWords(notifiesWithin),
    `${dashboard}, ${panel}`,
  ]);
  return [
    table(['service', 'fires', 'looks at', 'severity', 'notifies', 'within', 'dashboard, panel'], rows),
    ...minutes(facts, context),
  ].join('\n\n');
}

const NOTE = '<!-- Written by `npm run runbooks` from the rules; edit those instead. -->';
const NO_RULE =
  'There is no such rule at present: no service has what the alert watches, or its severity has no contact point.';

/** When each rule would have fired in the project's incident, in each of its shapes. */
function minutes(facts: readonly RunbookFact[], { incident, replayPage }: FactsContext): string[] {
  const fired = facts.filter((fact) => fact.incident.length > 0);
  if (incident === undefined || fired.length === 0) return [];
  const shapes = [...new Set(fired.flatMap((fact) => fact.incident.map(({ shape }) => shape)))];
  const replay = replayPage === undefined ? 'replay' : `[replay](${replayPage})`;
  return [
    `${escapeMarkdown(incident)}: when it would have fired, by the ${replay}, in each of its shapes:`,
    table(
      ['service', ...shapes],
      fired.map((fact) => [
        fact.subject,
        ...shapes.map((shape) => fact.incident.find((answer) => answer.shape === shape)?.text ?? ''),
      ]),
    ),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownTable(
    head.map(escapeMarkdown),
    rows.map((row) => row.map(escapeMarkdown)),
  );
}

/** @example inWords('205s') // '3 min 25 s' */
function inWords(duration: Duration): string {
  const seconds = toSeconds(duration);
  const parts = [
    [Math.floor(seconds / 60), 'min'],
    [seconds % 60, 's'],
  ] as const;
  return parts.flatMap(([number, unit]) => (number === 0 ? [] : [`${number} ${unit}`])).join(' ');
}

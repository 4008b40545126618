import { type AlertRule, limitText, type Severity } from '../../model/alert-rule.ts';
import { type Duration, toSeconds } from '../../model/duration.ts';
import { escapeMarkdown, markdownTable } from '../common/escape.ts';

/** When a rule would have fired in the incident, in one of its shapes. */
export interface IncidentAnswer {
  /** The shape. @example 'linear' */
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

/**
 * A page with its facts filled in.
 *
 * @returns undefined if the page has no place for them.
 */
export function withRunbookFacts(page: string, facts: readonly RunbookFact[]): string | undefined {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END, begin);
  const another = page.indexOf(BEGIN, Math.max(end, 0));
  if (begin === -1 || end < begin || another !== -1) return undefined;
  return `${page.slice(0, begin)}${renderRunbookFacts(facts)}${page.slice(end + END.length)}`;
}

/** The facts block of a page: a row for each service that has the alert, and what the incident's replay says. */
export function renderRunbookFacts(facts: readonly RunbookFact[]): string {
  return `${[BEGIN, NOTE, '', ...(facts.length === 0 ? [NO_RULE] : tables(facts)), '', END].join('\n')}`;
}

const NOTE = '<!-- Written by `npm run runbooks` from the rules; edit those instead. -->';
const NO_RULE =
  'There is no such rule at present: [alerts/routing.ts](../routing.ts) defines no contact point for its severity.';

function tables(facts: readonly RunbookFact[]): string[] {
  const rows = facts.map(({ subject, rule, windows, notifiesWithin, dashboard, panel }) => [
    subject,
    limitText(rule),
    windows.length === 0 ? 'now' : windows.join(', '),
    NOTIFIES[rule.severity],
    rule.notification.receiver,
    inWords(notifiesWithin),
    `${dashboard}, ${panel}`,
  ]);
  const fired = facts.filter(({ incident }) => incident.length > 0);
  const shapes = [...new Set(fired.flatMap(({ incident }) => incident.map(({ shape }) => shape)))];
  return [
    ...table(['service', 'fires', 'looks at', 'severity', 'notifies', 'within', 'dashboard, panel'], rows),
    ...(fired.length === 0
      ? []
      : [
          '',
          'When it would have fired on 2025-12-15, by the [replay](../../docs/replay.md):',
          '',
          ...table(
            ['service', ...shapes.map((shape) => `${shape} slowdown`)],
            fired.map(({ subject, incident }) => [
              subject,
              ...shapes.map((shape) => incident.find((answer) => answer.shape === shape)?.text ?? ''),
            ]),
          ),
        ]),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return markdownTable(
    head,
    rows.map((row) => row.map(escapeMarkdown)),
  ).split('\n');
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

/** Checks of built alert rules. */
import type { AlertRule } from '../model/alert-rule.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { toSeconds } from '../model/duration.ts';
import type { DashboardResource, RuleResource } from '../model/resource.ts';
import { isKnownSignal } from '../model/signal.ts';
import { MAX_UID } from '../model/uid.ts';
import { panelsOf } from './boards.ts';

/** What a rule may refer to. */
export interface RuleSurroundings {
  readonly mark: string;
  readonly dashboards: ReadonlyMap<string, DashboardResource>;
  readonly contactPoints: ReadonlySet<string>;
  readonly runbooks: ReadonlySet<string>;
}

/** The pages that alerts lack, and that the engine knows what to write in: one warning for all. */
export function unwrittenPages(rules: readonly RuleResource[], runbooks: ReadonlySet<string>): readonly Diagnostic[] {
  const alerts = rules.flatMap(({ rule }) =>
    isKnownSignal(rule.signal) && !runbooks.has(rule.alert) ? [rule.alert] : [],
  );
  const missing = [...new Set(alerts)];
  if (missing.length === 0) return [];
  return [
    {
      code: 'R002',
      level: 'warning',
      file: 'alerts/runbooks',
      subject: missing.length === 1 ? `alert ${missing.join()}` : `${missing.length} alerts`,
      message:
        missing.length === 1
          ? 'has no runbook, to which its notifications link'
          : `have no runbook, to which their notifications link: ${missing.join(', ')}`,
      remedy: 'npm run runbooks writes it from the facts; commit what it writes.',
    },
  ];
}

/** All that is wrong with one rule, its expression aside. */
export function ruleProblems(resource: RuleResource, around: RuleSurroundings): readonly Diagnostic[] {
  const { rule } = resource;
  return [
    ...uidProblems(resource, around),
    ...linkProblems(resource, around),
    ...stateProblems(resource),
    ...routingProblems(resource, around),
    ...timeProblems(resource, rule),
    ...textProblems(resource),
  ];
}

function uidProblems(resource: RuleResource, { mark }: RuleSurroundings): Diagnostic[] {
  const { uid } = resource;
  if (/^[A-Za-z0-9_-]+$/.test(uid) && uid.length <= MAX_UID && uid.startsWith(`${mark}-`)) return [];
  return [
    onRule(
      'R001',
      resource,
      `has the UID "${uid}", which is not "${mark}-" and up to ${MAX_UID} characters of A–Z, a–z, 0–9, _ and -`,
      'Shorten the service id, or the slug of the alert.',
    ),
  ];
}

function linkProblems(resource: RuleResource, { dashboards, runbooks }: RuleSurroundings): Diagnostic[] {
  const { rule } = resource;
  const problems: Diagnostic[] = [];
  // The page of a signal that the engine knows is written by a command: the rule alone is no reason to stop.
  if (!runbooks.has(rule.alert) && !isKnownSignal(rule.signal)) {
    problems.push(
      onRule(
        'R002',
        resource,
        'has no runbook',
        `Write alerts/runbooks/${rule.alert}.md: Meaning, Impact, Diagnosis, Mitigation.`,
      ),
    );
  }
  const dashboard = dashboards.get(rule.dashboardUid);
  if (rule.dashboardUid === '') {
    problems.push(
      onRule(
        'R003',
        resource,
        `links to no panel: none of its dashboard shows the signal ${rule.signal}`,
        `Give a panel signals: ['${rule.signal}'].`,
      ),
    );
  } else if (dashboard === undefined) {
    problems.push(
      onRule(
        'R003',
        resource,
        `links to the dashboard ${rule.dashboardUid}, which does not exist`,
        'Link to one of ours.',
      ),
    );
  } else if (!panelsOf(dashboard).some(({ id }) => id === rule.panelId)) {
    const there = panelsOf(dashboard)
      .flatMap(({ title, type }) => (type === 'row' ? [] : [title]))
      .join(', ');
    problems.push(
      onRule(
        'R014',
        resource,
        `links to the panel ${rule.panelId} of dashboard ${dashboard.title}, which does not exist`,
        `Panels there: ${there}`,
      ),
    );
  }
  return problems;
}

function stateProblems(resource: RuleResource): Diagnostic[] {
  const { rule, absenceReason } = resource;
  if (rule.noDataState === 'OK' || rule.execErrState === 'OK') {
    return [
      onRule('R005', resource, 'calls missing data or a failing query OK', 'Use KeepLast: silence is not health.'),
    ];
  }
  const special = rule.noDataState !== 'KeepLast' || rule.execErrState !== 'KeepLast';
  return special && (absenceReason ?? '').length < 20
    ? [
        onRule(
          'R006',
          resource,
          `does not say why its states are ${rule.noDataState} and ${rule.execErrState}`,
          'Say it in absence.because, or use KeepLast.',
        ),
      ]
    : [];
}

function routingProblems(resource: RuleResource, { contactPoints }: RuleSurroundings): Diagnostic[] {
  const { receiver } = resource.rule.notification;
  if (contactPoints.has(receiver)) return [];
  const known = [...contactPoints].join(', ');
  return [
    onRule(
      'R009',
      resource,
      receiver === ''
        ? `has nobody to notify for severity ${resource.rule.severity}`
        : `notifies "${receiver}", which no contact point is called`,
      `Contact points in alerts/: ${known}`,
    ),
  ];
}

function timeProblems(resource: RuleResource, rule: AlertRule): Diagnostic[] {
  if (toSeconds(rule.for) >= 2 * toSeconds(rule.evaluationInterval)) return [];
  return [
    onRule(
      'R007',
      resource,
      `waits ${rule.for}, which is under two evaluations of ${rule.evaluationInterval}`,
      'A single bad point would fire. Use a longer `for`.',
    ),
  ];
}

/** What people read in the middle of the night. */
function textProblems(resource: RuleResource): Diagnostic[] {
  const { annotations } = resource.rule;
  return ['summary', 'description'].flatMap((name) => {
    const text = annotations[name] ?? '';
    if (text.trim() === '')
      return [onRule('R016', resource, `has no ${name}`, 'Say what it means, and the first step.')];
    const strange = placeholders(text).find((inner) => !/^(?:value|label:[A-Za-z_]\w*)$/.test(inner));
    return strange === undefined
      ? []
      : [onRule('R016', resource, `has {{${strange}}} in its ${name}`, 'Write {{value}} or {{label:NAME}}.')];
  });
}

/** What stands between two braces each. */
function placeholders(text: string): readonly string[] {
  return text
    .split('{{')
    .slice(1)
    .flatMap((rest) => {
      const end = rest.indexOf('}');
      return end !== -1 && rest.startsWith('}}', end) ? [rest.slice(0, end)] : [];
    });
}

/** A problem of one rule. */
export function onRule(
  code: string,
  { source, service, title }: RuleResource,
  message: string,
  remedy: string,
): Diagnostic {
  return {
    code,
    level: 'error',
    file: source,
    subject: `alert ${title}${service === undefined ? '' : `, ${service}`}`,
    message,
    remedy,
  };
}

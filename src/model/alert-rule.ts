import { type Duration, toDuration, toSeconds } from './duration.ts';
import type { Project } from './project.ts';
import { formatQuantity, type Unit } from './quantity.ts';
import { COMPARED, type Comparison } from './signal.ts';

/** `critical` pages at once, `warning` goes to chat, `none` is the watchdog's heartbeat. */
export type Severity = 'critical' | 'warning' | 'none';

/** What a rule does when its query returns nothing, or fails. Validation refuses `OK`: it calls silence health. */
export type AbsenceState = 'KeepLast' | 'Alerting' | 'NoData' | 'Error' | 'OK';

/** How its notifications are grouped and timed, by the rule itself: the organisation's policy tree stays untouched. */
export interface Notification {
  /** Name of a contact point. */
  readonly receiver: string;
  /** Grafana adds `alertname` and `grafana_folder`, so that each alert name is a page of its own. */
  readonly groupBy: readonly string[];
  readonly groupWait: Duration;
  readonly groupInterval: Duration;
  readonly repeatInterval: Duration;
  /** Names of time intervals in which it notifies nobody; absent: there is none. */
  readonly muteTimeIntervals?: readonly string[];
}

/**
 * An alert rule as this project means it. Grafana's form and Prometheus' form are two encodings of it; diffs, replay
 * and gate read it whole.
 */
export interface AlertRule {
  readonly uid: string;
  /** The alert's name, the same for every service. @example 'ServiceErrorRateHigh' */
  readonly alert: string;
  /** One rule group per service, named by its id; `project` for the rules of the project as a whole. */
  readonly group: string;
  readonly signal: string;
  readonly expr: string;
  readonly comparison: Comparison;
  /** In the unit's base: 0.05 for 5 %, 2 for 2 s. */
  readonly threshold: number;
  readonly unit: Unit;
  readonly for: Duration;
  readonly keepFiringFor: Duration;
  readonly evaluationInterval: Duration;
  readonly dataSourceUid: string;
  readonly severity: Severity;
  /** All labels, `severity` and the owner's mark included. */
  readonly labels: Readonly<Record<string, string>>;
  /**
   * `{{value}}` stands for the value in its unit, `{{label:NAME}}` for a label of the series; each target writes
   * them in its own template language.
   */
  readonly annotations: Readonly<Record<string, string>>;
  readonly dashboardUid: string;
  readonly panelId: number;
  readonly notification: Notification;
  readonly noDataState: AbsenceState;
  readonly execErrState: AbsenceState;
  readonly missingSeriesEvalsToResolve: number;
  readonly paused: boolean;
}

/**
 * Whether a rule is about the queries of other rules: its value never passes its limit, and it fires only where its
 * query fails. A Prometheus that evaluates rules itself has `prometheus_rule_evaluation_failures_total` for that.
 */
export function watchesQueries({ signal }: Pick<AlertRule, 'signal'>): boolean {
  return signal === 'alert-queries';
}

/** When a rule fires, as people say it. @example limitText(rule) // 'above 2 s for 2m' */
export function limitText(
  rule: Pick<AlertRule, 'comparison' | 'threshold' | 'unit' | 'for'> & Partial<Pick<AlertRule, 'signal'>>,
): string {
  if (rule.signal !== undefined && watchesQueries({ signal: rule.signal })) return `a query fails for ${rule.for}`;
  const limit = formatQuantity({ unit: rule.unit, value: rule.threshold });
  return `${COMPARED[rule.comparison]} ${limit} for ${rule.for}`;
}

/**
 * The longest time from a limit being passed in the metrics to the notification: one scrape, one evaluation, `for`,
 * and the wait for others of the group. Windows of the expression come on top, as the signal needs them.
 *
 * @example pageLatency(rule, project) // '265s'
 */
export function pageLatency(rule: AlertRule, { scrapeInterval }: Pick<Project, 'scrapeInterval'>): Duration {
  const { evaluationInterval, notification } = rule;
  return toDuration(
    [scrapeInterval, evaluationInterval, rule.for, notification.groupWait].reduce(
      (sum, part) => sum + toSeconds(part),
      0,
    ),
  );
}

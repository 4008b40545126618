import type { AbsenceState, AlertRule, Severity } from '../model/alert-rule.ts';
import { callerFile } from '../model/caller.ts';
import { longest, shortest, toDuration, toSeconds } from '../model/duration.ts';
import { deepFreeze } from '../model/json.ts';
import type { SignalDefinition } from '../model/own-signal.ts';
import type { Project } from '../model/project.ts';
import type { RuleResource } from '../model/resource.ts';
import type { Service } from '../model/service.ts';
import type { KnownSignal, Signal, SignalId } from '../model/signal.ts';
import { uid as uidOf } from '../model/uid.ts';
import { type ContactPointFacts, contactPointOf } from './contact-points.ts';
import { runbookUrl } from './context.ts';
import { type TimeIntervalFacts, timeIntervalName } from './time-intervals.ts';

/** An alert as people write it, once for all services. */
export interface AlertFacts {
  /** CamelCase, without a threshold in it: names outlive thresholds. Also the name of its runbook. */
  readonly alert: string;
  /** Short: the end of its UIDs. @example 'errors' */
  readonly slug: string;
  /** What it watches: expression, threshold, comparison and `for` come from here. The engine's by name, or one's own. */
  readonly signal: KnownSignal | SignalDefinition;
  readonly severity: Severity | ((service: Service) => Severity);
  /** One line, with `{{value}}` and `{{label:NAME}}`. */
  readonly summary: string;
  /** What it means for users, and the first step. */
  readonly description: string;
  /** Times in which it notifies nobody, besides those of its severity; the project lists them. Default: none. */
  readonly muteTimeIntervals?: readonly TimeIntervalFacts[];
  /** What it does without data or when the query fails; anything but KeepLast says why. */
  readonly absence?: { readonly noData: AbsenceState; readonly error: AbsenceState; readonly because: string };
}

/** An alert with the file that states it; without one it is the engine's own, chosen by the project. */
export interface Alert extends Omit<AlertFacts, 'signal'> {
  readonly signal: SignalId;
  /** The signal, where the project has defined it. */
  readonly defined?: SignalDefinition;
  readonly source?: string;
}

/**
 * States an alert. Nothing that Grafana or the SDK would default is left to them: the SDK's own defaults call
 * missing data healthy and page when Prometheus is down.
 *
 * @example
 * export const errorRate = defineAlert({
 *   alert: 'ServiceErrorRateHigh', slug: 'errors', signal: 'error-ratio', severity: 'critical',
 *   summary: '{{value}} of requests fail', description: 'Users see errors. Roll back the last deployment.',
 * });
 */
export function defineAlert(facts: AlertFacts): Alert {
  const source = callerFile();
  const { signal } = facts;
  return deepFreeze({
    ...facts,
    ...(typeof signal === 'string' ? { signal } : { signal: signal.id, defined: signal }),
    ...(source === undefined ? {} : { source }),
  });
}

/** What a rule needs besides its alert. */
export interface RuleContext {
  /** The file that has chosen the alerts: that of a rule whose alert is the engine's own. */
  readonly source: string;
  readonly project: Project;
  readonly receivers: Readonly<Record<Severity, ContactPointFacts | undefined>>;
  /** Times in which rules of a severity notify nobody. */
  readonly muteTimeIntervals?: Readonly<Partial<Record<Severity, readonly TimeIntervalFacts[]>>>;
  /** The dashboard and panel that show a signal; undefined where none does, which validation reports. */
  readonly panelOf: (
    signal: SignalId,
    serviceId: string | undefined,
  ) => { readonly dashboardUid: string; readonly panelId: number } | undefined;
}

/** Five minutes: an alert that flaps around its threshold stays one notification. */
const KEEP_FIRING_FOR = '5m' as const;
/** Evaluations after which a series that vanished counts as resolved; two is Grafana's default, and too quick. */
const MISSING_SERIES_EVALUATIONS = 5;
/** The group, and the part of the UID, of rules about no service. */
export const PROJECT_GROUP = 'project';

/** The rule of an alert for one service, or for the project as a whole. */
export function buildRule(
  alert: Alert,
  signal: Signal,
  service: Service | undefined,
  context: RuleContext,
): RuleResource {
  const { project, receivers, panelOf } = context;
  const severity =
    typeof alert.severity === 'string' ? alert.severity : service === undefined ? 'warning' : alert.severity(service);
  const group = service?.id ?? PROJECT_GROUP;
  const panel = panelOf(alert.signal, service?.id);
  const receiver = receivers[severity];
  const uid = uidOf(project.mark, group, alert.slug);
  const muted = [...(context.muteTimeIntervals?.[severity] ?? []), ...(alert.muteTimeIntervals ?? [])];
  const rule: AlertRule = {
    uid,
    alert: alert.alert,
    group,
    signal: alert.signal,
    expr: signal.alertExpression,
    comparison: signal.limit.comparison,
    threshold: signal.limit.value.value,
    unit: signal.unit,
    // A limit that no fact can lengthen has to hold where rules are evaluated seldom, too.
    for: longest(signal.limit.for, toDuration(2 * toSeconds(project.evaluationInterval))),
    keepFiringFor: KEEP_FIRING_FOR,
    evaluationInterval: shortest(project.evaluationInterval),
    dataSourceUid: project.dataSource.uid,
    severity,
    labels: {
      ...project.labels,
      as_code: project.mark,
      severity,
      signal: alert.signal,
      system: project.system,
      team: service?.team ?? project.team,
      ...(service === undefined ? {} : { service: service.id }),
    },
    annotations: {
      summary: `${service?.title ?? project.folder.title}: ${alert.summary}`,
      description: alert.description,
      runbook_url: runbookUrl(project, alert.alert),
    },
    dashboardUid: panel?.dashboardUid ?? '',
    panelId: panel?.panelId ?? 0,
    notification: {
      receiver: receiver === undefined ? '' : contactPointOf(project, receiver).name,
      groupBy: ['alertname', 'grafana_folder', 'system'],
      groupWait: shortest(project.notifications.groupWait[severity === 'critical' ? 'critical' : 'warning']),
      groupInterval: shortest(project.notifications.groupInterval),
      repeatInterval: shortest(project.notifications.repeatInterval),
      ...(muted.length === 0
        ? {}
        : { muteTimeIntervals: [...new Set(muted.map((facts) => timeIntervalName(project, facts)))] }),
    },
    noDataState: alert.absence?.noData ?? 'KeepLast',
    execErrState: alert.absence?.error ?? 'KeepLast',
    missingSeriesEvalsToResolve: MISSING_SERIES_EVALUATIONS,
    paused: false,
  };
  return deepFreeze({
    kind: 'rule',
    uid,
    title: alert.alert,
    folderUid: project.folder.uid,
    source: alert.source ?? context.source,
    rule,
    ...(service === undefined ? {} : { service: service.id }),
    ...(alert.absence === undefined ? {} : { absenceReason: alert.absence.because }),
  });
}

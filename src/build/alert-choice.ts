/** Which alerts a project has: what it chooses, and the rules and contact points that are made of it. */
import { findSignal, projectSignals, signals } from '../metrics/index.ts';
import type { Severity } from '../model/alert-rule.ts';
import { callerFile } from '../model/caller.ts';
import type { SignalDefinition } from '../model/own-signal.ts';
import type { Project } from '../model/project.ts';
import type { ContactPointResource, RuleResource } from '../model/resource.ts';
import type { Catalog, Service } from '../model/service.ts';
import type { SignalId } from '../model/signal.ts';
import { type Alert, buildRule, type RuleContext } from './alert.ts';
import { type ContactPointFacts, contactPointOf } from './contact-points.ts';
import type { TimeIntervalFacts } from './time-intervals.ts';

/** Who is notified, by severity. Without a receiver for `none` there is no watchdog rule. */
export type Receivers = Readonly<Record<Severity, ContactPointFacts | undefined>>;

/** The alerts that a project has chosen, and whom they notify. */
export interface ChosenAlerts {
  /** The alerts of every service; the first ones are evaluated and listed first. */
  readonly service: readonly Alert[];
  /** The alerts of the project as a whole, such as an unreachable data source. */
  readonly project: readonly Alert[];
  readonly receivers: Receivers;
  /** Every contact point. Default: the receivers. */
  readonly contactPoints?: readonly ContactPointFacts[];
  /** Every time interval that alerts are muted in. Default: none. */
  readonly timeIntervals?: readonly TimeIntervalFacts[];
  /** Times in which alerts of a severity notify nobody. Default: none. @example { warning: [nights] } */
  readonly muteTimeIntervals?: Readonly<Partial<Record<Severity, readonly TimeIntervalFacts[]>>>;
}

/** The same, with every default filled in. */
export interface AlertChoice extends Required<ChosenAlerts> {
  /** The file that makes the choice: where a diagnostic about all of it sends its reader. */
  readonly source: string;
}

/**
 * States which alerts there are, in which order, and whom they notify.
 *
 * @example
 * export const alerts = defineAlerts({
 *   service: [errorRate, latency, poolSaturated],
 *   project: [dataSource],
 *   receivers: { critical: onCall, warning: chat, none: undefined },
 * });
 */
export function defineAlerts(facts: ChosenAlerts): AlertChoice {
  const nothing = { contactPoints: pointsOf(facts.receivers), timeIntervals: [], muteTimeIntervals: {} };
  return { ...nothing, ...facts, source: callerFile() ?? 'alerts/index.ts' };
}

/** The same alerts with other receivers. Contact points that are not stated are the receivers. */
export function routedTo(
  alerts: AlertChoice,
  { receivers, contactPoints = pointsOf(receivers) }: Pick<ChosenAlerts, 'receivers' | 'contactPoints'>,
): AlertChoice {
  return { ...alerts, receivers, contactPoints };
}

function pointsOf({ critical, warning, none }: Receivers): readonly ContactPointFacts[] {
  return [...new Set([critical, warning, none].filter((point) => point !== undefined))];
}

/** The alert of each signal, by which panels find their runbooks. */
export function alertNamesOf({ service, project }: AlertChoice): Readonly<Partial<Record<SignalId, string>>> {
  return Object.fromEntries([...service, ...project].map(({ signal, alert }) => [signal, alert]));
}

/** The signals that the project defines for its alerts, each once. */
export function definedSignals({ service }: Pick<AlertChoice, 'service'>): readonly SignalDefinition[] {
  return [
    ...new Map(service.flatMap(({ defined }) => (defined === undefined ? [] : [[defined.id, defined]]))).values(),
  ];
}

/** Every rule: for each service those that apply to it, then those of the project. */
export function buildRules(
  choice: AlertChoice,
  catalog: Catalog,
  { project, panelOf }: Pick<RuleContext, 'project' | 'panelOf'>,
): readonly RuleResource[] {
  const { receivers, muteTimeIntervals, source } = choice;
  const context: RuleContext = { project, panelOf, receivers, muteTimeIntervals, source };
  const ofProject = choice.project.flatMap((alert) => {
    const signal = findSignal(projectSignals(), alert.signal);
    const heard = alert.severity !== 'none' || context.receivers.none !== undefined;
    return signal !== undefined && heard ? [buildRule(alert, signal, undefined, context)] : [];
  });
  return [...catalog.services.flatMap((service) => serviceRules(choice, service, catalog, context)), ...ofProject];
}

function serviceRules(
  choice: AlertChoice,
  service: Service,
  catalog: Catalog,
  context: RuleContext,
): readonly RuleResource[] {
  const own = signals(service, catalog);
  return choice.service.flatMap((alert) => {
    const signal = findSignal(own, alert.signal);
    if (signal === undefined || signal.fromDependency) return [];
    return [buildRule(alert, signal, service, context)];
  });
}

/** The contact points as resources. */
export function buildContactPoints(
  { contactPoints }: Pick<AlertChoice, 'contactPoints'>,
  project: Pick<Project, 'mark'>,
): readonly ContactPointResource[] {
  return contactPoints.map((facts) => {
    const contactPoint = contactPointOf(project, facts);
    const { name } = contactPoint;
    return { kind: 'contact-point', uid: name, title: name, source: facts.source, contactPoint };
  });
}

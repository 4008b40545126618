import { type Alert, buildRule, type ContactPointFacts, contactPointOf, type RuleContext } from '../src/build/index.ts';
import { findSignal, projectSignals, signals } from '../src/metrics/index.ts';
import type { Project } from '../src/model/project.ts';
import type { ContactPointResource, RuleResource } from '../src/model/resource.ts';
import type { Catalog, Service } from '../src/model/service.ts';
import type { SignalId } from '../src/model/signal.ts';
import { contactPoints } from './routing.ts';
import { alertQueries } from './rules/alert-queries.ts';
import { cpu } from './rules/cpu.ts';
import { dataSource } from './rules/data-source.ts';
import { degradation } from './rules/degradation.ts';
import { dependency } from './rules/dependency.ts';
import { errorRate } from './rules/error-rate.ts';
import { instanceErrors } from './rules/instance-errors.ts';
import { latency } from './rules/latency.ts';
import { memory } from './rules/memory.ts';
import { poolSaturated } from './rules/pool-saturated.ts';
import { poolWaiting } from './rules/pool-waiting.ts';
import { query } from './rules/query.ts';
import { regression } from './rules/regression.ts';
import { telemetry } from './rules/telemetry.ts';
import { traffic } from './rules/traffic.ts';
import { watchdog } from './rules/watchdog.ts';

/** The alerts of every service, the earliest sign first. */
export const serviceAlerts: readonly Alert[] = [
  regression,
  degradation,
  errorRate,
  latency,
  poolSaturated,
  poolWaiting,
  query,
  dependency,
  instanceErrors,
  traffic,
  telemetry,
  cpu,
  memory,
  alertQueries,
];

/** The alerts of the project as a whole. */
export const projectAlerts: readonly Alert[] = [dataSource, watchdog];

/** The alert of each signal, by which panels find their runbooks. */
export const alertNames: Readonly<Partial<Record<SignalId, string>>> = Object.fromEntries(
  [...serviceAlerts, ...projectAlerts].map(({ signal, alert }) => [signal, alert]),
);

/** Every rule: for each service those that apply to it, then those of the project. */
export function buildRules(catalog: Catalog, context: RuleContext): readonly RuleResource[] {
  const ofProject = projectAlerts.flatMap((alert) => {
    const signal = findSignal(projectSignals(), alert.signal);
    const heard = alert.severity !== 'none' || context.receivers.none !== undefined;
    return signal !== undefined && heard ? [buildRule(alert, signal, undefined, context)] : [];
  });
  return [...catalog.services.flatMap((service) => serviceRules(service, catalog, context)), ...ofProject];
}

function serviceRules(service: Service, catalog: Catalog, context: RuleContext): RuleResource[] {
  const own = signals(service, catalog);
  return serviceAlerts.flatMap((alert) => {
    const signal = findSignal(own, alert.signal);
    if (signal === undefined || signal.fromDependency) return [];
    return [buildRule(alert, signal, service, context)];
  });
}

/** The contact points as resources. */
export function buildContactPoints(
  project: Pick<Project, 'owner'>,
  points: readonly ContactPointFacts[] = contactPoints,
): readonly ContactPointResource[] {
  return points.map((facts) => {
    const contactPoint = contactPointOf(project, facts);
    const { name } = contactPoint;
    return { kind: 'contact-point', uid: name, title: name, source: 'alerts/routing.ts', contactPoint };
  });
}

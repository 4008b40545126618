/** The neutral text of each signal's page, filled with a project's facts. */
import { projectSignals } from '../../metrics/index.ts';
import type { RunbookText } from '../../model/runbook.ts';
import type { Service } from '../../model/service.ts';
import { isKnownSignal, type KnownSignal, type SignalId } from '../../model/signal.ts';
import { type About, aboutAlert, type RunbookWorld } from './about.ts';
import { alertQueries } from './alert-queries.ts';
import { cpu } from './cpu.ts';
import { dataSource } from './data-source.ts';
import { degradation } from './degradation.ts';
import { dependency } from './dependency.ts';
import { errorRate } from './error-rate.ts';
import { instanceErrors } from './instance-errors.ts';
import { latency } from './latency.ts';
import { limit } from './limit.ts';
import { memory } from './memory.ts';
import { poolSaturated } from './pool-saturated.ts';
import { poolWaiting } from './pool-waiting.ts';
import { query } from './query.ts';
import { regression } from './regression.ts';
import { telemetry } from './telemetry.ts';
import { traffic } from './traffic.ts';
import { watchdog } from './watchdog.ts';

export type { RunbookWorld } from './about.ts';

/** Complete by its type: a page can be written for every alert on a signal of the engine. */
const TEXTS: Readonly<Record<KnownSignal, (about: About) => RunbookText>> = {
  'latency-regression': regression,
  degradation,
  'error-ratio': errorRate,
  'latency-p95': latency,
  'pool-utilisation': poolSaturated,
  'pool-waiting': poolWaiting,
  'query-p95': query,
  'dependency-error-ratio': dependency,
  'instance-error-ratio': instanceErrors,
  'traffic-ratio': traffic,
  'telemetry-absent': telemetry,
  'cpu-utilisation': cpu,
  'memory-utilisation': memory,
  'limit-absent': limit,
  'alert-queries': alertQueries,
  'data-source-reachable': dataSource,
  watchdog,
};

/**
 * The text of an alert's page, about the project's own services; undefined where the engine has none for its signal.
 * What a sentence needs and the project does not have, a panel or a family of metrics, leaves the sentence out.
 *
 * @param services those that have a rule of the alert
 * @example runbookText({ alert: 'ServiceCpuHigh', signal: 'cpu-utilisation' }, [payments], world)?.opening
 */
export function runbookText(
  alert: RunbookWorld['alerts'][number],
  services: readonly Service[],
  world: RunbookWorld,
): RunbookText | undefined {
  if (!isKnownSignal(alert.signal)) return undefined;
  const text = TEXTS[alert.signal](aboutAlert(alert, services, world));
  return services.length > 0 || ABOUT_NO_SERVICE.has(alert.signal) ? text : unwatched(text);
}

const ABOUT_NO_SERVICE: ReadonlySet<SignalId> = new Set(projectSignals().map(({ id }) => id));

/** Panels and other pages link to it, so there is a page; but nobody can be woken up by it. */
function unwatched(text: RunbookText): RunbookText {
  const nobody =
    'No service has what the alert watches, so there is nothing to ask. Once one has, `npm run runbooks` writes what to do.';
  return {
    ...text,
    diagnosis: { before: [{ kind: 'text', text: nobody }], steps: [], after: [] },
    mitigation: ['Nothing: there is no rule that fires.'],
  };
}

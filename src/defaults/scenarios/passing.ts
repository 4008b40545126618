/** Trouble that is gone before a rule's `for` is over, however short that is. */
import { timingOf } from '../../metrics/timing.ts';
import { type Duration, toSeconds } from '../../model/duration.ts';
import type { Service } from '../../model/service.ts';
import {
  type Curve,
  type PoolBehaviour,
  type ScenarioWorld,
  secondsOf,
  through,
  timeOf,
} from '../../scenario/index.ts';
import { healthyOf, type Stage } from './stage.ts';
import { callersOf } from './subjects.ts';

/** Seconds that the errors last. */
const LASTING = 60;
/** The share of requests that fail meanwhile, where nothing speaks against it. */
const FAILING = 0.3;

/** A minute of errors: as many as no rule notices, of the service itself and of those that call it. */
export function passingErrors(service: Service, world: Stage): Curve {
  const { thresholds } = service;
  const limits: readonly (readonly [signal: string, service: string, limit: number, window: Duration])[] = [
    ['error-ratio', service.id, thresholds.errorRatio.above.value, '2m'],
    ['instance-error-ratio', service.id, thresholds.instanceErrorRatio.above.value, '5m'],
    ...callersOf(service, world.catalog).map(
      ({ service: caller }) =>
        ['dependency-error-ratio', caller.id, caller.thresholds.dependencyErrorRatio.above.value, '2m'] as const,
    ),
  ];
  const most = Math.min(
    ...limits.map(([signal, id, limit, usual]) => {
      const window = toSeconds(timingOf(world.project.scrapeInterval).window(usual));
      // Over a window, the share reaches its limit when so much of the trouble lies in it.
      const needed = (limit * window) / FAILING;
      const seen = needed >= LASTING ? 0 : LASTING + window - 2 * needed;
      return seen + slack(world) <= heldFor(world, signal, id) ? FAILING : (0.9 * limit * window) / LASTING;
    }),
  );
  const { errors } = healthyOf(world, service);
  const share = Math.max(errors, Math.min(FAILING, most));
  return through(['13:30', errors], ['13:30:15', share], ['13:31', share], ['13:31:15', errors]);
}

/** Requests that wait for a connection, for a minute or as long as no rule minds. */
export function passingQueue(service: Service, world: ScenarioWorld): PoolBehaviour {
  const used = Math.min(0.4, 0.6 * service.thresholds.poolUtilisation.atLeast.value);
  const lasting = Math.min(75, heldFor(world, 'pool-waiting', service.id) - 3 * slack(world));
  if (lasting < 45) return { used };
  const at = (seconds: number) => timeOf(secondsOf('13:00') + seconds);
  return { used, waiting: through([at(0), 0], [at(15), 5], [at(lasting - 15), 5], [at(lasting), 0]) };
}

/** Seconds by which scrapes make trouble look longer than it is. */
function slack({ project }: ScenarioWorld): number {
  return Math.max(15, toSeconds(project.scrapeInterval));
}

/** How long a rule waits; for ever where there is none. */
function heldFor({ rules }: ScenarioWorld, signal: string, service: string): number {
  const found = rules.filter((rule) => rule.signal === signal && rule.service === service);
  return Math.min(Number.POSITIVE_INFINITY, ...found.map((rule) => toSeconds(rule.for)));
}

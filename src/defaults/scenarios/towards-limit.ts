/** How far what happens in a scenario is from the limits of a service: which alerts may fire, and from when on. */
import { timingOf } from '../../metrics/timing.ts';
import { toSeconds } from '../../model/duration.ts';
import type { Thresholds } from '../../model/service.ts';
import { behaviourOf, readP95, type SeriesFamily, secondsOf, type TimeOfDay, valueAt } from '../../scenario/index.ts';
import { errorsAt, failedCallsAt, type Place, poolUsedAt, queryP95At, waitingAt, worstInstanceAt } from './usage.ts';

/** From this share of a limit on, chance and windows may pass it. */
export const NEAR = 0.85;
/** A limit that is passed by this much is passed for certain. */
export const SURELY = 1.04;

/**
 * How far a signal is towards its limit at a second: 1 is at it. Undefined for a signal that is none of the standard ones.
 *
 * @param sign the share of its limit at which one of the signs of degradation counts.
 */
export function towardsLimit(place: Place, signal: string, second: number, sign = 1): number | undefined {
  const { service, happening, world } = place;
  const { thresholds } = service;
  const at = { ...place, second };
  const behaviour = behaviourOf(happening, service.id);
  const latency = (time: number) =>
    readP95(valueAt(behaviour.latencyP95, time), world.project.histogramBoundaries.server);
  switch (signal) {
    case 'error-ratio':
      return errorsAt(at) / thresholds.errorRatio.above.value;
    case 'instance-error-ratio':
      return worstInstanceAt(at, 'errors') / thresholds.instanceErrorRatio.above.value;
    case 'latency-p95':
      return latency(second) / thresholds.latencyP95.above.value;
    case 'latency-regression':
      return regression(latency, at, thresholds.latencyRegression.floor.value, thresholds);
    case 'query-p95':
      return query(place, second);
    case 'pool-utilisation':
      return pool(place, second);
    case 'pool-waiting':
      return over(waitingAt(at), thresholds.poolWaiting.above.value);
    case 'dependency-error-ratio':
      return (
        Math.max(0, ...service.dependencies.map((one) => failedCallsAt(at, one))) /
        thresholds.dependencyErrorRatio.above.value
      );
    case 'cpu-utilisation':
      return worstInstanceAt(at, 'cpu') / thresholds.cpuUtilisation.above.value;
    case 'memory-utilisation':
      return worstInstanceAt(at, 'memory') / thresholds.memoryUtilisation.above.value;
    case 'degradation': {
      const slow = latency(second) / thresholds.degradation.latencyAbove.value;
      const slower = regression(latency, at, thresholds.degradation.regressionFloor.value, thresholds);
      const signs = [Math.max(slow, slower), pool(place, second), query(place, second)];
      return signs.filter((one) => one >= sign).length / thresholds.degradation.atLeast.value;
    }
    case 'traffic-ratio':
      return traffic(place, second);
    case 'telemetry-absent':
      return absence(place, second, (family) => family !== 'limits');
    case 'limit-absent':
      return absence(place, second, (family) => family === 'limits');
    case 'alert-queries':
    case 'data-source-reachable':
      return happening.outages.some((outage) => within(outage, second)) ? 2 : 0;
    case 'watchdog':
      return 0;
    default:
      return undefined;
  }
}

function over(value: number, limit: number): number {
  if (limit === 0) return value > 0 ? 2 : 0;
  return value / limit;
}

function regression(
  latency: (second: number) => number,
  { happening, second }: Place & { readonly second: number },
  floor: number,
  { latencyRegression }: Thresholds,
): number {
  const now = latency(second);
  const before = latency(secondsOf(happening.from));
  return Math.min(now / floor, now / before / latencyRegression.above.value);
}

function query(place: Place, second: number): number {
  const { service, world } = place;
  if (service.databases.length === 0) return 0;
  const p95 = readP95(queryP95At({ ...place, second }), world.project.histogramBoundaries.database);
  return p95 / service.thresholds.queryP95.above.value;
}

function pool(place: Place, second: number): number {
  const { service } = place;
  const shares = service.pools.map((one) => poolUsedAt({ ...place, second }, one));
  return Math.max(0, ...shares) / service.thresholds.poolUtilisation.atLeast.value;
}

/** Traffic is averaged over five minutes: a sudden end of it is seen step by step. */
function traffic({ service, happening, world }: Place, second: number): number {
  const curve = behaviourOf(happening, service.id).traffic;
  const before = valueAt(curve, secondsOf(happening.from));
  if (before < 1) return 0;
  const window = toSeconds(timingOf(world.project.scrapeInterval).window('5m'));
  const steps = Array.from({ length: 20 }, (_, step) => valueAt(curve, second - (step * window) / 20));
  const now = steps.reduce((sum, one) => sum + one, 0) / steps.length;
  const share = now / before;
  return share === 0 ? 2 : service.thresholds.trafficRatio.below.value / share;
}

/** Families that are missed whether or not there are requests, and are so after half the time. */
const ALWAYS: readonly SeriesFamily[] = ['server', 'cpu', 'memory', 'limits'];

function absence(
  { service, happening, world }: Place,
  second: number,
  watched: (family: SeriesFamily) => boolean,
): number {
  const { window } = timingOf(world.project.scrapeInterval);
  const missing = behaviourOf(happening, service.id).lost.filter((loss) => within(loss, second));
  return Math.max(
    0,
    ...missing.flatMap(({ families, from }) => {
      if (families !== 'all' && !families.some(watched)) return [];
      const quick = families === 'all' || families.some((family) => ALWAYS.includes(family));
      return (second - secondsOf(from)) / toSeconds(window(quick ? '5m' : '10m'));
    }),
  );
}

function within({ from, until }: { readonly from: TimeOfDay; readonly until: TimeOfDay }, second: number): boolean {
  return second >= secondsOf(from) && second < secondsOf(until);
}

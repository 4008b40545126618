/** The expressions that tell a service is getting worse before it fails. */
import type { Service } from '../model/service.ts';
import { baseline, idleZero, quantileNow, settledQuantileNow } from './guards.ts';
import { poolUtilisation } from './pools.ts';
import { group } from './promql.ts';
import type { Timing } from './timing.ts';

/** p95 now over its baseline, counted only above a floor in seconds; 0 while idle. */
export function regression(timing: Timing, { metrics: { server } }: Service, floor: number): string {
  return `((${settledQuantileNow(timing, server, 0.95)}) > ${floor}) / ${baseline(server, 0.95)}\nor ${idleZero(timing, server)}`;
}

/**
 * How many of three signs of degradation hold: latency, pool, query. One alone is noise that its own warning
 * covers; two together were certain in every shape of the incident, 22 minutes before its first error.
 */
export function degradation(timing: Timing, service: Service): string {
  const { metrics, thresholds } = service;
  const { server, database } = metrics;
  const { degradation: own, latencyRegression, poolUtilisation: pool, queryP95 } = thresholds;
  const zero = idleZero(timing, server);
  const slow = `((${quantileNow(timing, server, 0.95)}) > bool ${own.latencyAbove.value} or ${zero})`;
  const slower = `(((${settledQuantileNow(timing, server, 0.95)}) > ${own.regressionFloor.value}) / ${baseline(server, 0.95)} > bool ${latencyRegression.above.value} or ${zero})`;
  const signs = [`clamp_max(${slow}\n  + on (job) ${slower}, 1)`];
  if (service.pools.length > 0) {
    const worst = `max by (job)${group(poolUtilisation(service, { window: timing, perInstance: false }))}`;
    signs.push(`(${worst} >= bool ${pool.atLeast.value} or ${zero})`);
  }
  if (service.databases.length > 0) {
    signs.push(`((${quantileNow(timing, database, 0.95)}) > bool ${queryP95.above.value} or ${zero})`);
  }
  return signs.join('\n+ on (job) ');
}

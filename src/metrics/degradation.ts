/** The expressions that tell a service is getting worse before it fails. */
import type { HistogramBinding } from '../model/metrics.ts';
import type { Service } from '../model/service.ts';
import { databasesOf } from './databases.ts';
import { baseline, idleZero, quantileNow, settledQuantileNow } from './guards.ts';
import { identityOf, joined, narrowed, type Part } from './identity.ts';
import { limitedPools, poolBindings, poolUtilisation } from './pools.ts';
import { by, distinct, firstOf, group, on } from './promql.ts';
import type { Terms } from './timing.ts';

/** p95 now over its baseline, counted only above a floor in seconds; 0 while idle. */
export function regression(terms: Terms, latency: HistogramBinding, floor: number): string {
  return `((${settledQuantileNow(terms, latency, 0.95)}) > ${floor}) / ${baseline(terms, latency, 0.95)}\nor ${idleZero(terms, latency)}`;
}

/** Whether a second sign can be had beside latency: without one there is no signal of degradation. */
export function degrades(service: Service): boolean {
  const { server } = service.metrics;
  return server?.latency !== undefined && (limitedPools(service).length > 0 || databasesOf(service).length > 0);
}

/**
 * How many of three signs of degradation hold: latency, pool, query. One alone is noise that its own warning
 * covers; two together were certain in every shape of the incident, 22 minutes before its first error.
 */
export function degradation(terms: Terms, service: Service, latency: HistogramBinding): string {
  const { degradation: own, latencyRegression, poolUtilisation: pool, queryP95 } = service.thresholds;
  const keep = identityOf(terms, latency);
  const zero = idleZero(terms, latency);
  const slow = `((${quantileNow(terms, latency, 0.95)}) > bool ${own.latencyAbove.value} or ${zero})`;
  const slower = `(((${settledQuantileNow(terms, latency, 0.95)}) > ${own.regressionFloor.value}) / ${baseline(terms, latency, 0.95)} > bool ${latencyRegression.above.value} or ${zero})`;
  const signs: Part[] = [{ keep, text: `clamp_max(${slow}\n  + ${on(...keep)} ${slower}, 1)` }];
  if (limitedPools(service).length > 0) {
    const shared = identityOf(terms, latency, ...poolBindings(service));
    const worst = `max ${by(...shared)}${group(poolUtilisation(terms, service, { window: 'alert', perInstance: false }))}`;
    signs.push({
      keep: shared,
      text: `(${worst} >= bool ${pool.atLeast.value} or ${idleZero(terms, latency, shared)})`,
    });
  }
  const databases = databasesOf(service);
  if (databases.length > 0) {
    const histograms = databases.map(({ latency: histogram }) => histogram);
    const shared = identityOf(terms, latency, ...histograms);
    const slowest = histograms.map((one) => narrowed(quantileNow(terms, one, 0.95), identityOf(terms, one), shared));
    const worst =
      slowest.length === 1 ? (slowest[0] ?? '') : `max ${by(...shared)}(${firstOf(...slowest.map(distinct))})`;
    signs.push({
      keep: shared,
      text: `((${worst}) > bool ${queryP95.above.value} or ${idleZero(terms, latency, shared)})`,
    });
  }
  return signs.reduce((sum, sign) => joined(sum, '+', sign)).text;
}

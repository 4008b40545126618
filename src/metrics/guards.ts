/**
 * The parts that alert expressions are composed of. Every one is 0, or silent, when all is well or idle, and empty
 * only when telemetry is missing. The guards keep a single slow or failed request at night from paging, and are
 * measured: docs/alerting.md lists what happens without each.
 */

import { type Duration, toSeconds } from '../model/duration.ts';
import type { HistogramBinding, Matcher } from '../model/metrics.ts';
import { buckets, counts, increase, infiniteBucket, observed, quantile, rate } from './histogram.ts';
import { by, firstOf } from './promql.ts';

/** Requests in two minutes above which the short window is trusted: 400 make 5 % twenty failures. */
const BUSY = 400;
/** Failures in five minutes below which a quiet service's ratio says nothing. */
const FEW_FAILURES = 5;
/** Observations below which a 95th percentile is a single slow request: 50 leave two above it. */
const FEW_OBSERVATIONS = 50;
/**
 * Observations for a 95th percentile that pages by itself, without a second sign. Measured on days of chance with one
 * slow request in fifty: 50 of them fired on seven of eight quiet days, 100 on four, 200 on none.
 */
const ENOUGH_OBSERVATIONS = 200;

/** 0 for every kept label set that has telemetry: what an expression is while nothing happens. */
export function idleZero(histogram: HistogramBinding, window: Duration): string {
  return `0 * sum by (job)(rate(${infiniteBucket(histogram)}[${window}]))`;
}

/**
 * The share of failed requests. A busy service answers within two minutes; a quiet one over five, and only with
 * five failures or more.
 */
export function guardedRatio(histogram: HistogramBinding, failed: Matcher, keep: readonly string[] = ['job']): string {
  const on = `on (${keep.join(', ')})`;
  const share = (window: Duration) =>
    `${rate(histogram, { window, keep, only: [failed] })} / ${rate(histogram, { window, keep })}`;
  const { busy, failing } = ratioGuards(histogram, failed, keep);
  return firstOf(
    `(${share('2m')} and ${on} ${busy})`,
    `(${share('5m')} and ${on} ${failing} unless ${on} ${busy})`,
    `0 * ${rate(histogram, { window: '5m', keep })}`,
  );
}

/** Under which a ratio is trusted over two minutes, and over five. */
function ratioGuards(histogram: HistogramBinding, failed: Matcher, keep: readonly string[]) {
  return {
    busy: `${increase(histogram, { window: '2m', keep })} >= ${BUSY}`,
    failing: `${increase(histogram, { window: '5m', keep, only: [failed] })} >= ${FEW_FAILURES}`,
  };
}

/**
 * How far a guarded ratio looks back, in seconds; nothing where its guard hides a ratio above the limit, or where
 * nobody asked for anything.
 */
export function lookBackOfRatio(histogram: HistogramBinding, failed: Matcher, limit: number): string {
  const { busy, failing } = ratioGuards(histogram, failed, ['job']);
  const all = increase(histogram, { window: '5m' });
  const above = `${increase(histogram, { window: '5m', only: [failed] })} > ${limit} * ${all}`;
  return firstOf(
    `0 * (${busy}) + ${toSeconds('2m')}`,
    `0 * (${failing}) + ${toSeconds('5m')}`,
    `0 * (${all} > 0 unless ${above}) + ${toSeconds('5m')}`,
  );
}

/** The 95th percentile over five minutes, over thirty where five hold too few observations, else 0. */
export function guardedQuantile(histogram: HistogramBinding, q: number): string {
  const over = (window: Duration) =>
    `(${quantile(histogram, q, { window })} and on (job) ${enoughObserved(histogram, window)})`;
  const alive = `sum by (job)(rate(${infiniteBucket(histogram)}[5m]))`;
  return firstOf(`(${over('5m')} or ${over('30m')}) and on (job) ${alive}`, `0 * ${alive}`);
}

/** Under which a quantile is trusted over a window. */
function enoughObserved(histogram: HistogramBinding, window: Duration): string {
  return `${observed(histogram, { window })} >= ${ENOUGH_OBSERVATIONS}`;
}

/** How far a guarded quantile looks back, in seconds; nothing where its guard is closed and it reads 0. */
export function lookBackOfQuantile(histogram: HistogramBinding): string {
  return firstOf(
    ...(['5m', '30m'] as const).map((window) => `0 * (${enoughObserved(histogram, window)}) + ${toSeconds(window)}`),
  );
}

/** The 95th percentile of the last two minutes, where there is enough to judge; else nothing. */
export function quantileNow(histogram: HistogramBinding, q: number): string {
  return `${quantile(histogram, q, { window: '2m' })} and on (job) ${observed(histogram, { window: '2m' })} >= ${FEW_OBSERVATIONS}`;
}

/** The same without series younger than five minutes: cold starts and rollouts stay silent. */
export function settledQuantileNow(histogram: HistogramBinding, q: number): string {
  const settled = `rate(${buckets(histogram)}[2m]) and ${buckets(histogram)} offset 5m`;
  return `histogram_quantile(${q}, sum by (job, le)(${settled})) and on (job) ${observed(histogram, { window: '2m' })} >= ${2 * FEW_OBSERVATIONS}`;
}

/**
 * What the quantile normally is: the lower of one and two hours ago, so that an hour-long incident does not become
 * its own baseline, but not under yesterday's at this time, so that a daily peak is no regression.
 */
export function baseline(histogram: HistogramBinding, q: number): string {
  const ago = (window: Duration, offset: string) =>
    `${quantile(histogram, q, { window, offset })} and on (job) ${observed(histogram, { window, offset })} >= ${FEW_OBSERVATIONS}`;
  const lately = lowest(ago('30m', '1h'), ago('30m', '2h'));
  return `max by (job)(label_replace(${lately}, "o", "h", "", "") or label_replace(${ago('1h', '23h30m')}, "o", "d", "", ""))`;
}

/** The lower of two expressions, or the one that has a value. */
export function lowest(first: string, second: string): string {
  return `min by (job)(label_replace(${first}, "o", "1", "", "") or label_replace(${second}, "o", "2", "", ""))`;
}

/** The instance that fails most, of those with ten failures or more: one bad among many good. */
export function worstInstanceRatio(histogram: HistogramBinding, failed: Matcher): string {
  const keep = ['job', 'instance'];
  const share = `${rate(histogram, { window: '5m', keep, only: [failed] })} / ${rate(histogram, { window: '5m', keep })}`;
  const enough = `${increase(histogram, { window: '5m', keep, only: [failed] })} >= ${2 * FEW_FAILURES}`;
  return firstOf(`max by (job)(${share} and on (job, instance) ${enough})`, `0 * ${rate(histogram, { window: '5m' })}`);
}

/** Requests a second over those of the last two hours (the lower), 1 where there were hardly any. */
export function trafficRatio(histogram: HistogramBinding): string {
  const before = (offset: string) => rate(histogram, { window: '30m', offset });
  const now = rate(histogram, { window: '5m' });
  return [
    `(${now} / (${lowest(before('1h'), before('2h'))} >= 1)`,
    `or 0 * ${now} + 1) and on (job) ${rate(histogram, { window: '2m' })}`,
  ].join('\n');
}

/**
 * 1 for a family whose series are missing, else 0. `whileBusy` counts only with requests to serve: a service that
 * nobody calls queries nothing.
 */
export function familyAbsent(family: string, selector: string, whileBusy?: HistogramBinding): string {
  const absent = `max(absent_over_time(${selector}[${whileBusy === undefined ? '5m' : '10m'}]) or vector(0))`;
  const busy = whileBusy === undefined ? '' : ` * (sum(increase(${counts(whileBusy)}[10m])) > bool 50 or vector(0))`;
  return `label_replace(${absent}${busy}, "family", "${family}", "", "")`;
}

/** An average of a gauge over two minutes, the last value where scrapes are missing. */
export function steady(selector: string, keep: readonly string[]): string {
  return `(sum ${by(...keep)}(avg_over_time(${selector}[2m])) or sum ${by(...keep)}(last_over_time(${selector}[5m])))`;
}

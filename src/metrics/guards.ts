/**
 * The parts that alert expressions are composed of. Every one is 0, or silent, when all is well or idle, and empty
 * only when telemetry is missing. The guards keep a single slow or failed request at night from paging, and are
 * measured: docs/alerting.md lists what happens without each.
 */

import { type Duration, toDuration, toSeconds } from '../model/duration.ts';
import type { HistogramBinding, Matcher } from '../model/metrics.ts';
import { buckets, counts, increase, infiniteBucket, observed, quantile, rate } from './histogram.ts';
import { by, firstOf } from './promql.ts';
import type { Timing } from './timing.ts';

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
export function idleZero(timing: Timing, histogram: HistogramBinding): string {
  return `0 * sum by (job)(rate(${infiniteBucket(histogram)}[${timing.window('2m')}]))`;
}

/**
 * The share of failed requests. A busy service answers within two minutes; a quiet one over five, and only with
 * five failures or more.
 */
export function guardedRatio(
  timing: Timing,
  histogram: HistogramBinding,
  failed: Matcher,
  keep: readonly string[] = ['job'],
): string {
  const on = `on (${keep.join(', ')})`;
  const share = (window: Duration) =>
    `${rate(histogram, { window, keep, only: [failed] })} / ${rate(histogram, { window, keep })}`;
  const { busy, failing } = ratioGuards(timing, histogram, failed, keep);
  const [short, long] = [timing.window('2m'), timing.window('5m')];
  return firstOf(
    `(${share(short)} and ${on} ${busy})`,
    `(${share(long)} and ${on} ${failing} unless ${on} ${busy})`,
    `0 * ${rate(histogram, { window: long, keep })}`,
  );
}

/** Under which a ratio is trusted over two minutes, and over five. */
function ratioGuards(timing: Timing, histogram: HistogramBinding, failed: Matcher, keep: readonly string[]) {
  const failures = increase(histogram, { window: timing.window('5m'), keep, only: [failed] });
  return {
    busy: `${increase(histogram, { window: timing.window('2m'), keep })} >= ${timing.count(BUSY, '2m')}`,
    failing: `${failures} >= ${timing.count(FEW_FAILURES, '5m')}`,
  };
}

/**
 * How far a guarded ratio looks back, in seconds; nothing where its guard hides a ratio above the limit, or where
 * nobody asked for anything.
 */
export function lookBackOfRatio(timing: Timing, histogram: HistogramBinding, failed: Matcher, limit: number): string {
  const { busy, failing } = ratioGuards(timing, histogram, failed, ['job']);
  const [short, long] = [timing.window('2m'), timing.window('5m')];
  const all = increase(histogram, { window: long });
  const above = `${increase(histogram, { window: long, only: [failed] })} > ${limit} * ${all}`;
  return firstOf(
    `0 * (${busy}) + ${toSeconds(short)}`,
    `0 * (${failing}) + ${toSeconds(long)}`,
    `0 * (${all} > 0 unless ${above}) + ${toSeconds(long)}`,
  );
}

/** The 95th percentile over five minutes, over thirty where five hold too few observations, else 0. */
export function guardedQuantile(timing: Timing, histogram: HistogramBinding, q: number): string {
  const over = (usual: Duration) =>
    `(${quantile(histogram, q, { window: timing.window(usual) })} and on (job) ${enoughObserved(timing, histogram, usual)})`;
  const alive = `sum by (job)(rate(${infiniteBucket(histogram)}[${timing.window('5m')}]))`;
  return firstOf(`(${over('5m')} or ${over('30m')}) and on (job) ${alive}`, `0 * ${alive}`);
}

/** Under which a quantile is trusted over a window. */
function enoughObserved(timing: Timing, histogram: HistogramBinding, usual: Duration): string {
  return `${observed(histogram, { window: timing.window(usual) })} >= ${timing.count(ENOUGH_OBSERVATIONS, usual)}`;
}

/** How far a guarded quantile looks back, in seconds; nothing where its guard is closed and it reads 0. */
export function lookBackOfQuantile(timing: Timing, histogram: HistogramBinding): string {
  return firstOf(
    ...(['5m', '30m'] as const).map(
      (usual) => `0 * (${enoughObserved(timing, histogram, usual)}) + ${toSeconds(timing.window(usual))}`,
    ),
  );
}

/** The 95th percentile of the last two minutes, where there is enough to judge; else nothing. */
export function quantileNow(timing: Timing, histogram: HistogramBinding, q: number): string {
  const window = timing.window('2m');
  return `${quantile(histogram, q, { window })} and on (job) ${observed(histogram, { window })} >= ${timing.count(FEW_OBSERVATIONS, '2m')}`;
}

/** The same without series younger than five minutes: cold starts and rollouts stay silent. */
export function settledQuantileNow(timing: Timing, histogram: HistogramBinding, q: number): string {
  const window = timing.window('2m');
  // Three minutes before the window began, whatever its length.
  const settled = `rate(${buckets(histogram)}[${window}]) and ${buckets(histogram)} offset ${toDuration(toSeconds(window) + toSeconds('3m'))}`;
  return `histogram_quantile(${q}, sum by (job, le)(${settled})) and on (job) ${observed(histogram, { window })} >= ${timing.count(2 * FEW_OBSERVATIONS, '2m')}`;
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
export function worstInstanceRatio(timing: Timing, histogram: HistogramBinding, failed: Matcher): string {
  const keep = ['job', 'instance'];
  const window = timing.window('5m');
  const share = `${rate(histogram, { window, keep, only: [failed] })} / ${rate(histogram, { window, keep })}`;
  const enough = `${increase(histogram, { window, keep, only: [failed] })} >= ${timing.count(2 * FEW_FAILURES, '5m')}`;
  return firstOf(`max by (job)(${share} and on (job, instance) ${enough})`, `0 * ${rate(histogram, { window })}`);
}

/** Requests a second over those of the last two hours (the lower), 1 where there were hardly any. */
export function trafficRatio(timing: Timing, histogram: HistogramBinding): string {
  const before = (offset: string) => rate(histogram, { window: '30m', offset });
  const now = rate(histogram, { window: timing.window('5m') });
  return [
    `(${now} / (${lowest(before('1h'), before('2h'))} >= 1)`,
    `or 0 * ${now} + 1) and on (job) ${rate(histogram, { window: timing.window('2m') })}`,
  ].join('\n');
}

/**
 * 1 for a family whose series are missing, else 0. `whileBusy` counts only with requests to serve: a service that
 * nobody calls queries nothing.
 */
export function familyAbsent(timing: Timing, family: string, selector: string, whileBusy?: HistogramBinding): string {
  const window = timing.window(whileBusy === undefined ? '5m' : '10m');
  const absent = `max(absent_over_time(${selector}[${window}]) or vector(0))`;
  const busy =
    whileBusy === undefined ? '' : ` * (sum(increase(${counts(whileBusy)}[${window}])) > bool 50 or vector(0))`;
  return `label_replace(${absent}${busy}, "family", "${family}", "", "")`;
}

/** An average of a gauge over two minutes, the last value where scrapes are missing. */
export function steady(timing: Timing, selector: string, keep: readonly string[]): string {
  const [averaged, last] = [timing.window('2m'), timing.window('5m')];
  return `(sum ${by(...keep)}(avg_over_time(${selector}[${averaged}])) or sum ${by(...keep)}(last_over_time(${selector}[${last}])))`;
}

/**
 * The parts that alert expressions are composed of. Every one is 0, or silent, when all is well or idle, and empty
 * only when telemetry is missing. The guards keep a single slow or failed request at night from paging, and are
 * measured: docs/alerting.md lists what happens without each. Each counts for one identity: a quiet region is never
 * trusted because a busy one is.
 */

import { type Duration, toDuration, toSeconds } from '../model/duration.ts';
import type { HistogramBinding } from '../model/metrics.ts';
import { observed, observedRate, quantile } from './histogram.ts';
import { identityOf } from './identity.ts';
import { by, firstOf, on } from './promql.ts';
import { bindingOf, type Counted, increase, type Judged, rate } from './requests.ts';
import type { Terms } from './timing.ts';

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

/** 0 for every identity that has telemetry: what an expression is while nothing happens. */
export function idleZero(terms: Terms, histogram: HistogramBinding, keep = identityOf(terms, histogram)): string {
  return `0 * ${observedRate(histogram, { window: terms.window('2m'), keep })}`;
}

function judgedIdentity(terms: Terms, { all, failed }: Judged): readonly string[] {
  return identityOf(terms, bindingOf(all), bindingOf(failed));
}

/**
 * The share of failed requests. A busy service answers within two minutes; a quiet one over five, and only with
 * five failures or more.
 *
 * @param apart labels that are judged on their own, besides the identity. @example ['server_address']
 */
export function guardedRatio(terms: Terms, judged: Judged, apart: readonly string[] = []): string {
  const keep = [...judgedIdentity(terms, judged), ...apart];
  const joined = on(...keep);
  const share = (window: Duration) =>
    `${rate(judged.failed, { window, keep })} / ${rate(judged.all, { window, keep })}`;
  const { busy, failing } = ratioGuards(terms, judged, keep);
  const [short, long] = [terms.window('2m'), terms.window('5m')];
  return firstOf(
    `(${share(short)} and ${joined} ${busy})`,
    `(${share(long)} and ${joined} ${failing} unless ${joined} ${busy})`,
    `0 * ${rate(judged.all, { window: long, keep })}`,
  );
}

/** Under which a ratio is trusted over two minutes, and over five. */
function ratioGuards(terms: Terms, { all, failed }: Judged, keep: readonly string[]) {
  return {
    busy: `${increase(all, { window: terms.window('2m'), keep })} >= ${terms.count(BUSY, '2m')}`,
    failing: `${increase(failed, { window: terms.window('5m'), keep })} >= ${terms.count(FEW_FAILURES, '5m')}`,
  };
}

/**
 * How far a guarded ratio looks back, in seconds, for each identity; nothing where its guard hides a ratio above the
 * limit, or where nobody asked for anything.
 */
export function lookBackOfRatio(terms: Terms, judged: Judged, limit: number): string {
  const keep = judgedIdentity(terms, judged);
  const { busy, failing } = ratioGuards(terms, judged, keep);
  const [short, long] = [terms.window('2m'), terms.window('5m')];
  const all = increase(judged.all, { window: long, keep });
  const above = `${increase(judged.failed, { window: long, keep })} > ${limit} * ${all}`;
  return firstOf(
    `0 * (${busy}) + ${toSeconds(short)}`,
    `0 * (${failing}) + ${toSeconds(long)}`,
    `0 * (${all} > 0 unless ${above}) + ${toSeconds(long)}`,
  );
}

/** The 95th percentile over five minutes, over thirty where five hold too few observations, else 0. */
export function guardedQuantile(
  terms: Terms,
  histogram: HistogramBinding,
  q: number,
  apart: readonly string[] = [],
): string {
  const keep = [...identityOf(terms, histogram), ...apart];
  const joined = on(...keep);
  const over = (usual: Duration) =>
    `(${quantile(histogram, q, { window: terms.window(usual), keep })} and ${joined} ${enoughObserved(terms, histogram, usual, keep)})`;
  const alive = observedRate(histogram, { window: terms.window('5m'), keep });
  return firstOf(`(${over('5m')} or ${over('30m')}) and ${joined} ${alive}`, `0 * ${alive}`);
}

/** Under which a quantile is trusted over a window. */
function enoughObserved(terms: Terms, histogram: HistogramBinding, usual: Duration, keep: readonly string[]): string {
  return `${observed(histogram, { window: terms.window(usual), keep })} >= ${terms.count(ENOUGH_OBSERVATIONS, usual)}`;
}

/** How far a guarded quantile looks back, in seconds; nothing where its guard is closed and it reads 0. */
export function lookBackOfQuantile(terms: Terms, histogram: HistogramBinding): string {
  const keep = identityOf(terms, histogram);
  return firstOf(
    ...(['5m', '30m'] as const).map(
      (usual) => `0 * (${enoughObserved(terms, histogram, usual, keep)}) + ${toSeconds(terms.window(usual))}`,
    ),
  );
}

/** The 95th percentile of the last two minutes, where there is enough to judge; else nothing. */
export function quantileNow(terms: Terms, histogram: HistogramBinding, q: number): string {
  const keep = identityOf(terms, histogram);
  const window = terms.window('2m');
  return `${quantile(histogram, q, { window, keep })} and ${on(...keep)} ${observed(histogram, { window, keep })} >= ${terms.count(FEW_OBSERVATIONS, '2m')}`;
}

/** The same without series younger than five minutes: cold starts and rollouts stay silent. */
export function settledQuantileNow(terms: Terms, histogram: HistogramBinding, q: number): string {
  const keep = identityOf(terms, histogram);
  const window = terms.window('2m');
  // Three minutes before the window began, whatever its length.
  const since = `offset ${toDuration(toSeconds(window) + toSeconds('3m'))}`;
  const now = quantile(histogram, q, { window, keep, settled: since });
  return `${now} and ${on(...keep)} ${observed(histogram, { window, keep })} >= ${terms.count(2 * FEW_OBSERVATIONS, '2m')}`;
}

/**
 * What the quantile normally is: the lower of one and two hours ago, so that an hour-long incident does not become
 * its own baseline, but not under yesterday's at this time, so that a daily peak is no regression.
 */
export function baseline(terms: Terms, histogram: HistogramBinding, q: number): string {
  const keep = identityOf(terms, histogram);
  const ago = (window: Duration, offset: string) =>
    `${quantile(histogram, q, { window, keep, offset })} and ${on(...keep)} ${observed(histogram, { window, keep, offset })} >= ${FEW_OBSERVATIONS}`;
  const lately = lowest(keep, ago('30m', '1h'), ago('30m', '2h'));
  return `max ${by(...keep)}(label_replace(${lately}, "o", "h", "", "") or label_replace(${ago('1h', '23h30m')}, "o", "d", "", ""))`;
}

/** The lower of two expressions, or the one that has a value. */
export function lowest(keep: readonly string[], first: string, second: string): string {
  return `min ${by(...keep)}(label_replace(${first}, "o", "1", "", "") or label_replace(${second}, "o", "2", "", ""))`;
}

/** The instance that fails most, of those with ten failures or more: one bad among many good. */
export function worstInstanceRatio(terms: Terms, judged: Judged): string {
  const identity = judgedIdentity(terms, judged);
  const keep = [...identity, 'instance'];
  const window = terms.window('5m');
  const share = `${rate(judged.failed, { window, keep })} / ${rate(judged.all, { window, keep })}`;
  const enough = `${increase(judged.failed, { window, keep })} >= ${terms.count(2 * FEW_FAILURES, '5m')}`;
  return firstOf(
    `max ${by(...identity)}(${share} and ${on(...keep)} ${enough})`,
    `0 * ${rate(judged.all, { window, keep: identity })}`,
  );
}

/** Requests a second over those of the last two hours (the lower), 1 where there were hardly any. */
export function trafficRatio(terms: Terms, all: Counted): string {
  const keep = identityOf(terms, bindingOf(all));
  const before = (offset: string) => rate(all, { window: '30m', keep, offset });
  const now = rate(all, { window: terms.window('5m'), keep });
  return [
    `(${now} / (${lowest(keep, before('1h'), before('2h'))} >= 1)`,
    `or 0 * ${now} + 1) and ${on(...keep)} ${rate(all, { window: terms.window('2m'), keep })}`,
  ].join('\n');
}

/** An average of a gauge over two minutes, the last value where scrapes are missing. */
export function steady(terms: Terms, selector: string, keep: readonly string[]): string {
  const [averaged, last] = [terms.window('2m'), terms.window('5m')];
  return `(sum ${by(...keep)}(avg_over_time(${selector}[${averaged}])) or sum ${by(...keep)}(last_over_time(${selector}[${last}])))`;
}

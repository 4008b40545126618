/** How latency histograms are read, classic and native ones, in whatever unit they were recorded. */
import type { HistogramBinding, Matcher } from '../model/metrics.ts';
import { matcher, select, sumBy } from './promql.ts';
import type { Reading } from './requests.ts';

function isNative({ buckets: bounds }: HistogramBinding): boolean {
  return bounds === 'native';
}

/**
 * The series of which quantiles are made: of a classic histogram the bucket that holds every observation. It counts
 * like `_count`, and unlike `_count` it is missing when the agent records no buckets (Micrometer's default), so that
 * quantiles read as absent and not as 0.
 */
export function observations(histogram: HistogramBinding, extra: readonly Matcher[] = []): string {
  return isNative(histogram) ? buckets(histogram, extra) : buckets(histogram, [...extra, matcher('le', '=', '+Inf')]);
}

/** The bucket series; of a native histogram its one series. */
export function buckets(histogram: HistogramBinding, extra: readonly Matcher[] = []): string {
  return select(isNative(histogram) ? histogram.name : `${histogram.name}_bucket`, [...histogram.matchers, ...extra]);
}

/** The series that count observations; of a native histogram its one series, see `countOf`. */
export function counts(histogram: HistogramBinding, extra: readonly Matcher[] = []): string {
  return select(isNative(histogram) ? histogram.name : `${histogram.name}_count`, [...histogram.matchers, ...extra]);
}

/** The count that an aggregation of a histogram holds. */
export function countOf(histogram: HistogramBinding, aggregated: string): string {
  return isNative(histogram) ? `histogram_count(${aggregated})` : aggregated;
}

/** Observations in the window, of which quantiles can be made. */
export function observed(histogram: HistogramBinding, reading: Reading): string {
  return countOf(histogram, summed('increase', observations(histogram, reading.only), reading));
}

/** The same, a second. */
export function observedRate(histogram: HistogramBinding, reading: Reading): string {
  return countOf(histogram, summed('rate', observations(histogram, reading.only), reading));
}

/**
 * A quantile in seconds, without a guard: what panels show.
 *
 * @example quantile(binding, 0.95, { window: '$__rate_interval', keep: ['job'] })
 */
export function quantile(
  histogram: HistogramBinding,
  q: number,
  {
    settled,
    ...reading
  }: Reading & { /** Only series that were there before. @example 'offset 5m' */ readonly settled?: string },
): string {
  const keep = isNative(histogram) ? reading.keep : [...reading.keep, 'le'];
  const selector = buckets(histogram, reading.only);
  const rates = summed(
    'rate',
    selector,
    { ...reading, keep },
    settled === undefined ? '' : ` and ${selector} ${settled}`,
  );
  return inSeconds(histogram, `histogram_quantile(${q}, ${rates})`);
}

/** Seconds that were spent, a second: the observations that are under way at once, by Little's law. */
export function secondsSpent(histogram: HistogramBinding, reading: Reading): string {
  const { name, matchers } = histogram;
  const selector = select(isNative(histogram) ? name : `${name}_sum`, [...matchers, ...(reading.only ?? [])]);
  const rates = summed('rate', selector, reading);
  return inSeconds(histogram, isNative(histogram) ? `histogram_sum(${rates})` : rates);
}

function inSeconds({ unit }: HistogramBinding, expression: string): string {
  return unit === 'ms' ? `${expression} / 1000` : expression;
}

function summed(how: 'rate' | 'increase', selector: string, { window, keep, offset }: Reading, and = ''): string {
  return `${sumBy(keep)}(${how}(${selector}[${window}]${offset === undefined ? '' : ` offset ${offset}`})${and})`;
}

import type { HistogramBinding, Matcher } from '../model/metrics.ts';
import { by, matcher, select, type Window } from './promql.ts';

/**
 * The series of the bucket that holds every observation. It counts like `_count`, and unlike `_count` it is missing
 * when the agent records no buckets (Micrometer's default), so that quantiles read as absent and not as 0.
 */
export function infiniteBucket(histogram: HistogramBinding, extra: readonly Matcher[] = []): string {
  return select(`${histogram.name}_bucket`, [...histogram.matchers, ...extra, matcher('le', '=', '+Inf')]);
}

/** The bucket series. */
export function buckets(histogram: HistogramBinding, extra: readonly Matcher[] = []): string {
  return select(`${histogram.name}_bucket`, [...histogram.matchers, ...extra]);
}

/** The series that count observations. */
export function counts(histogram: HistogramBinding, extra: readonly Matcher[] = []): string {
  return select(`${histogram.name}_count`, [...histogram.matchers, ...extra]);
}

/** The series that add the observed seconds up. */
export function sums(histogram: HistogramBinding, extra: readonly Matcher[] = []): string {
  return select(`${histogram.name}_sum`, [...histogram.matchers, ...extra]);
}

/** How a histogram is read: over which window, kept apart by which labels, of which series. */
export interface Reading {
  readonly window: Window;
  /** Labels to keep. Default: `job`. */
  readonly keep?: readonly string[];
  readonly only?: readonly Matcher[];
  /** An `offset`, such as `1h`. */
  readonly offset?: string;
}

/** Observations a second. */
export function rate(histogram: HistogramBinding, { window, keep = ['job'], only = [], offset }: Reading): string {
  return `sum ${by(...keep)}(rate(${counts(histogram, only)}[${window}]${at(offset)}))`;
}

/** Observations in the window. */
export function increase(histogram: HistogramBinding, { window, keep = ['job'], only = [] }: Reading): string {
  return `sum ${by(...keep)}(increase(${counts(histogram, only)}[${window}]))`;
}

/** Observations in the window that fell into buckets. */
export function observed(histogram: HistogramBinding, { window, keep = ['job'], only = [], offset }: Reading): string {
  return `sum ${by(...keep)}(increase(${infiniteBucket(histogram, only)}[${window}]${at(offset)}))`;
}

/**
 * A quantile in seconds, without a guard: what panels show.
 *
 * @example quantile(binding, 0.95, { window: '$__rate_interval' })
 */
export function quantile(
  histogram: HistogramBinding,
  q: number,
  { window, keep = ['job'], only = [], offset }: Reading,
): string {
  return `histogram_quantile(${q}, sum ${by(...keep, 'le')}(rate(${buckets(histogram, only)}[${window}]${at(offset)})))`;
}

/** The share of observations that match `failed`; nothing where none was made, 0 where none failed. */
export function ratio(
  histogram: HistogramBinding,
  failed: Matcher,
  { window, keep = ['job'], only = [] }: Reading,
): string {
  const all = rate(histogram, { window, keep, only });
  return `(${rate(histogram, { window, keep, only: [...only, failed] })} or 0 * ${all}) / ${all}`;
}

function at(offset: string | undefined): string {
  return offset === undefined ? '' : ` offset ${offset}`;
}

/** What counts requests and their failures, whichever metrics an exporter keeps them in. */
import type { FailureCount, HistogramBinding, Matcher, RequestBinding, SeriesBinding } from '../model/metrics.ts';
import { countOf, counts } from './histogram.ts';
import { series, sumBy, type Window } from './promql.ts';

/** Series that count, of a counter or of a histogram. */
export interface Counted {
  readonly in: { readonly counter: SeriesBinding } | { readonly histogram: HistogramBinding };
  /** What the counted ones have in common, such as that they failed. */
  readonly where?: Matcher;
}

/** How counts are read: over which window, kept apart by which labels, of which series. */
export interface Reading {
  readonly window: Window;
  /** Labels to keep. */
  readonly keep: readonly string[];
  readonly only?: readonly Matcher[];
  /** An `offset`, such as `1h`. */
  readonly offset?: string;
}

/**
 * The common case: one histogram counts the requests and times them, and a matcher finds those that failed.
 *
 * @example countedByLatency({ name: 'http_request_duration_seconds', matchers: ['job="a"'] }, 'code=~"5.."')
 */
export function countedByLatency(latency: HistogramBinding, failed: Matcher): Required<RequestBinding> {
  return { requests: { countOf: 'latency' }, failures: { where: failed }, latency };
}

/** All requests of a binding. */
export function requestsOf({ requests, latency }: RequestBinding): Counted {
  if ('counter' in requests) return { in: requests };
  // Validation refuses a binding that counts a histogram it does not have.
  return { in: { histogram: latency ?? { name: '', matchers: [] } } };
}

/** Those that failed, of a binding that tells them apart. */
export function failuresOf(binding: RequestBinding, failures: FailureCount): Counted {
  return 'counter' in failures ? { in: failures } : { ...requestsOf(binding), where: failures.where };
}

/** Requests, and which of them failed. */
export interface Judged {
  readonly all: Counted;
  readonly failed: Counted;
}

/** Requests, and which of them failed; nothing where a binding does not tell. */
export function judgedOf(binding: RequestBinding): Judged | undefined {
  if (binding.failures === undefined) return undefined;
  return { all: requestsOf(binding), failed: failuresOf(binding, binding.failures) };
}

/** The binding that counts, for its name, its matchers and the dimensions it lacks. */
export function bindingOf(counted: Counted): SeriesBinding {
  return 'counter' in counted.in ? counted.in.counter : counted.in.histogram;
}

/** The series themselves. */
export function countedSeries(counted: Counted, extra: readonly Matcher[] = []): string {
  const matchers = [...extra, ...(counted.where === undefined ? [] : [counted.where])];
  return 'counter' in counted.in ? series(counted.in.counter, matchers) : counts(counted.in.histogram, matchers);
}

/** How many a second. */
export function rate(counted: Counted, reading: Reading): string {
  return read('rate', counted, reading);
}

/** How many in the window. */
export function increase(counted: Counted, reading: Reading): string {
  return read('increase', counted, reading);
}

function read(how: 'rate' | 'increase', counted: Counted, { window, keep, only = [], offset }: Reading): string {
  const at = offset === undefined ? '' : ` offset ${offset}`;
  const summed = `${sumBy(keep)}(${how}(${countedSeries(counted, only)}[${window}]${at}))`;
  return 'counter' in counted.in ? summed : countOf(counted.in.histogram, summed);
}

/** The share that failed; nothing where none was made, 0 where none failed. */
export function ratio(all: Counted, failed: Counted, { window, keep, only = [] }: Reading): string {
  const total = rate(all, { window, keep, only });
  return `(${rate(failed, { window, keep, only })} or 0 * ${total}) / ${total}`;
}

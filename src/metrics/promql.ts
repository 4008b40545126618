import type { Duration } from '../model/duration.ts';
import type { Matcher, SeriesBinding } from '../model/metrics.ts';

/** The range of a range selector: fixed in rules, Grafana's variables in panels. */
export type Window = Duration | '$__rate_interval' | '$__range';

/**
 * One label matcher with its value escaped.
 *
 * @example matcher('job', '=', 'acme/payments') // 'job="acme/payments"'
 */
export function matcher(label: string, operator: '=' | '!=' | '=~' | '!~', value: string): Matcher {
  return `${label}${operator}"${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`;
}

/** A series selector. @example select('up', ['job="a"']) // 'up{job="a"}' */
export function select(name: string, matchers: readonly Matcher[]): string {
  return `${name}{${matchers.join(',')}}`;
}

/** Selects the series of a binding, with further matchers. */
export function series(binding: SeriesBinding, extra: readonly Matcher[] = []): string {
  return select(binding.name, [...binding.matchers, ...extra]);
}

/** Labels that an aggregation keeps. @example by('job', 'le') // 'by (job, le)' */
export function by(...labels: string[]): string {
  return `by (${labels.join(', ')})`;
}

/** Alternatives, the first that has a value wins, one a line. */
export function firstOf(...alternatives: string[]): string {
  return alternatives.join('\nor ');
}

/** Copies a label under another name, so that rules of every profile carry the same labels. */
export function rename(expression: string, from: string, to: string): string {
  return from === to ? expression : `label_replace(${expression}, "${to}", "$1", "${from}", "(.*)")`;
}

/** Parentheses, and the lines between them indented. */
export function group(expression: string): string {
  return expression.includes('\n') ? `(\n  ${expression.replace(/\n/g, '\n  ')}\n)` : `(${expression})`;
}

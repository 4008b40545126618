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
  return `${labelName(label)}${operator}${text(value)}`;
}

/** A series selector. @example select('up', ['job="a"']) // 'up{job="a"}' */
export function select(name: string, matchers: readonly Matcher[]): string {
  return /^[A-Za-z_:][\w:]*$/.test(name)
    ? `${name}{${matchers.join(',')}}`
    : // Prometheus 3 takes any name, where it stands among the matchers.
      `{${[text(name), ...matchers].join(',')}}`;
}

/** A label as PromQL takes it: in quotation marks where it has other signs. @example labelName('http.route') // '"http.route"' */
export function labelName(label: string): string {
  return /^[A-Za-z_]\w*$/.test(label) ? label : text(label);
}

function text(value: string): string {
  return `"${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`;
}

/** Selects the series of a binding, with further matchers. */
export function series(binding: SeriesBinding, extra: readonly Matcher[] = []): string {
  return select(binding.name, [...binding.matchers, ...extra]);
}

/** Labels that an aggregation keeps. @example by('job', 'le') // 'by (job, le)' */
export function by(...labels: readonly string[]): string {
  return `by (${labels.map(labelName).join(', ')})`;
}

/** The sum by labels; of everything where there are none. @example sumBy([]) // 'sum' */
export function sumBy(labels: readonly string[]): string {
  return labels.length === 0 ? 'sum' : `sum ${by(...labels)}`;
}

/** Labels that two sides are joined by. @example on('job', 'region') // 'on (job, region)' */
export function on(...labels: readonly string[]): string {
  return `on (${labels.map(labelName).join(', ')})`;
}

/** The most alternatives in a row: the parser of the validation gives up after some 150 of them. */
const IN_A_ROW = 100;

/** Alternatives, the first that has a value wins, one a line; in parentheses by the hundred, where there are more. */
export function firstOf(...alternatives: string[]): string {
  if (alternatives.length <= IN_A_ROW) return alternatives.join('\nor ');
  const rows = Array.from({ length: Math.ceil(alternatives.length / IN_A_ROW) }, (_, row) =>
    alternatives.slice(row * IN_A_ROW, (row + 1) * IN_A_ROW),
  );
  return firstOf(...rows.map((row) => group(firstOf(...row))));
}

/** Copies a label under another name, so that rules of every profile carry the same labels. */
export function rename(expression: string, from: string, to: string): string {
  return from === to ? expression : `label_replace(${expression}, "${to}", "$1", ${text(from)}, "(.*)")`;
}

/** Gives every series a label. @example labelled('vector(1)', { family: 'server' }) */
export function labelled(expression: string, labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels).reduce(
    (inner, [label, value]) =>
      `label_replace(${inner}, ${text(label)}, ${text(value.replaceAll('$', '$$$$'))}, "", "")`,
    expression,
  );
}

/** Keeps alternatives of the same labels apart, so that the largest of them can be taken. */
export function distinct(expression: string, index: number): string {
  return labelled(expression, { o: String(index) });
}

/** Parentheses, and the lines between them indented. */
export function group(expression: string): string {
  return expression.includes('\n') ? `(\n  ${expression.replace(/\n/g, '\n  ')}\n)` : `(${expression})`;
}

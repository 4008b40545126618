import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** An expression's syntax tree. */
export interface PromqlTree {
  /** The expression on one line, unless it may have a comment; the tree's offsets are of this text. */
  readonly text: string;
  /** The whole query; undefined for an empty one. */
  readonly root: SyntaxNode | undefined;
  /** Offsets of the places that are no PromQL, in their order. */
  readonly broken: readonly number[];
  /** Nodes above the lowest one. */
  readonly depth: number;
}

/** Grafana's own variables: https://grafana.com/docs/grafana/latest/dashboards/variables/add-template-variables/#global-variables */
const VARIABLES = ['rate_interval', 'interval_ms', 'interval', 'range_ms', 'range_s', 'range', 'from', 'to'].join('|');
const VARIABLE = new RegExp(`\\$__(?:${VARIABLES})\\b|\\$\\{__(?:${VARIABLES})\\}`, 'g');

/**
 * Reads an expression with Prometheus' own grammar. Grafana's variables, such as `$__rate_interval`, count as durations.
 *
 * @example promqlTree('rate(http_requests_total[$__rate_interval])').broken // []
 */
export function promqlTree(expression: string): PromqlTree {
  // A comment ends with its line: an expression that may have one stays as it is.
  if (expression.includes('#')) return { text: expression, ...read(expression) };
  const masked = expression.replace(STRING, mask);
  const { code, shape } = shapes.get(masked) ?? shapeOf(masked);
  return { text: withStrings(code, expression), ...shape };
}

type Shape = Omit<PromqlTree, 'text'>;

/** Services of one profile differ by what stands in quotation marks, which no tree depends on. */
const shapes = new Map<string, { readonly code: readonly string[]; readonly shape: Shape }>();

function shapeOf(masked: string) {
  const text = outsideStrings(masked, collapse).trim();
  // Laid out or on one line, it is the same tree.
  const shape = shapes.get(text)?.shape ?? read(text);
  const found = { code: text.split(STRING), shape };
  shapes.set(text, found).set(masked, found);
  return found;
}

/** A string of the same length, so that every offset stays; one over several lines may be an error. */
function mask(literal: string): string {
  if (literal.includes('\n')) return literal;
  const quote = literal.charAt(0);
  return `${quote}${'x'.repeat(literal.length - 2)}${quote}`;
}

function read(text: string): Shape {
  // The variables are no PromQL; a number of seconds of the same length stands in for each.
  const tree = parser.parse(text.replace(VARIABLE, (variable) => `${'1'.repeat(variable.length - 1)}s`));
  const broken: number[] = [];
  let [above, depth] = [0, 0];
  tree.iterate({
    enter: ({ type, from }) => {
      above += 1;
      depth = Math.max(depth, above);
      if (type.isError) broken.push(from);
    },
    leave: () => {
      above -= 1;
    },
  });
  return { root: tree.topNode.getChild('Expr') ?? undefined, broken, depth };
}

function collapse(code: string): string {
  return code.replace(/\s+/g, ' ').replace(/\( /g, '(').replace(/ \)/g, ')');
}

/** A string of PromQL. */
export const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g;

/** Changes what of an expression stands outside quotation marks. */
export function outsideStrings(expression: string, change: (code: string) => string): string {
  return withStrings(expression.split(STRING).map(change), expression);
}

/** Other code around the strings of an expression, in their order. */
export function withStrings(code: readonly string[], expression: string): string {
  const strings = expression.match(STRING) ?? [];
  return code.map((part, index) => `${part}${strings[index] ?? ''}`).join('');
}

/** A part of an expression, by offsets. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The matchers of a vector selector, as they are written but without spaces around the operator. */
export function matchersOf(selector: SyntaxNode, expression: string): readonly string[] {
  return matchersIn(selector).map((span) => matcherAt(span, expression));
}

/** Where the matchers of a vector selector stand. */
export function matchersIn(selector: SyntaxNode): readonly Span[] {
  const list = selector.getChild('LabelMatchers');
  return [...(list?.getChildren('UnquotedLabelMatcher') ?? []), ...(list?.getChildren('QuotedLabelMatcher') ?? [])].map(
    ({ from, to }) => ({ from, to }),
  );
}

/** A matcher without spaces around its operator. */
export function matcherAt({ from, to }: Span, expression: string): string {
  const text = expression.slice(from, to);
  return /\s/.test(text) ? text.replace(/(?<!\s)\s*(=~|!~|!=|=)\s*/, '$1') : text;
}

/**
 * The metric that a vector selector names; undefined where it names none, or only as a matcher of `__name__`.
 *
 * @example metricOf(selector, '{"http.requests", job="a"}') // 'http.requests'
 */
export function metricOf(selector: SyntaxNode, expression: string): string | undefined {
  const span = metricIn(selector);
  return span && metricAt(span, expression);
}

/** Where a vector selector names its metric, with the quotation marks where it has some. */
export function metricIn(selector: SyntaxNode): Span | undefined {
  const name = selector.getChild('Identifier') ?? selector.getChild('LabelMatchers')?.getChild('QuotedLabelName');
  return name === null || name === undefined ? undefined : { from: name.from, to: name.to };
}

/** The metric that is named there. */
export function metricAt({ from, to }: Span, expression: string): string {
  const name = expression.slice(from, to);
  return /^["'`]/.test(name) ? name.slice(1, -1).replace(/\\(.)/g, '$1') : name;
}

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
  const known = trees.get(expression);
  if (known !== undefined) return known;
  const text = oneLine(expression);
  const tree = trees.get(text) ?? { text, ...shapeOf(text) };
  trees.set(text, tree).set(expression, tree);
  return tree;
}

/** A panel, its rule and the overview share expressions, which are laid out, checked and compared: one tree serves all. */
const trees = new Map<string, PromqlTree>();

type Shape = Omit<PromqlTree, 'text'>;

/** Services of one profile differ by what stands in quotation marks, which no tree depends on. */
const shapes = new Map<string, Shape>();

function shapeOf(text: string): Shape {
  const masked = text.includes('#') ? text : text.replace(STRING, mask);
  const shape = shapes.get(masked) ?? read(masked);
  shapes.set(masked, shape);
  return shape;
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

/** A comment ends with its line: an expression that may have one stays as it is. */
function oneLine(expression: string): string {
  return expression.includes('#') ? expression : outsideStrings(expression, collapse).trim();
}

function collapse(code: string): string {
  return code.replace(/\s+/g, ' ').replace(/\( /g, '(').replace(/ \)/g, ')');
}

const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g;

/** Changes what of an expression stands outside quotation marks. */
export function outsideStrings(expression: string, change: (code: string) => string): string {
  const strings = expression.match(STRING) ?? [];
  return expression
    .split(STRING)
    .map((code, index) => `${change(code)}${strings[index] ?? ''}`)
    .join('');
}

/** The matchers of a vector selector, as they are written but without spaces around the operator. */
export function matchersOf(selector: SyntaxNode, expression: string): readonly string[] {
  const list = selector.getChild('LabelMatchers');
  return [...(list?.getChildren('UnquotedLabelMatcher') ?? []), ...(list?.getChildren('QuotedLabelMatcher') ?? [])].map(
    ({ from, to }) => expression.slice(from, to).replace(/(?<!\s)\s*(=~|!~|!=|=)\s*/, '$1'),
  );
}

/**
 * The metric that a vector selector names; undefined where it names none, or only as a matcher of `__name__`.
 *
 * @example metricOf(selector, '{"http.requests", job="a"}') // 'http.requests'
 */
export function metricOf(selector: SyntaxNode, expression: string): string | undefined {
  const plain = selector.getChild('Identifier');
  if (plain !== null) return expression.slice(plain.from, plain.to);
  const quoted = selector.getChild('LabelMatchers')?.getChild('QuotedLabelName');
  if (quoted === null || quoted === undefined) return undefined;
  return expression.slice(quoted.from + 1, quoted.to - 1).replace(/\\(.)/g, '$1');
}

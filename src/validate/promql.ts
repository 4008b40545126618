/** PromQL by its syntax tree, with Prometheus' own grammar. */
import type { SyntaxNode } from '@lezer/common';
import { matcherAt, matchersIn, metricAt, metricIn, promqlTree, type Span } from '../model/promql-tree.ts';

/** A series selector in an expression. */
export interface Selector {
  readonly metric: string;
  /** Matchers as they are written, without spaces around them. */
  readonly matchers: readonly string[];
  /** The literal range, such as `5m`; the variable's name for Grafana's; undefined for an instant selector. */
  readonly range: string | undefined;
  /** The function the selector is an argument of, if any. */
  readonly within: string | undefined;
  /** It only filters another expression: the right side of `and` or `unless`. */
  readonly filters: boolean;
}

/** A place where an expression cannot be read. */
export interface SyntaxProblem {
  readonly offset: number;
  readonly near: string;
}

export interface ParsedQuery {
  readonly problems: readonly SyntaxProblem[];
  readonly selectors: readonly Selector[];
}

/**
 * Reads an expression, with Grafana's interval variables in place of ranges.
 *
 * @example parseQuery('rate(http_requests_total{job="a"}[$__rate_interval])').selectors[0].within // 'rate'
 */
export function parseQuery(expression: string): ParsedQuery {
  if (expression.trim() === '') return { problems: [{ offset: 0, near: '(empty)' }], selectors: [] };
  const { text, root, broken } = promqlTree(expression);
  return {
    problems: broken.map((offset) => ({ offset, near: text.slice(Math.max(0, offset - 20), offset + 20) })),
    selectors: root === undefined ? [] : placesIn(root, text).map((place) => selectorAt(place, text)),
  };
}

/** A selector in a tree: what all expressions of its shape have in common, and where the rest stands in their text. */
interface Place extends Omit<Selector, 'metric' | 'matchers'> {
  readonly metric: Span | undefined;
  readonly matchers: readonly Span[];
}

function placesIn(root: SyntaxNode, text: string): readonly Place[] {
  const known = places.get(root);
  if (known !== undefined) return known;
  const found: Place[] = [];
  // The cursor makes a node only where it is asked for one.
  root.cursor().iterate((cursor) => {
    if (cursor.name === 'VectorSelector') found.push(placeAt(cursor.node, text));
  });
  places.set(root, found);
  return found;
}

/** Services of one profile share trees, and walking one takes longer than all else. */
const places = new WeakMap<SyntaxNode, readonly Place[]>();

function placeAt(node: SyntaxNode, text: string): Place {
  const matrix = ancestor(node, (each) => each.name === 'MatrixSelector', ['OffsetExpr', 'StepInvariantExpr']);
  return {
    metric: metricIn(node),
    matchers: matchersIn(node),
    range: matrix === undefined ? undefined : rangeOf(text.slice(node.to, matrix.to)),
    within: enclosingFunction(node, text),
    filters: onTheRight(node),
  };
}

function selectorAt({ metric, matchers, ...same }: Place, text: string): Selector {
  return {
    ...same,
    metric: metric === undefined ? '' : metricAt(metric, text),
    matchers: matchers.map((span) => matcherAt(span, text)),
  };
}

function rangeOf(text: string): string | undefined {
  // `${__interval}` is another way to write the variable.
  return /\[\s*([^\]:]+)/
    .exec(text)?.[1]
    ?.trim()
    .replace(/^\$\{(.+)\}$/, '$$$1');
}

function ancestor(
  node: SyntaxNode,
  matches: (node: SyntaxNode) => boolean,
  through: readonly string[],
): SyntaxNode | undefined {
  let parent = node.parent;
  while (parent !== null && (matches(parent) || through.includes(parent.name))) {
    if (matches(parent)) return parent;
    parent = parent.parent;
  }
  return undefined;
}

function enclosingFunction(node: SyntaxNode, text: string): string | undefined {
  for (let parent = node.parent; parent !== null; parent = parent.parent) {
    if (parent.name === 'FunctionCall') {
      const identifier = parent.getChild('FunctionIdentifier');
      return identifier === null ? undefined : text.slice(identifier.from, identifier.to);
    }
    if (parent.name === 'AggregateExpr' || parent.name === 'BinaryExpr') return undefined;
  }
  return undefined;
}

/** Whether it only decides which series of the other side are kept. */
function onTheRight(node: SyntaxNode): boolean {
  for (let inner = node; inner.parent !== null; inner = inner.parent) {
    const { parent } = inner;
    if (parent.name !== 'BinaryExpr') continue;
    const operator = parent.getChild('And') ?? parent.getChild('Unless');
    if (operator !== null && inner.from > operator.from) return true;
  }
  return false;
}

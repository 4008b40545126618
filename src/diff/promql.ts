/** PromQL compared by its syntax tree: what changed in a query, in words. */
import type { SyntaxNode } from '@lezer/common';
import { matchersOf, outsideStrings, promqlTree } from '../model/promql-tree.ts';

/** How two expressions differ. */
export interface QueryDifference {
  /** Only white space and layout: the same query. */
  readonly cosmetic: boolean;
  /** `range 5m → 10m`, `matcher code!~"5.." removed`; empty where the whole expression is another one. */
  readonly notes: readonly string[];
  /** The notes speak of ranges alone: a rule looks at another window. */
  readonly window: boolean;
}

/** More notes than this are no help: then the expression as a whole is another one. */
const MOST_NOTES = 4;

/**
 * Compares two expressions. Layout alone is cosmetic; a changed matcher, function, aggregation, range, offset or
 * number is named.
 *
 * @example compareQueries('rate(a[5m])', 'rate(a[10m])').notes // ['range 5m → 10m']
 */
export function compareQueries(before: string, after: string): QueryDifference {
  const left = read(before);
  const right = read(after);
  if (left === undefined || right === undefined)
    return { cosmetic: squash(before) === squash(after), notes: [], window: false };
  const notes = [...new Set(compare(left, right))];
  if (notes.length === 0) return { cosmetic: true, notes: [], window: false };
  const told = notes.includes(RESTRUCTURED) || notes.length > MOST_NOTES ? features(left, right) : notes;
  return {
    cosmetic: false,
    notes: told.length > MOST_NOTES ? [] : told,
    window: told.length > 0 && told.every((note) => note.startsWith('range ')),
  };
}

/** A node of the tree as far as meaning goes. */
interface Part {
  readonly kind: string;
  /** What stands in this node itself: a name, a number, an operator with its matching. */
  readonly own: string;
  /** A selector's matchers, sorted: their order means nothing. */
  readonly matchers: readonly string[];
  readonly inner: readonly Part[];
}

const RESTRUCTURED = 'restructured';
/** Nobody writes deeper trees, and recursion ends somewhere. */
const DEEPEST = 500;

function read(expression: string): Part | undefined {
  const { text, root, broken, depth } = promqlTree(expression);
  return root === undefined || broken.length > 0 || depth > DEEPEST ? undefined : part(root, text);
}

function part(node: SyntaxNode, text: string): Part {
  const slice = (from: number, to: number) => spaced(text.slice(from, to));
  const inner = node.getChildren('Expr');
  switch (node.name) {
    case 'ParenExpr':
      // Parentheses order operators, which the tree already does.
      return inner[0] === undefined ? leaf(node, slice) : part(inner[0], text);
    case 'VectorSelector':
      return {
        kind: 'metric',
        own: slice(node.from, node.getChild('LabelMatchers')?.from ?? node.to),
        matchers: matchersOf(node, text).toSorted(),
        inner: [],
      };
    case 'FunctionCall':
    case 'AggregateExpr': {
      const body = node.getChild('FunctionCallBody');
      if (body === null) return leaf(node, slice);
      const own = `${slice(node.from, body.from)} ${slice(body.to, node.to)}`.trim();
      return {
        kind: node.name === 'FunctionCall' ? 'function' : 'aggregation',
        own,
        matchers: [],
        inner: quantileFirst(
          own,
          body.getChildren('Expr').map((each) => part(each, text)),
        ),
      };
    }
    case 'BinaryExpr': {
      const [left, right] = [inner[0], inner.at(-1)];
      if (left === undefined || right === undefined) return leaf(node, slice);
      return {
        kind: 'operator',
        own: slice(left.to, right.from)
          .replace(/^\)+|\(+$/g, '')
          .trim(),
        matchers: [],
        inner: [part(left, text), part(right, text)],
      };
    }
    default: {
      const [only] = inner;
      if (only === undefined) return leaf(node, slice);
      const sign = slice(node.from, only.from).replace(/^\(+$/, '');
      const own = `${sign}${slice(only.to, node.to).replace(/^[)\s]+/, '')}`;
      const kind = node.name === 'OffsetExpr' ? 'offset' : own.startsWith('[') ? 'range' : node.name;
      return { kind, own: own.replace(/^\[|\]$/g, ''), matchers: [], inner: [part(only, text)] };
    }
  }
}

/** The number that a quantile is asked for is called so. */
function quantileFirst(own: string, inner: readonly Part[]): readonly Part[] {
  const [first, ...others] = inner;
  return /^(?:histogram_)?quantile\b/.test(own) && first?.kind === 'number'
    ? [{ ...first, kind: 'quantile' }, ...others]
    : inner;
}

/** White space as people write it, so that only meaning differs. What stands in quotation marks stays as it is. */
function spaced(text: string): string {
  return outsideStrings(text, (code) =>
    code
      .replace(/\s+/g, ' ')
      .replace(/ ?, ?/g, ', ')
      .replace(/ ?\( ?/g, ' (')
      .replace(/ ?\)/g, ')'),
  ).trim();
}

function leaf(node: SyntaxNode, slice: (from: number, to: number) => string): Part {
  return {
    kind: node.name.startsWith('Number') ? 'number' : 'text',
    own: slice(node.from, node.to),
    matchers: [],
    inner: [],
  };
}

/** Differences of two trees of one shape; one note says that the shape differs. */
function compare(before: Part, after: Part): string[] {
  if (before.kind !== after.kind || before.inner.length !== after.inner.length) return [RESTRUCTURED];
  const own = before.own === after.own ? [] : [`${named(before)} → ${after.own}`];
  return [
    ...own,
    ...compareMatchers(before.matchers, after.matchers),
    ...before.inner.flatMap((each, index) => compare(each, after.inner[index] as Part)),
  ];
}

/** What changed, by name; an offset names itself. */
function named({ kind, own }: Part): string {
  return kind === 'offset' ? own : `${kind} ${own}`;
}

function compareMatchers(before: readonly string[], after: readonly string[]): string[] {
  const gone = before.filter((matcher) => !after.includes(matcher));
  const come = after.filter((matcher) => !before.includes(matcher));
  if (gone.length === 1 && come.length === 1) return [`matcher ${gone[0]} → ${come[0]}`];
  return [...gone.map((matcher) => `matcher ${matcher} removed`), ...come.map((matcher) => `matcher ${matcher} added`)];
}

/** For trees of different shape: what the one uses and the other does not. */
function features(before: Part, after: Part): string[] {
  const [left, right] = [listed(before), listed(after)];
  const gone = [...left].filter((each) => !right.has(each));
  const come = [...right].filter((each) => !left.has(each));
  return [...gone.map((each) => `${each} removed`), ...come.map((each) => `${each} added`)];
}

function listed({ kind, own, matchers, inner }: Part): Set<string> {
  const here = [
    ...(own === '' ? [] : [named({ kind, own, matchers, inner })]),
    ...matchers.map((matcher) => `matcher ${matcher}`),
  ];
  return new Set([...here, ...inner.flatMap((each) => [...listed(each)])]);
}

function squash(text: string): string {
  return outsideStrings(text, (code) => code.replace(/\s+/g, ''));
}

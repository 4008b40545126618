/** PromQL compared by its syntax tree: what changed in a query. */
import type { SyntaxNode } from '@lezer/common';
import type { QueryNote } from '../model/meaning.ts';
import { matchersOf, outsideStrings, promqlTree } from '../model/promql-tree.ts';

/** How two expressions differ. */
export interface QueryDifference {
  /** The same query, in another layout or notation. */
  readonly cosmetic: 'whitespace' | 'notation' | undefined;
  /** Parts that changed, came or went; empty where the whole expression is another one. */
  readonly notes: readonly QueryNote[];
  /** The notes speak of ranges alone: a rule looks at another window. */
  readonly window: boolean;
}

/** More notes than this are no help: then the expression as a whole is another one. */
const MOST_NOTES = 4;

/**
 * Compares two expressions. Layout alone is cosmetic, and so are other ways to write the same: the order of matchers and
 * of grouping labels, quotation marks, `[300s]` for `[5m]`, `1e3` for `1000`. A changed matcher, function, aggregation,
 * range, offset or number is named.
 *
 * @example compareQueries('rate(a[5m])', 'rate(a[10m])').notes // [{ part: 'range', verb: 'changed', from: '5m', to: '10m' }]
 */
export function compareQueries(before: string, after: string): QueryDifference {
  const left = read(before);
  const right = read(after);
  if (left === undefined || right === undefined)
    return { cosmetic: whitespace(before, after) ? 'whitespace' : undefined, notes: [], window: false };
  const notes = unique(compare(left, right));
  if (notes.length === 0) {
    const cosmetic = !same(left, right) ? undefined : whitespace(before, after) ? 'whitespace' : 'notation';
    return { cosmetic, notes: [], window: false };
  }
  const named = notes.length > MOST_NOTES ? features(left, right) : notes;
  return {
    cosmetic: undefined,
    notes: named.length > MOST_NOTES ? [] : named,
    window: named.length > 0 && named.every(({ part }) => part === 'range'),
  };
}

function unique(notes: readonly QueryNote[]): readonly QueryNote[] {
  return [...new Map(notes.map((note) => [JSON.stringify(note), note])).values()];
}

/** A node of the tree as far as meaning goes. */
interface Part {
  readonly kind: string;
  /** What stands in this node itself: a name, a number, an operator with its matching. */
  readonly own: string;
  /** The same in one form for all ways to write it. */
  readonly key: string;
  /** A selector's matchers, sorted and in double quotes: neither means anything. */
  readonly matchers: readonly string[];
  readonly inner: readonly Part[];
  /** All of it; few are ever shown. */
  readonly text: () => string;
}

/** Nobody writes deeper trees, and recursion ends somewhere. */
const DEEPEST = 500;

function read(expression: string): Part | undefined {
  const { text, root, broken, depth } = promqlTree(expression);
  return root === undefined || broken.length > 0 || depth > DEEPEST ? undefined : part(root, text);
}

function part(node: SyntaxNode, text: string): Part {
  const slice = (from: number, to: number) => spaced(text.slice(from, to));
  const inner = node.getChildren('Expr');
  const made = (kind: string, own: string, parts: readonly Part[], matchers: readonly string[] = []): Part => ({
    kind,
    own,
    key: canonical(kind, own),
    matchers,
    inner: parts,
    text: () => slice(node.from, node.to),
  });
  const leaf = () => made(node.name.startsWith('Number') ? 'number' : 'text', slice(node.from, node.to), []);
  switch (node.name) {
    case 'ParenExpr':
      // Parentheses order operators, which the tree already does.
      return inner[0] === undefined ? leaf() : part(inner[0], text);
    case 'VectorSelector': {
      const name = slice(node.from, node.getChild('LabelMatchers')?.from ?? node.to);
      return made('metric', name, [], matchersOf(node, text).map(inDoubleQuotes).toSorted());
    }
    case 'FunctionCall':
    case 'AggregateExpr': {
      const body = node.getChild('FunctionCallBody');
      if (body === null) return leaf();
      const own = `${slice(node.from, body.from)} ${slice(body.to, node.to)}`.trim();
      const parts = body.getChildren('Expr').map((each) => part(each, text));
      return made(node.name === 'FunctionCall' ? 'function' : 'aggregation', own, quantileFirst(own, parts));
    }
    case 'BinaryExpr': {
      const [left, right] = [inner[0], inner.at(-1)];
      if (left === undefined || right === undefined) return leaf();
      return made('operator', withoutParentheses(slice(left.to, right.from)), [part(left, text), part(right, text)]);
    }
    default: {
      const [only] = inner;
      if (only === undefined) return leaf();
      const sign = slice(node.from, only.from).replace(/^\(+$/, '');
      const own = `${sign}${slice(only.to, node.to).replace(/^[)\s]+/, '')}`;
      return made(kindOf(node.name, own), own.replace(/^\[|\]$/g, ''), [part(only, text)]);
    }
  }
}

/** An operator without the parentheses that close before it and open after it. */
function withoutParentheses(operator: string): string {
  let [from, to] = [0, operator.length];
  while (operator[from] === ')') from += 1;
  while (to > from && operator[to - 1] === '(') to -= 1;
  return operator.slice(from, to).trim();
}

/** What surrounds one expression, as people call it. */
function kindOf(name: string, own: string): string {
  if (name === 'OffsetExpr') return 'offset';
  if (own.startsWith('[')) return own.includes(':') ? 'subquery' : 'range';
  return name === 'StepInvariantExpr' ? 'time' : 'sign';
}

/** The number that a quantile is asked for is called so. */
function quantileFirst(own: string, inner: readonly Part[]): readonly Part[] {
  const [first, ...others] = inner;
  return /^(?:histogram_)?quantile\b/.test(own) && first?.kind === 'number'
    ? [{ ...first, kind: 'quantile' }, ...others]
    : inner;
}

const GROUPING = /\b(by|without|on|ignoring|group_left|group_right) ?\(([^()]*)\)/g;
/** No digit before the first, so that a long number is looked at once. */
const DURATION = /(?<!\d)(?:\d+(?:ms|[smhdwy]))+/g;
const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

function canonical(kind: string, own: string): string {
  switch (kind) {
    case 'number':
      return Number.isNaN(Number(own)) ? inMilliseconds(own) : String(Number(own));
    case 'range':
    case 'subquery':
    case 'offset':
    case 'time':
      return inMilliseconds(own);
    case 'text':
      return inDoubleQuotes(own);
    default:
      return own.replace(GROUPING, (_, word: string, labels: string) => `${word} (${sortedList(labels)})`);
  }
}

function inMilliseconds(text: string): string {
  return text.replace(DURATION, (duration) => {
    const parts = [...duration.matchAll(/(?<!\d)(\d+)(ms|[smhdwy])/g)];
    return `${parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (MILLISECONDS[unit] ?? 0), 0)}ms`;
  });
}

function sortedList(labels: string): string {
  return labels
    .split(',')
    .map((label) => label.trim())
    .sort()
    .join(', ');
}

/** Quotation marks of one kind, where that changes nothing of what they hold. */
function inDoubleQuotes(text: string): string {
  return text.replace(/(['`])([^'"`\\]*)\1$/, '"$2"');
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

function same(left: Part, right: Part): boolean {
  return (
    left.kind === right.kind &&
    left.key === right.key &&
    left.inner.length === right.inner.length &&
    left.matchers.join() === right.matchers.join() &&
    left.inner.every((each, index) => same(each, right.inner[index] as Part))
  );
}

/** Differences of two trees, node by node while they are of one shape. */
function compare(before: Part, after: Part): readonly QueryNote[] {
  const alike = before.kind === after.kind && before.inner.length === after.inner.length;
  if (!alike || before.key !== after.key) {
    const gone = around(before, after);
    if (gone !== undefined) return gone.map(removed);
    const come = around(after, before);
    if (come !== undefined) return come.map(added);
  }
  if (!alike) return features(before, after);
  return [
    ...(before.key === after.key
      ? []
      : [{ part: before.kind, verb: 'changed', from: before.own, to: after.own } as const]),
    ...compareMatchers(before.matchers, after.matchers),
    ...before.inner.flatMap((each, index) => compare(each, after.inner[index] as Part)),
  ];
}

/** What an expression has besides another one. */
interface Piece {
  readonly part: string;
  readonly text: string;
}

function removed({ part: name, text }: Piece): QueryNote {
  return { part: name, verb: 'removed', from: text };
}

function added({ part: name, text }: Piece): QueryNote {
  return { part: name, verb: 'added', to: text };
}

/** What a tree has around the other one, which it holds as it is: a branch of an operator, or functions. */
function around(outer: Part, held: Part): readonly Piece[] | undefined {
  const at = outer.inner.findIndex((each) => same(each, held));
  const others = outer.inner.filter((_, index) => index !== at);
  const piece =
    outer.kind === 'operator'
      ? { part: 'branch', text: `${outer.own} ${shortened(others[0]?.text() ?? '')}` }
      : { part: outer.kind, text: outer.own };
  if (at !== -1) return [piece];
  const [only, second] = outer.inner;
  const deeper = only === undefined || second !== undefined ? undefined : around(only, held);
  return deeper === undefined ? undefined : [piece, ...deeper];
}

/** Longer branches of an operator are named by their beginning. */
const LONGEST_BRANCH = 60;

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= LONGEST_BRANCH ? line : `${line.slice(0, LONGEST_BRANCH - 1)}…`;
}

function compareMatchers(before: readonly string[], after: readonly string[]): QueryNote[] {
  const gone = before.filter((matcher) => !after.includes(matcher));
  const come = after.filter((matcher) => !before.includes(matcher));
  const pairs = gone.flatMap((matcher) => {
    const others = come.filter((other) => labelOf(other) === labelOf(matcher));
    return others.length === 1 && gone.filter((each) => labelOf(each) === labelOf(matcher)).length === 1
      ? [[matcher, others[0] as string] as const]
      : [];
  });
  const paired = new Set(pairs.flat());
  const alone = (matchers: readonly string[]) =>
    matchers.filter((matcher) => !paired.has(matcher)).map((text) => ({ part: 'matcher', text }));
  return [
    ...pairs.map(([from, to]): QueryNote => ({ part: 'matcher', verb: 'changed', from, to })),
    ...alone(gone).map(removed),
    ...alone(come).map(added),
  ];
}

function labelOf(matcher: string): string {
  return /^[^=!]*/.exec(matcher)?.[0] ?? '';
}

/** For trees of different shape: what the one uses and the other does not. A matcher goes with its metric. */
function features(before: Part, after: Part): readonly QueryNote[] {
  const metrics = (tree: Part): ReadonlySet<string> =>
    new Set([...(tree.kind === 'metric' ? [tree.key] : []), ...tree.inner.flatMap((each) => [...metrics(each)])]);
  const [old, now] = [metrics(before), metrics(after)];
  const both = new Set([...old].filter((metric) => now.has(metric)));
  const [left, right] = [listed(before, both), listed(after, both)];
  const gone = [...left].flatMap(([key, piece]) => (right.has(key) ? [] : [removed(piece)]));
  const come = [...right].flatMap(([key, piece]) => (left.has(key) ? [] : [added(piece)]));
  return gone.length + come.length === 0 ? [{ part: 'expression', verb: 'rebuilt' }] : [...gone, ...come];
}

/** What a tree uses, by a key that is the same for all ways to write it. */
function listed(tree: Part, metrics: ReadonlySet<string>): Map<string, Piece> {
  const { kind, own, key, matchers, inner } = tree;
  const chosen = kind === 'metric' && metrics.has(key) ? matchers : [];
  return new Map([
    ...(own === '' ? [] : [[`${kind} ${key}`, { part: kind, text: own }] as const]),
    ...chosen.map((matcher) => [`matcher ${matcher}`, { part: 'matcher', text: matcher }] as const),
    ...inner.flatMap((each) => [...listed(each, metrics)]),
  ]);
}

/** Whether two expressions differ in white space alone, outside of texts. */
function whitespace(before: string, after: string): boolean {
  const [left, right] = [before, after].map((text) => outsideStrings(text, (code) => code.replace(/\s+/g, '')));
  return left === right;
}

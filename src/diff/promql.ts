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
 * Compares two expressions. Layout alone is cosmetic, and so are other ways to write the same: the order of matchers and
 * of grouping labels, quotation marks, `[300s]` for `[5m]`, `1e3` for `1000`. A changed matcher, function, aggregation,
 * range, offset or number is named.
 *
 * @example compareQueries('rate(a[5m])', 'rate(a[10m])').notes // ['range 5m → 10m']
 */
export function compareQueries(before: string, after: string): QueryDifference {
  const left = read(before);
  const right = read(after);
  if (left === undefined || right === undefined)
    return { cosmetic: squash(before) === squash(after), notes: [], window: false };
  const notes = [...new Set(compare(left, right))];
  if (notes.length === 0) return { cosmetic: same(left, right), notes: [], window: false };
  const told = notes.length > MOST_NOTES ? features(left, right) : notes;
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
      const own = slice(left.to, right.from).replace(/^\)+|\(+$/g, '');
      return made('operator', own.trim(), [part(left, text), part(right, text)]);
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

const GROUPING = /\b(by|without|on|ignoring|group_left|group_right) ?\(([^)]*)\)/g;
const DURATION = /(?:\d+(?:ms|[smhdwy]))+/g;
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
    const parts = [...duration.matchAll(/(\d+)(ms|[smhdwy])/g)];
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
function compare(before: Part, after: Part): string[] {
  const alike = before.kind === after.kind && before.inner.length === after.inner.length;
  if (!alike || before.key !== after.key) {
    const outer = around(before, after, 'removed') ?? around(after, before, 'added');
    if (outer !== undefined) return outer;
  }
  if (!alike) return features(before, after);
  return [
    ...(before.key === after.key ? [] : [`${named(before)} → ${after.own}`]),
    ...compareMatchers(before.matchers, after.matchers),
    ...before.inner.flatMap((each, index) => compare(each, after.inner[index] as Part)),
  ];
}

/** What a tree has around the other one, which it holds as it is: a branch of an operator, or functions. */
function around(outer: Part, held: Part, verb: 'removed' | 'added'): string[] | undefined {
  const at = outer.inner.findIndex((each) => same(each, held));
  const others = outer.inner.filter((_, index) => index !== at);
  const note = outer.kind === 'operator' ? `${outer.own} ${shortened(others[0]?.text() ?? '')}` : named(outer);
  if (at !== -1) return [`${note} ${verb}`];
  const [only, second] = outer.inner;
  const deeper = only === undefined || second !== undefined ? undefined : around(only, held, verb);
  return deeper === undefined ? undefined : [`${note} ${verb}`, ...deeper];
}

/** Longer branches of an operator are told by their beginning. */
const LONGEST_BRANCH = 60;

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= LONGEST_BRANCH ? line : `${line.slice(0, LONGEST_BRANCH - 1)}…`;
}

/** What changed, by name; an offset names itself. */
function named({ kind, own }: Part): string {
  return kind === 'offset' ? own : `${kind} ${own}`;
}

function compareMatchers(before: readonly string[], after: readonly string[]): string[] {
  const gone = before.filter((matcher) => !after.includes(matcher));
  const come = after.filter((matcher) => !before.includes(matcher));
  const pairs = gone.flatMap((matcher) => {
    const others = come.filter((other) => labelOf(other) === labelOf(matcher));
    return others.length === 1 && gone.filter((each) => labelOf(each) === labelOf(matcher)).length === 1
      ? [[matcher, others[0] as string] as const]
      : [];
  });
  const paired = new Set(pairs.flat());
  return [
    ...pairs.map(([old, now]) => `matcher ${old} → ${now}`),
    ...gone.filter((matcher) => !paired.has(matcher)).map((matcher) => `matcher ${matcher} removed`),
    ...come.filter((matcher) => !paired.has(matcher)).map((matcher) => `matcher ${matcher} added`),
  ];
}

function labelOf(matcher: string): string {
  return /^[^=!]*/.exec(matcher)?.[0] ?? '';
}

/** For trees of different shape: what the one uses and the other does not. A matcher goes with its metric. */
function features(before: Part, after: Part): string[] {
  const metrics = (tree: Part): ReadonlySet<string> =>
    new Set([...(tree.kind === 'metric' ? [tree.key] : []), ...tree.inner.flatMap((each) => [...metrics(each)])]);
  const [old, now] = [metrics(before), metrics(after)];
  const both = new Set([...old].filter((metric) => now.has(metric)));
  const [left, right] = [listed(before, both), listed(after, both)];
  const gone = [...left].filter(([key]) => !right.has(key)).map(([, note]) => `${note} removed`);
  const come = [...right].filter(([key]) => !left.has(key)).map(([, note]) => `${note} added`);
  return gone.length + come.length === 0 ? ['put together in another way'] : [...gone, ...come];
}

/** What a tree uses, by a key that is the same for all ways to write it. */
function listed(tree: Part, metrics: ReadonlySet<string>): Map<string, string> {
  const { kind, own, key, matchers, inner } = tree;
  const told = kind === 'metric' && metrics.has(key) ? matchers.map((matcher) => `matcher ${matcher}`) : [];
  return new Map([
    ...(own === '' ? [] : [[`${kind} ${key}`, named(tree)] as const]),
    ...told.map((note) => [note, note] as const),
    ...inner.flatMap((each) => [...listed(each, metrics)]),
  ]);
}

function squash(text: string): string {
  return outsideStrings(text, (code) => code.replace(/\s+/g, ''));
}

import type { SyntaxNode } from '@lezer/common';
import { promqlTree, STRING, withStrings } from '../model/promql-tree.ts';

/** Longer lines are broken; a screen and a pull request show this much. */
const WIDTH = 110;

/**
 * Lays PromQL out for people: what fits stays on a line, what does not is broken at its operators, parentheses and
 * arguments. Meaning and matchers stay as they are; text that is no PromQL comes back unchanged.
 *
 * @example formatPromql('a or b') // 'a or b'
 */
export function formatPromql(expression: string): string {
  const { text, root, broken } = promqlTree(expression);
  // A comment ends with its line.
  if (broken.length > 0 || root === undefined || text.includes('\n')) return expression;
  return withStrings(codeOf(root, text), text);
}

/** What stands between the strings of the laid out text: for every expression of a tree it is the same. */
function codeOf(root: SyntaxNode, text: string): readonly string[] {
  const known = laidOut.get(root);
  if (known !== undefined) return known;
  const code = layout(root, 0, text).split(STRING);
  laidOut.set(root, code);
  return code;
}

const laidOut = new WeakMap<SyntaxNode, readonly string[]>();

function layout(node: SyntaxNode, indent: number, text: string): string {
  const between = (from: number, to: number) => text.slice(from, to).trim();
  const flat = between(node.from, node.to);
  if (flat.length + indent <= WIDTH) return flat;
  const inner = node.getChildren('Expr');
  const [first] = inner;
  const last = inner.at(-1);
  if (first === undefined || last === undefined) return layoutCall(node, indent, text) ?? flat;
  if (node.name === 'BinaryExpr') {
    const operator = between(first.to, last.from);
    // A number stays beside what it scales or limits.
    const separator = isNumber(first) || isNumber(last) ? ' ' : newLine(indent);
    return `${layout(first, indent, text)}${separator}${operator} ${layout(last, indent, text)}`;
  }
  if (node.name === 'ParenExpr') {
    return `(${newLine(indent + 2)}${layout(first, indent + 2, text)}${newLine(indent)})`;
  }
  // A range, an offset, a sign: text before and after one inner expression.
  return `${text.slice(node.from, first.from)}${layout(first, indent, text)}${text.slice(first.to, node.to).trimEnd()}`;
}

function isNumber({ name }: SyntaxNode): boolean {
  return name.startsWith('Number');
}

/** `rate(…)`, `sum by (job)(…)`: the arguments one a line. */
function layoutCall(node: SyntaxNode, indent: number, text: string): string | undefined {
  const body = node.getChild('FunctionCallBody');
  if (body === null) return undefined;
  const args = body.getChildren('Expr');
  const laidOut = args.map((argument) => layout(argument, indent + 2, text)).join(`,${newLine(indent + 2)}`);
  const head = text.slice(node.from, body.from).trim();
  return `${head}(${newLine(indent + 2)}${laidOut}${newLine(indent)})${text.slice(body.to, node.to).trimEnd()}`;
}

function newLine(indent: number): string {
  return `\n${' '.repeat(indent)}`;
}

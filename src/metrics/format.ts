import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** Longer lines are broken; a screen and a pull request show this much. */
const WIDTH = 110;

/**
 * Lays PromQL out for people: what fits stays on a line, what does not is broken at its operators, parentheses and
 * arguments. Meaning and matchers stay as they are; text that is no PromQL comes back unchanged.
 *
 * @example formatPromql('a or b') // 'a or b'
 */
export function formatPromql(expression: string): string {
  const known = formatted.get(expression);
  if (known !== undefined) return known;
  const text = format(expression);
  formatted.set(expression, text);
  return text;
}

/** Services of one profile differ by their matchers only, but panels, verdicts and rules share expressions. */
const formatted = new Map<string, string>();

function format(expression: string): string {
  // Grafana's variables are no PromQL; a range of the same length stands in for each while parsing.
  const text = expression.replace(/\$__\w+/g, (macro) => `${'1'.repeat(macro.length - 1)}s`);
  const tree = parser.parse(text);
  let broken = false;
  tree.iterate({
    enter: ({ type }) => {
      broken ||= type.isError;
    },
  });
  const root = tree.topNode.firstChild;
  return broken || root === null ? expression : layout(root, 0, expression);
}

function layout(node: SyntaxNode, indent: number, text: string): string {
  const flat = flatten(text.slice(node.from, node.to));
  if (flat.length + indent <= WIDTH) return flat;
  const inner = node.getChildren('Expr');
  const [first] = inner;
  const last = inner.at(-1);
  if (first === undefined || last === undefined) return layoutCall(node, indent, text) ?? flat;
  const between = (from: number, to: number) => flatten(text.slice(from, to));
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
  return `${text.slice(node.from, first.from)}${layout(first, indent, text)}${flattenTail(text.slice(first.to, node.to))}`;
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
  const head = flatten(text.slice(node.from, body.from));
  return `${head}(${newLine(indent + 2)}${laidOut}${newLine(indent)})${flattenTail(text.slice(body.to, node.to))}`;
}

function newLine(indent: number): string {
  return `\n${' '.repeat(indent)}`;
}

/** One line; strings hold no line breaks, so that white space around them can go. */
function flatten(text: string): string {
  return text
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\( /g, '(')
    .replace(/ \)/g, ')')
    .trim();
}

function flattenTail(text: string): string {
  return text.trim() === '' ? '' : text.replace(/\s*\n\s*/g, ' ').trimEnd();
}

/** Text inside Markdown. */

/**
 * A text as it is, whatever Markdown would take it for: emphasis, links, tables, HTML, or a person to be told.
 *
 * @example asText('a_b_c |') // 'a\\_b\\_c \\|'
 */
export function asText(text: string): string {
  // An address becomes a link as it is; a sign in front of another would be part of it.
  return text
    .split(/(https?:\/\/[^\s|<>`"]+)/)
    .map((part, index) => (index % 2 === 1 ? part : escaped(part)))
    .join('');
}

function escaped(text: string): string {
  return (
    text
      .replace(/\s*\n\s*/g, ' ')
      .replace(/[\\`*_[\]<>|~]/g, (sign) => `\\${sign}`)
      .replace(/&(?=\w+;|#)/g, '&amp;')
      // A word joiner keeps a name from being a mention, and a number from being a reference.
      .replace(/(^|[^\w`])([@#])(?=\w)/g, '$1$2\u2060')
      // Between two of them the host would see a formula.
      .replaceAll('$', '<span>$</span>')
  );
}

/** Code in a line. */
function asCode(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${text.replace(/\s*\n\s*/g, ' ')}${pad}${fence}`;
}

/** A change in words: what is said of an expression is code, the rest is text. */
export function asTold(text: string): string {
  const [, about, rest] = /^(condition|query [^\s:]+): (.*)$/s.exec(text) ?? [];
  return about === undefined || rest === undefined ? asText(text) : `${asText(about)}: ${asCode(rest)}`;
}

/** A table of cells that are Markdown already. In code, too, a bar would end the cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => text.replace(/(?<!\\)\|/g, '\\|');
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

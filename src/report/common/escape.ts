/** Text from outside, made harmless for the format it goes into. Whatever else a writer puts out is its own. */
import { visible, visibleJson, visibleLines } from '../../model/outside-text.ts';

/** Breaks a mention, a reference or an address without being seen. */
const JOINER = '\u2060';

/**
 * Text that stays text in GitHub's Markdown: no emphasis, code, image, link, HTML, table, heading, list, formula, nor
 * a mention, a reference or an address, which become links by themselves.
 *
 * @example escapeMarkdown('a_b | @org/team') // 'a\\_b \\| @\u2060org/team'
 */
export function escapeMarkdown(text: string): string {
  return unlinked(visible(text).trim())
    .replace(/[\\`*_[\]|~&<>$]/g, (sign) => ENTITIES[sign] ?? `\\${sign}`)
    .replace(/^[-+=#:]/, '\\$&')
    .replace(/^(\d{1,9})([.)])/, '$1\\$2');
}

/** A backslash would be enough in most places; not for HTML, and a formula needs an element around its sign. */
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  $: '<span>$</span>',
};

/** GitHub links these wherever text stands, in HTML too, whatever escapes are before them. */
function unlinked(text: string): string {
  return text
    .replace(/[@#](?=[\p{L}\p{N}_.-])/gu, `$&${JOINER}`)
    .replace(/\b(gh)-(?=\d)/gi, `$1${JOINER}-`)
    .replace(/:(?=\/\/|[a-z+][\w+-]*:)/gi, `:${JOINER}`)
    .replace(/www(?=\.)/gi, `$&${JOINER}`);
}

/** Code within a line of Markdown. */
export function markdownCode(text: string): string {
  const line = visible(text);
  if (line === '') return '';
  const fence = '`'.repeat(longestRun(line) + 1);
  const pad = /^[` ]|[` ]$/.test(line) ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A block of code whose fence is longer than any in the text. */
export function markdownBlock(lines: readonly string[], language: string): string {
  const text = lines.map(visible).join('\n');
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** Text within an HTML element of a Markdown document, such as a summary. */
export function escapeMarkdownHtml(text: string): string {
  return htmlSigns(unlinked(visible(text))).replaceAll('$', '<span>$</span>');
}

/** A table of cells that are Markdown already. In code, too, a bar would end the cell. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  // An even number of backslashes escapes itself, not the bar.
  const cell = (text: string) =>
    text.replace(/\\+\|?|\|/g, (run) => (run.endsWith('|') && run.length % 2 === 1 ? `${run.slice(0, -1)}\\|` : run));
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text as content of HTML. */
export function escapeHtml(text: string): string {
  return htmlSigns(visible(text));
}

function htmlSigns(text: string): string {
  return text.replace(/[&<>]/g, (sign) => HTML[sign] ?? sign);
}

/** Text as the value of an attribute, in quotation marks of either kind. */
export function escapeAttribute(text: string): string {
  return visible(text).replace(/[&<>"']/g, (sign) => HTML[sign] ?? sign);
}

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** The same for text that has lines, such as an expression. */
export function escapeHtmlLines(text: string): string {
  return visibleLines(text).map(escapeHtml).join('\n');
}

/** Text in XML, such as a picture or a test report, which know no control character: they are visible by now. */
export function escapeXml(text: string): string {
  return escapeAttribute(text).replaceAll('&#39;', "'");
}

/**
 * A whole text or Markdown report, without what a runner of workflows would take for a command: a line that begins with
 * two colons, or two hash signs and a bracket anywhere.
 */
export function withoutCommands(report: string): string {
  return report
    .split('\n')
    .map((line) => (line.trimStart().startsWith('::') ? line.replace('::', '\\::') : line))
    .join('\n')
    .replaceAll('##[', '##\\[');
}

/** A document for other programs: the data as they are, written so that no terminal or runner obeys any of it. */
export function jsonDocument(value: unknown): string {
  return `${visibleJson(JSON.stringify(value, null, 2)).replaceAll('##[', '##\\u005b')}\n`;
}

/** Parts that no text report shows; they are large. */
const UNSHOWN: ReadonlySet<string> = new Set(['spec', 'edits', 'desired', 'live', 'overwrites']);

/**
 * Everything that a text report may show, with each string visible in one line, and expressions in their lines.
 *
 * @example visibleData({ title: 'a\u001b[31m' }) // { title: 'a\\u{1b}[31m' }
 */
export function visibleData<T>(data: T): T {
  return seen(data, '') as T;
}

function seen(value: unknown, key: string): unknown {
  if (typeof value === 'string') return visible(value);
  if (typeof value !== 'object' || value === null || UNSHOWN.has(key)) return value;
  if (Array.isArray(value)) return value.map((item) => seen(item, ''));
  if (value instanceof Map) return new Map([...value].map(([name, item]) => [seen(name, ''), seen(item, '')] as const));
  if (value instanceof Error) return value;
  const lines = key === 'query';
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      visible(name),
      lines && typeof item === 'string' ? visibleLines(item).join('\n') : seen(item, name),
    ]),
  );
}

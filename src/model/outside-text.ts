/**
 * Text that somebody else wrote: a server, a file, git, a person in Grafana. Whatever shows such text to a terminal, a
 * log or a report takes it through {@link visible}, and then through what its format needs (`escapeMarkdown`, `escapeHtml`).
 */

/** Controls, formats such as bidirectional marks, line separators, lone surrogates and what is not a character; joiners are part of words and emoji. */
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/gu;

/**
 * The text in one line, with every sign that a terminal would obey or a reader could not see made visible.
 *
 * @example visible('Acme\u001b[31m\nEU') // 'Acme\\u{1b}[31m\\nEU'
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, (sign) => NAMED[sign] ?? `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same, line by line, for text that is meant to have lines, such as an expression. */
export function visibleLines(text: string): readonly string[] {
  return text.split(/\r\n|\n/).map(visible);
}

/** JSON text with the same signs as escapes: the same data, and nothing that a terminal would obey. */
export function visibleJson(json: string): string {
  return json.replace(UNSEEN, (sign) => (sign === '\n' ? sign : [...units(sign)].join('')));
}

function* units(sign: string): Generator<string> {
  for (let index = 0; index < sign.length; index += 1)
    yield `\\u${sign.charCodeAt(index).toString(16).padStart(4, '0')}`;
}

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

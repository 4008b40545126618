import type { Json } from '../../model/json.ts';
import { visible, visibleJson } from '../../model/outside-text.ts';

/**
 * Plain JSON data as YAML that people read: expressions as blocks, everything else on one line. A small part of YAML
 * is enough here, and twenty times as fast as a whole emitter, which a fleet of hundreds of services feels.
 *
 * @example renderYaml({ alert: 'X', expr: 'a\nor b' }) // 'alert: X\nexpr: |-\n  a\n  or b\n'
 */
export function renderYaml(value: Json): string {
  return `${node(value, '').replace(/^\n/, '')}\n`;
}

/** A value behind its key or dash: on the same line, or on lines of its own below. */
function node(value: Json, indent: string): string {
  if (typeof value === 'string') return ` ${scalar(value, indent)}`;
  if (typeof value !== 'object' || value === null) return ` ${JSON.stringify(value)}`;
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []';
    return value
      .map(
        (item: Json) =>
          `\n${indent}-${item !== null && typeof item === 'object' ? nested(item, `${indent}  `) : node(item, `${indent}  `)}`,
      )
      .join('');
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return ' {}';
  return entries
    .map(([key, inner]) => `\n${indent}${plain(key) ? key : inQuotes(key)}:${node(inner, `${indent}  `)}`)
    .join('');
}

/** The first key of an object in a list stands behind the dash. */
function nested(value: Json, indent: string): string {
  return ` ${node(value, indent).trimStart()}`;
}

function scalar(text: string, indent: string): string {
  const lines = text.split('\n');
  if (lines.length > 1 && isBlock(text, lines))
    return `|-\n${lines.map((line) => (line === '' ? '' : `${indent === '' ? '  ' : indent}${line}`)).join('\n')}`;
  return plain(text) ? text : inQuotes(text);
}

/** Lines stay lines where all of them can be seen, and a runner of workflows takes none for a command. */
function isBlock(text: string, lines: readonly string[]): boolean {
  const edges = /^\s/.test(text) || /\s/.test(text.slice(-1));
  return (
    !edges &&
    !text.includes('##[') &&
    lines.every((line) => visible(line) === line && !line.trimStart().startsWith('::'))
  );
}

/** JSON's strings are YAML's. */
function inQuotes(text: string): string {
  return visibleJson(JSON.stringify(text)).replaceAll('##[', '##\\u005b');
}

/** Text that YAML reads as that very text, without quotation marks. */
function plain(text: string): boolean {
  return (
    /^[A-Za-z_$][A-Za-z0-9_$./-]*(?: [A-Za-z0-9_$./(),;'%-]+)*$/.test(text) &&
    !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)
  );
}

/** YAML as Grafana's reader understands it, and the marks of what is ours. */
import { Scalar, stringify } from 'yaml';
import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { type Resource, resourceKey } from '../../model/resource.ts';
import type { RenderedFile } from './kind.ts';

/** The first line of every YAML file of ours: by it they are known to be ours, even without a manifest. */
export function mark(owner: string): string {
  return `# Written by grafana-as-code for owner "${owner}". Edits are overwritten by the next sync.`;
}

/** A file of ours in YAML, and what it holds. */
export function yamlFile(path: string, content: JsonObject, held: readonly Resource[], owner: string): RenderedFile {
  return { path, content: `${mark(owner)}\n${yamlOf(content)}`, resources: held.map(resourceKey) };
}

/** Signs that Grafana's reader takes for an end of the line, or refuses, where they stand as they are. */
const ESCAPED = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** In a block, blanks of lines that hold nothing else are taken for its indentation. */
const BLANK_LINES = /^[ \t]*\n\s*$/;

/** YAML in which a text is a text for Grafana too: its reader takes `1_000` for a number and `2026-01-05` for a time. */
function yamlOf(content: JsonObject): string {
  const text = stringify(quoted(content), { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  return text.replace(ESCAPED, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same, with what has to be escaped in quotes, where it can be. */
function quoted(value: Json): unknown {
  if (typeof value === 'string') {
    if (value.search(ESCAPED) === -1 && !BLANK_LINES.test(value)) return value;
    const scalar = new Scalar(value);
    scalar.type = 'QUOTE_DOUBLE';
    return scalar;
  }
  if (Array.isArray(value)) return value.map(quoted);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, quoted(inner)]));
}

/** Grafana expands `$NAME` in these files, except in annotations and queries; `$$` is a dollar. */
export function escaped(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** The way back from `$$`, which keeps Grafana from taking a dollar for a variable. */
export function unescaped(text: string): string {
  return text.replaceAll('$$', '$');
}

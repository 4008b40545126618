/** Secrets that were revealed in a command, and text without them. */

import { visible } from '../../model/outside-text.ts';

/** What stands where a secret stood. */
export const REDACTED = '[secret]';

/**
 * Knows every secret that was revealed for a request, and takes them out of text. A value of one command, handed to all
 * that reveals secrets and to all that writes: `openHttp` adds what it sends, the command line redacts what it prints.
 */
export interface Redactor {
  /**
   * Remembers a secret in all the forms in which it comes back: as it is, in one line, percent-encoded, in JSON, in
   * HTML, in base64 (inside longer base64 too), and line by line. One of under four characters is not remembered: it is
   * part of too many words, and no secret.
   *
   * @example secrets.add(config.grafanaToken.reveal())
   */
  add(secret: string): void;
  /** The text with `[secret]` for every secret. Takes whole texts: a secret that is cut in two is not seen. */
  redact(text: string): string;
  /**
   * JSON data without secrets, for files that a command reads back and sends: plans and backups. Only what cannot be
   * anything else is replaced, long and with a digit in it: the password "prometheus" is a word of every dashboard.
   */
  redactData<T>(data: T): T;
}

/**
 * A redactor that knows nothing yet.
 *
 * @example
 * const secrets = createRedactor();
 * secrets.add('glsa_51c2');
 * secrets.redact('server said: Bearer glsa_51c2'); // 'server said: Bearer [secret]'
 */
export function createRedactor(): Redactor {
  const known = new Set<string>();
  let forms: readonly string[] | undefined;
  const formsOfAll = (secrets: readonly string[]): readonly string[] =>
    // The longest first: a part of a form is never left over.
    [...new Set(secrets.flatMap(formsOf))].sort((left, right) => right.length - left.length);
  return {
    add(secret) {
      for (const part of [secret, ...secret.split(/\r\n|\r|\n/)]) if (part.trim().length >= SHORTEST) known.add(part);
      forms = undefined;
    },
    redact(text) {
      forms ??= formsOfAll([...known]);
      return forms.reduce(without, text);
    },
    redactData(data) {
      const sure = formsOfAll([...known].filter((secret) => secret.length >= UNMISTAKABLE && /\d/.test(secret)));
      const text = JSON.stringify(data);
      const safe = sure.reduce(without, text);
      return safe === text ? data : JSON.parse(safe);
    },
  };
}

/** Characters. */
const SHORTEST = 4;
/** Characters of a secret that no text holds by chance. */
const UNMISTAKABLE = 12;
/** A shorter secret is replaced as a word, not inside words: the password "admin" leaves "administrator" alone. */
const WORD = 8;

function without(text: string, form: string): string {
  if (!text.includes(form)) return text;
  if (form.length >= WORD) return text.replaceAll(form, REDACTED);
  const word = new RegExp(
    `(?<![\\p{L}\\p{N}_])${form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')}(?![\\p{L}\\p{N}_])`,
    'gu',
  );
  return text.replace(word, REDACTED);
}

function formsOf(secret: string): readonly string[] {
  const plain = [...new Set([secret, secret.trim()])];
  return plain.flatMap((value) => [
    value,
    visible(value),
    ...percentEncoded(value),
    ...inJson(value),
    ...inHtml(value),
    ...inBase64(value),
  ]);
}

function percentEncoded(value: string): readonly string[] {
  // A lone surrogate has no percent-encoding.
  if (/\p{Cs}/u.test(value)) return [];
  const encoded = encodeURIComponent(value);
  const strict = encoded.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const all = [encoded, strict, encodeURI(value), new URLSearchParams({ '': value }).toString().slice(1)];
  return all.flatMap((form) => [form, form.replace(/%[\dA-F]{2}/g, (code) => code.toLowerCase())]);
}

/** As JSON has it, and as Go writes JSON: `<`, `>` and `&` escaped, or everything beyond ASCII. */
function inJson(value: string): readonly string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const go = json.replace(/[<>&]/g, escaped);
  return [json, go, go.replace(/[^\x20-\x7e]/g, escaped), JSON.stringify(json).slice(1, -1)];
}

function escaped(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function inHtml(value: string): readonly string[] {
  const html = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return [
    html.replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    html.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
    html.replaceAll('"', '&quot;').replaceAll("'", '&apos;'),
    html.replaceAll('"', '&quot;'),
  ];
}

/** Whole, and as the middle of something longer, which may begin one or two bytes before it. */
function inBase64(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const middles = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    // Characters that hold bits of the neighbours as well.
    const first = before === 0 ? 0 : before + 1;
    const last = Math.floor(((before + bytes.length) * 8) / 6);
    return text.slice(first, last);
  });
  const forms = [bytes.toString('base64'), bytes.toString('base64').replace(/(?<!=)=+$/, ''), ...middles];
  return forms
    .filter((form) => form.length >= WORD)
    .flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_'), ...percentEncoded(form)]);
}

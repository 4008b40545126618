/** The text of an `.env` file. dotenv reads it, and takes much for granted that people did not mean: that is said. */
import { parse } from 'dotenv';
import type { Diagnostic } from '../model/diagnostic.ts';

export interface EnvFile {
  readonly values: Readonly<Record<string, string>>;
  /** Errors and warnings. None shows a value: it may be a secret. */
  readonly problems: readonly Diagnostic[];
}

interface Entry {
  readonly line: number;
  readonly name: string;
}

/**
 * Reads the text of a file.
 *
 * @param file its name, for messages
 * @example parseEnvFile('GRAFANA_PASSWORD=abc#def', '.env').problems // C030: a # without quotes
 */
export function parseEnvFile(content: string, file: string): EnvFile {
  const text = content.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const problems: Diagnostic[] = [];
  const entries: Entry[] = [];
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (/^\s*(#.*)?$/.test(line)) continue;
    const place = { file, line: index + 1 };
    const [, name, value = ''] = /^\s*(?:export\s+)?([\w.-]+)\s*=(.*)$/.exec(line) ?? [];
    if (name === undefined) {
      const message = 'is not an assignment such as NAME=value';
      problems.push(problem('C001', place, message, 'Correct the line, or put # before it'));
      continue;
    }
    entries.push({ line: index + 1, name });
    const mark = /^\s*(["'`])/.exec(value)?.[1];
    if (mark === undefined) {
      problems.push(...unquoted(value, name, place));
      continue;
    }
    const rest = [value.slice(value.indexOf(mark) + 1), ...lines.slice(index + 1)].join('\n');
    const end = closing(rest, mark);
    if (end === undefined) {
      problems.push(problem('C001', place, `opens a quote (${mark}) that is never closed`, 'Close the quote'));
      break;
    }
    problems.push(...insideQuotes(rest.slice(0, end), mark, name, place));
    const after = rest.slice(end + 1).split('\n')[0] ?? '';
    if (!/^\s*(#.*)?$/.test(after)) {
      const message = `of ${name} goes on after the closing quote (${mark})`;
      problems.push(problem('C030', place, message, 'Put the whole value into quotes of another kind'));
    }
    index += rest.slice(0, end).split('\n').length - 1;
  }
  return { values: parse(text), problems: [...problems, ...repeated(entries, file)] };
}

/** Where the quote ends. One after a backslash does not end it. */
function closing(text: string, mark: string): number | undefined {
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\' && text[at + 1] === mark) at += 1;
    else if (text[at] === mark) return at;
  }
  return undefined;
}

type Place = { readonly file: string; readonly line: number };

function unquoted(value: string, name: string, place: Place): Diagnostic[] {
  const hash = value.indexOf('#');
  if (hash === 0 || (hash > 0 && /\S/.test(value[hash - 1] ?? ''))) {
    return [
      problem(
        'C030',
        place,
        `has a # in the value of ${name}: what follows would be left out`,
        "Put the value in quotes: NAME='…'. A comment needs a blank before its #",
      ),
    ];
  }
  const plain = value.slice(0, hash === -1 ? undefined : hash).trim();
  const quote = /["'`]$/.exec(plain)?.[0];
  if (quote !== undefined && plain.split(quote).length % 2 === 0) {
    return [problem('C030', place, `ends the value of ${name} with a quote (${quote}) that nothing opens`, 'Open it')];
  }
  return notReplaced(plain, name, place);
}

function insideQuotes(value: string, mark: string, name: string, place: Place): Diagnostic[] {
  if (value.includes(`\\${mark}`)) {
    const message = `has a backslash before a quote in the value of ${name}, and it would stay there`;
    return [problem('C030', place, message, 'Put the value in quotes of another kind, without the backslash')];
  }
  return mark === "'" ? [] : notReplaced(value, name, place);
}

function notReplaced(value: string, name: string, place: Place): Diagnostic[] {
  if (!/\$\{\w+\}/.test(value)) return [];
  const message = `refers to a variable in the value of ${name}, and it is not replaced`;
  const found = problem('C031', place, message, "Write the value itself, or put it in '…' if it is meant like that");
  return [{ ...found, level: 'warning' }];
}

function repeated(entries: readonly Entry[], file: string): Diagnostic[] {
  return entries.flatMap(({ name, line }, index) => {
    const first = entries.slice(0, index).find((entry) => entry.name === name);
    if (first === undefined) return [];
    const message = `sets ${name} again, which line ${first.line} has set`;
    return [problem('C030', { file, line }, message, 'Remove one of them')];
  });
}

function problem(code: string, { file, line }: Place, message: string, remedy: string): Diagnostic {
  return { code, level: 'error', subject: `${file}, line ${line}`, message, remedy };
}

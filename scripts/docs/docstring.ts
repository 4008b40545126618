/** A docstring taken apart. */

/** What a docstring says. */
export interface Docstring {
  readonly text: string;
  /** By name; a part of a parameter as `request.check`. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly returns: string;
  readonly throws: readonly string[];
  readonly examples: readonly string[];
}

/** Only these begin a part: an `@` in an address or in code does not. */
const TAG = /(?:^|(?<=\s))@(param|returns|throws|example)\b/;

/** Takes a docstring apart. @param doc without stars, as {@link readDeclarations} gives it */
export function parseDocstring(doc: string): Docstring {
  const [text = '', ...parts] = doc.split(TAG);
  const parameters = new Map<string, string>();
  const [throws, examples]: [string[], string[]] = [[], []];
  let returns = '';
  for (let index = 0; index < parts.length; index += 2) {
    const [tag, content = ''] = [parts[index], (parts[index + 1] ?? '').trim()];
    if (tag === 'returns') returns = content;
    else if (tag === 'throws') throws.push(content);
    else if (tag === 'example') examples.push(content);
    else {
      const [, name = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(content) ?? [];
      parameters.set(name, rest);
    }
  }
  return { text: text.trim(), parameters, returns, throws, examples };
}

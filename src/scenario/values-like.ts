/** Values that a pattern accepts, one for each of its alternatives: enough of RE2 for the labels of metrics. */

/** Patterns above this are no list of values. */
const LONGEST = 1000;

/**
 * Some short values that a pattern may accept; the caller tries them. None where the pattern is written in a way that is
 * not understood.
 *
 * @example valuesLike('5..|timeout') // ['500', 'timeout']
 */
export function valuesLike(pattern: string): readonly string[] {
  if (pattern.length > LONGEST) return [];
  const reader = { text: pattern, at: 0 };
  const values = alternatives(reader);
  return values === undefined || reader.at < pattern.length ? [] : values;
}

interface Reader {
  readonly text: string;
  at: number;
}

function alternatives(reader: Reader): string[] | undefined {
  const values: string[] = [];
  for (;;) {
    const one = sequence(reader);
    if (one === undefined) return undefined;
    values.push(...one);
    if (reader.text[reader.at] !== '|') return values;
    reader.at += 1;
  }
}

/** What stands side by side: the first value of each part, and those of the last group with several. */
function sequence(reader: Reader): string[] | undefined {
  let values = [''];
  while (reader.at < reader.text.length && !'|)'.includes(reader.text[reader.at] ?? '')) {
    const atom = repeated(reader);
    if (atom === undefined) return undefined;
    const [first = ''] = atom;
    values = values.length === 1 ? atom.map((value) => `${values[0]}${value}`) : values.map((value) => value + first);
  }
  return values;
}

function repeated(reader: Reader): string[] | undefined {
  const atom = single(reader);
  if (atom === undefined) return undefined;
  const [whole, sign, least] = /^(?:([*+?])|\{(\d{1,3})(?:,\d*)?\})\??/.exec(reader.text.slice(reader.at)) ?? [];
  if (whole === undefined) return atom;
  reader.at += whole.length;
  if (sign !== undefined) return sign === '+' ? atom : [...atom, ''];
  return atom.map((value) => value.repeat(Number(least)));
}

function single(reader: Reader): string[] | undefined {
  const sign = reader.text[reader.at] ?? '';
  reader.at += 1;
  switch (sign) {
    case '.':
      return ['0'];
    case '^':
    case '$':
      return [''];
    case '(': {
      const [flags] = /^\?(?::|P?<\w+>)/.exec(reader.text.slice(reader.at)) ?? [];
      if (flags === undefined && reader.text[reader.at] === '?') return undefined;
      reader.at += flags?.length ?? 0;
      const inner = alternatives(reader);
      if (inner === undefined || reader.text[reader.at] !== ')') return undefined;
      reader.at += 1;
      return inner;
    }
    case '[':
      return ofClass(reader);
    case '\\': {
      const escaped = reader.text[reader.at] ?? '';
      reader.at += 1;
      return ESCAPES[escaped] ?? (/\w/.test(escaped) ? undefined : [escaped]);
    }
    case '*':
    case '+':
    case '?':
    case '':
      return undefined;
    default:
      return [sign];
  }
}

const ESCAPES: Readonly<Record<string, string[]>> = {
  d: ['0'],
  w: ['a'],
  s: [' '],
  D: ['a'],
  W: ['-'],
  S: ['a'],
  n: ['\n'],
  t: ['\t'],
  b: [''],
};
/** What a negated class may accept. */
const OTHERS = ['0', '5', 'a', 'x', 'A', '_', '-', ' '];

function ofClass(reader: Reader): string[] | undefined {
  const [whole, not, inner] = /^(\^?)(\]?(?:[^\]\\]|\\.)*)\]/s.exec(reader.text.slice(reader.at)) ?? [];
  if (whole === undefined || inner === undefined || inner.includes('[:')) return undefined;
  reader.at += whole.length;
  try {
    const accepts = new RegExp(`^[${not}${inner.replace(/^\]/, '\\]')}]$`, 'su');
    const [first = '', escaped = ''] = inner;
    const own = first === '\\' ? (ESCAPES[escaped]?.[0] ?? escaped) : first;
    return [own, ...OTHERS].filter((value) => accepts.test(value)).slice(0, 1);
  } catch {
    return undefined;
  }
}

/** JSON of a server, whose cost is known before it is paid. */

import { HttpFailure } from './failure.ts';

/**
 * Commas, colons and openings of lists and objects in one answer: two to three seconds of parsing at the worst. 20,000
 * alert rules have two millions; a range query of a million samples has three.
 */
const MOST_SIGNS = 5_000_000;
/** Lists and objects inside one another. A dashboard has twenty. */
const DEEPEST = 500;

const [QUOTE, COMMA, COLON, OPEN_LIST, CLOSE_LIST, BACKSLASH, OPEN_OBJECT, CLOSE_OBJECT] = [
  0x22, 0x2c, 0x3a, 0x5b, 0x5d, 0x5c, 0x7b, 0x7d,
];

/**
 * Parses JSON, unless it is made to cost more than it says: 90 MB of empty lists take minutes.
 *
 * @throws HttpFailure `too complex`. SyntaxError for what is not JSON.
 */
export function parseBounded(text: string): unknown {
  checkCost(text);
  return JSON.parse(text) as unknown;
}

function checkCost(text: string): void {
  let signs = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign === QUOTE) {
      at = endOfString(text, at);
    } else if (sign === OPEN_LIST || sign === OPEN_OBJECT) {
      signs += 1;
      depth += 1;
      if (depth > DEEPEST) throw new HttpFailure('too complex', `more than ${DEEPEST} levels`);
    } else if (sign === CLOSE_LIST || sign === CLOSE_OBJECT) {
      depth -= 1;
    } else if (sign === COMMA || sign === COLON) {
      signs += 1;
    }
    if (signs > MOST_SIGNS) throw new HttpFailure('too complex', `more than ${MOST_SIGNS / 1e6} million values`);
  }
}

/** Where the string ends that begins there; the text's end where it does not. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
  return text.length;
}

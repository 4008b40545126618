import { createHash } from 'node:crypto';

/** Grafana refuses longer UIDs. */
export const MAX_UID = 40;
/** Characters of the hash that a long UID ends with: some two thousand million of them. */
const HASH = 6;

/**
 * The UID of something that is ours: its mark and what it is, with hyphens between. It is readable where it fits; one
 * that would be longer is cut, and ends with a hash of all of it, so that long names stay apart and a longer one of a
 * later engine breaks nobody. Parts are cut anywhere: `a-b` with `c` and `a` with `b-c` meet where they fit, which
 * validation reports.
 *
 * @param mark of the environment; at most 10 characters, where there are several
 * @example uid('acme', 'payments', 'errors') // 'acme-payments-errors'
 * @example uid('acme', 'settlement-of-card-payments', 'dependency') // 'acme-settlement-of-card-payments-dyp59j'
 */
export function uid(mark: string, ...parts: readonly string[]): string {
  const whole = [mark, ...parts].join('-');
  if (whole.length <= MAX_UID) return whole;
  const readable = whole.slice(0, MAX_UID - HASH - 1).replace(/(?<!-)-+$/, '');
  return `${readable}-${shortHash([mark, ...parts])}`;
}

/** Whether a text can stand before a UID's first hyphen. */
export function isMark(text: string): boolean {
  return /^[a-z][a-z0-9]*$/.test(text);
}

/** Of the parts, not of their text: what differs only in where a hyphen belongs stays apart. */
function shortHash(parts: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return BigInt(`0x${digest}`).toString(36).slice(-HASH);
}

import { type Duration, isDuration, toSeconds } from '../model/duration.ts';
import { refused } from '../model/explained-error.ts';

/**
 * A time that a user names: ISO 8601 with its zone, seconds since 1970, or a duration ago.
 *
 * @example readMoment('--since', '2026-01-14T14:15:00Z', now)
 * @example readMoment('--since', '32m', now) // 32 minutes ago
 * @returns whole seconds since 1970.
 * @throws ExplainedError if it is none of them.
 */
export function readMoment(flag: string, text: string, now: number): number {
  if (/^\d{9,11}$/.test(text)) return Number(text);
  // Nothing was measured before 1970, and no calendar has times a million years ago.
  if (isDuration(text) && toSeconds(text) <= now) return Math.floor(now) - toSeconds(text);
  const zoned = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/.test(text);
  const time = zoned ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
  if (Number.isNaN(time)) {
    throw refused(
      'K010',
      `${flag} ${text}`,
      'is not a time',
      'Give it with its zone (2026-01-14T14:15:00Z), in seconds since 1970, or as time ago (35m)',
    );
  }
  return Math.floor(time / 1000);
}

/** Ten years, in seconds: the sum with a time is still one. */
const LONGEST = 3653 * 86_400;

/** @throws ExplainedError if it is not a duration such as `30m`, or nothing at all where that makes no sense. */
export function readDuration(flag: string, text: string, least: 0 | 1 = 1): Duration {
  if (isDuration(text) && toSeconds(text) >= least && toSeconds(text) <= LONGEST) return text;
  throw refused(
    'K011',
    `${flag} ${text}`,
    'is not a duration',
    'Give a number and a unit, ten years at most: 30s, 2m, 1h, 7d',
  );
}

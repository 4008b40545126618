import type { Clock } from './io.ts';

/** Milliseconds. Timers count them in 31 bits, 24.8 days: a longer one ends at once. */
const LONGEST = 86_400_000;

/** Waits until a time, in seconds since 1970, however far away. */
export async function waitUntil(second: number, { now, sleep }: Pick<Clock, 'now' | 'sleep'>): Promise<void> {
  for (let left = second * 1000 - now(); left > 0; left = second * 1000 - now()) await sleep(Math.min(left, LONGEST));
}

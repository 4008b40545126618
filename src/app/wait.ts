import { setTimeout } from 'node:timers/promises';

/** Timers count milliseconds in 31 bits, 24.8 days: a longer one ends at once. */
const LONGEST = 86_400;

/** What time is it, and how to wait; tests have their own. */
export interface Clock {
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly sleep: (seconds: number) => Promise<unknown>;
}

const systemClock: Clock = {
  now: () => Date.now() / 1000,
  sleep: (seconds) => setTimeout(seconds * 1000),
};

/** Waits until a time, in seconds since 1970, however far away. */
export async function waitUntil(second: number, { now, sleep }: Clock = systemClock): Promise<void> {
  for (let left = second - now(); left > 0; left = second - now()) await sleep(Math.min(left, LONGEST));
}

import { expect, test } from 'vitest';
import { waitUntil } from '../../src/app/wait.ts';

test('the end of a window is waited for even where it is further away than a timer can count', async () => {
  let now = 1_000_000;
  const slept: number[] = [];
  const clock = {
    now: () => now * 1000,
    sleep: (milliseconds: number) => {
      slept.push(milliseconds / 1000);
      now += milliseconds / 1000;
      return Promise.resolve();
    },
  };
  await waitUntil(now + 40 * 86_400 + 90, clock);
  expect(now).toBe(1_000_000 + 40 * 86_400 + 90);
  // Node's timers end at once above 2^31 milliseconds.
  expect(Math.max(...slept) * 1000).toBeLessThan(2 ** 31);
  await waitUntil(now - 1, clock);
  expect(slept.at(-1)).toBe(90);
});

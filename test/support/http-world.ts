/** The world of a command's clients for tests: no proxy, no chance, no waiting. */

import { setTimeout as wait } from 'node:timers/promises';
import { createHttpWorld, createRedactor, type HttpWorld } from '../../src/adapters/http/index.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';

export interface TestWorld extends HttpWorld {
  /** What was warned of. */
  readonly warnings: readonly Diagnostic[];
  /** How long was waited, in milliseconds. */
  readonly waits: readonly number[];
}

export function httpWorld(
  options: {
    readonly environment?: HttpWorld['environment'];
    /** Default: does not wait. */
    readonly sleep?: HttpWorld['clock']['sleep'];
    readonly now?: () => number;
  } = {},
): TestWorld {
  const warnings: Diagnostic[] = [];
  const waits: number[] = [];
  const sleep = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
    waits.push(milliseconds);
    await options.sleep?.(milliseconds, signal);
  };
  const io = {
    environment: options.environment ?? {},
    clock: { now: options.now ?? Date.now, sleep },
    random: () => 0.5,
  };
  const world = createHttpWorld(io, (warning) => warnings.push(warning), createRedactor());
  return { ...world, warnings, waits };
}

/** For a server that is real: waits as long as it takes. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}

/** Counts the processes of ours that a test run starts: each costs half a second, and most need none. */

/** The most that `npm test` may start. */
export const MOST_PROCESSES = 15;

/** Stands in for one of ours in the test of this count, and is none. */
export const STAND_IN = 'scripts/none-of-ours.ts';

/** Whether a command line runs a command of this project, by itself or through a shell. */
export function isOurs(commandLine: readonly string[]): boolean {
  return /(^|[\s"'/])(scripts|preview|src)\/[\w/.-]+\.[cm]?[jt]s\b|\bnpm (run|test)\b/.test(commandLine.join(' '));
}

/**
 * What is wrong with the processes that were started.
 *
 * @param started a command line each
 * @returns undefined while they are few enough
 */
export function tooMany(started: readonly string[], most = MOST_PROCESSES): string | undefined {
  if (started.length <= most) return undefined;
  return [
    `The tests started ${started.length} processes of this project, and ${most} is the most.`,
    'Run a command in the process of its test: run() of test/support/run.ts.',
    ...started.map((line) => `  ${line}`),
  ].join('\n');
}

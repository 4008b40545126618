/** What clients have of the world of their command. */

import type { Diagnostic } from '../../model/diagnostic.ts';
import { createRedactor, type Redactor } from './redactor.ts';

/** Environment, time and chance of a command, the secrets it revealed, and where its warnings go. */
export interface HttpWorld {
  /** For HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, in capitals or not. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: {
    /** Milliseconds since 1970. */
    now(): number;
    /** Resolves after some milliseconds; at once where the signal is aborted. */
    sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  };
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly secrets: Redactor;
  /** Takes a warning; the same one again is dropped. */
  readonly warn: (warning: Diagnostic) => void;
}

/**
 * The world of one command's clients. Make one per command and give it to every client of it: warnings are said once,
 * and one redactor knows all secrets.
 *
 * @param io an `Io` does
 * @param onWarning gets each warning once. Default: nobody does
 * @param secrets default: a redactor of its own
 *
 * @example
 * const secrets = createRedactor();
 * const world = createHttpWorld(io, (warning) => warnings.push(warning), secrets);
 */
export function createHttpWorld(
  io: Pick<HttpWorld, 'environment' | 'clock' | 'random'>,
  onWarning: (warning: Diagnostic) => void = () => undefined,
  secrets: Redactor = createRedactor(),
): HttpWorld {
  const said = new Set<string>();
  const { environment, clock, random } = io;
  const warn = (warning: Diagnostic): void => {
    const key = `${warning.code} ${warning.subject}`;
    if (said.has(key)) return;
    said.add(key);
    onWarning(warning);
  };
  return { environment, clock, random, secrets, warn };
}

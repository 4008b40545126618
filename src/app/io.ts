/** The world of a command, as an argument: nothing below src/cli reads `process`, the clock or chance by itself. */

import type { HttpWorld } from '../adapters/http/index.ts';
import type { LockTaker } from '../adapters/lock.ts';
import type { CommandForm } from '../model/command-form.ts';
import type { LoadedProject } from '../project/source.ts';

/** A stream that a command writes to. */
export interface Output {
  /** Resolves when the text has left the process, or nobody reads it any more. */
  write(text: string): Promise<void>;
  /** A terminal: progress may overwrite its line, colours may be shown. */
  readonly isTerminal: boolean;
  /** Characters in a line of the terminal. */
  readonly columns?: number | undefined;
}

/** Time. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds since some moment; only differences mean something. */
  elapsed(): number;
  /** Resolves after some milliseconds; at once and early where the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** What a process gives a command of the world. Tests give it their own. */
export interface ProcessIo {
  /** The environment's variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The working directory, absolute: what paths of options are relative to. */
  readonly cwd: string;
  /** The project's root, absolute, with a slash at its end. */
  readonly root: string;
  /** How the project calls the engine's commands. Default: as `npm run NAME`. */
  readonly commands?: CommandForm | undefined;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** The process itself, which locks name. */
  readonly self: LockTaker;
  /** Aborted by Ctrl-C and by SIGTERM. */
  readonly interrupted: AbortSignal;
  /**
   * Loads services, dashboards and alerts as they are now. Node keeps a module that it has once imported: who loads
   * again after a file was changed has to give a loader that finds it afresh.
   */
  readonly loadProject: () => Promise<LoadedProject>;
}

/** What a command has of the world. */
export interface Io extends ProcessIo {
  /**
   * What clients of Grafana, Prometheus and GitHub take. `http.secrets` knows every secret that was read or sent:
   * stdout and stderr are without them; what is written elsewhere goes through `http.secrets.redact(text)`.
   */
  readonly http: HttpWorld;
}

/** Other programs. Each has an end: its deadline, or Ctrl-C; and what it says has one too. */
import { type ChildProcess, spawn } from 'node:child_process';
import { platform } from 'node:os';

/** A program to run. */
export interface ProgramCall {
  /** The program, found on the environment's PATH, and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds after which it is ended, with all that it started. Default: none. */
  readonly timeout?: number;
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
  /** `inherit`: it writes to our own streams and shares our terminal. Default: `collect`. */
  readonly output?: 'collect' | 'inherit';
  /** Gets what it writes as it comes, stdout and stderr. */
  readonly onOutput?: (text: string) => void;
}

/** What became of it. */
export interface Ran {
  /** `missing`: there is no such program, or it may not be executed. */
  readonly end: 'exited' | 'missing' | 'timeout' | 'interrupted';
  /** 0 is success; undefined where it did not exit by itself. */
  readonly code: number | undefined;
  /** The last million characters of each. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Sends a signal. */
type Kill = (pid: number, signal: 'SIGTERM' | 'SIGKILL') => unknown;

/** Tests have their own. */
export type RunProgram = (call: ProgramCall) => Promise<Ran>;

/** Milliseconds between the request to end and the end by force. */
const GRACE = 5_000;
const KEPT = 1_000_000;
/** Where a signal can go to a program and to all that it started: a process group of its own. */
const GROUPS = platform() !== 'win32';

/**
 * Runs programs of this machine. It throws only for what is a fault of ours.
 *
 * @param kill sends a signal to a process, or for a negative number to a group of processes: `process.kill`.
 */
export const programRunner =
  (kill: Kill): RunProgram =>
  ({ command: [file, ...args], cwd, environment, timeout, signal, output = 'collect', onOutput }) => {
    // In a group of its own it would lose the terminal that it shares.
    const grouped = GROUPS && output === 'collect';
    const child = spawn(file, args, {
      cwd,
      env: { ...environment },
      stdio: output === 'inherit' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      detached: grouped,
    });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        said[stream] = `${said[stream]}${text}`.slice(-KEPT);
        onOutput?.(text);
      });
    }
    return new Promise((resolve, reject) => {
      let end: Ran['end'] = 'exited';
      let force: NodeJS.Timeout | undefined;
      const stop = (because: 'timeout' | 'interrupted'): void => {
        if (end !== 'exited') return;
        end = because;
        send(child, grouped ? kill : undefined, 'SIGTERM');
        force = setTimeout(() => {
          send(child, grouped ? kill : undefined, 'SIGKILL');
          // What it started elsewhere may hold them open.
          child.stdout?.destroy();
          child.stderr?.destroy();
        }, GRACE);
      };
      const interrupt = (): void => stop('interrupted');
      const deadline = timeout === undefined ? undefined : setTimeout(() => stop('timeout'), timeout);
      const clear = (): void => {
        clearTimeout(deadline);
        clearTimeout(force);
        signal?.removeEventListener('abort', interrupt);
      };
      child.once('error', (cause: NodeJS.ErrnoException) => {
        clear();
        if (cause.code === 'ENOENT' || cause.code === 'EACCES') resolve({ end: 'missing', code: undefined, ...said });
        else reject(cause);
      });
      child.once('close', (code) => {
        clear();
        resolve({ end, code: end === 'exited' ? (code ?? 1) : undefined, ...said });
      });
      if (signal?.aborted === true) interrupt();
      else signal?.addEventListener('abort', interrupt, { once: true });
    });
  };

/** @param killGroup where the program has a group of its own */
function send(child: ChildProcess, killGroup: Kill | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    if (killGroup === undefined) child.kill(signal);
    else killGroup(-child.pid, signal);
  } catch (cause) {
    // It has ended meanwhile.
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
  }
}

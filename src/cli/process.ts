/** This process as a command's world: the only code that reads `process`. */
import * as nodeModule from 'node:module';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Clock, Output, ProcessIo } from '../app/io.ts';
import type { CliCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { loadProject } from './load-project.ts';
import { main, runCommand } from './main.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Runs a command as this process. Output is flushed before the process ends by itself.
 *
 * @param which the command, by its name where it is one of the engine's; its arguments are those of the process.
 */
export async function runProcess(which: string | CliCommand): Promise<void> {
  keepCompiled();
  // `| head` stops reading: what is being written to Grafana is finished all the same.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  // Once: the second Ctrl-C ends the process at once.
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const args = process.argv.slice(2);
  const io = processIo(interrupted.signal);
  process.exitCode = await (typeof which === 'string' ? main([which, ...args], io) : runCommand(() => which, args, io));
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  // What a command has left under way would keep the process alive.
  if (process.exitCode === EXIT.interrupted) process.exit();
}

/** What this process has of the world. @param interrupted default: never */
export function processIo(interrupted: AbortSignal = new AbortController().signal): ProcessIo {
  return {
    environment: process.env,
    cwd: process.cwd(),
    root: ROOT,
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    clock,
    random: Math.random,
    self: { pid: process.pid, isAlive },
    interrupted,
    loadProject: () => loadProject(ROOT),
  };
}

function isAlive(pid: number): boolean {
  try {
    // Signal 0 only asks.
    return process.kill(pid, 0);
  } catch (cause) {
    // It runs, and is somebody else's.
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function outputOf(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => new Promise((resolve) => stream.write(text, () => resolve())),
    isTerminal: stream.isTTY === true,
    columns: stream.columns,
  };
}

const clock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (milliseconds, signal) =>
    setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
};

/** Node from 22.1 on keeps what it has compiled for the next start; older ones cannot. */
function keepCompiled(): void {
  const { enableCompileCache } = nodeModule as { readonly enableCompileCache?: () => unknown };
  enableCompileCache?.();
}

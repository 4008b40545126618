/** This process as a command's world: the only code that reads `process`. */
import * as nodeModule from 'node:module';
import { setTimeout } from 'node:timers/promises';
import type { Clock, Output, ProcessIo } from '../app/io.ts';
import { commandForm } from '../model/command-form.ts';
import type { CliCommand } from './command.ts';
import { commandNames } from './commands.ts';
import { EXIT } from './exit-codes.ts';
import { loadProject } from './load-project.ts';
import { main, runCommand } from './main.ts';
import { packageOf, projectRoot } from './project-root.ts';

/**
 * Runs a command as this process, on the project that it was started in. Output is flushed before the process ends by
 * itself.
 *
 * @param which the command, by its name where it is one of the engine's; its arguments are those of the process. Default:
 * the first of these names it.
 */
export async function runProcess(which?: string | CliCommand): Promise<void> {
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
  process.exitCode = await (typeof which === 'object'
    ? runCommand(() => which, args, io)
    : main(which === undefined ? args : [which, ...args], io));
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  // What a command has left under way would keep the process alive.
  if (process.exitCode === EXIT.interrupted) process.exit();
}

/** What this process has of the world. @param interrupted default: never */
export function processIo(interrupted: AbortSignal = new AbortController().signal): ProcessIo {
  const cwd = process.cwd();
  // Some commands need no project; those that do say that there is none.
  const root = projectRoot(cwd) ?? `${cwd}/`;
  return {
    environment: process.env,
    cwd,
    root,
    commands: commandForm(commandNames, packageOf(root)?.scripts ?? {}),
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    clock,
    random: Math.random,
    self: { pid: process.pid, isAlive },
    interrupted,
    loadProject: () => loadProject(root),
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

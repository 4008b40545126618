/** In each worker: notes every process of ours that is started, however that is done. */
import childProcess, { ChildProcess } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { inject } from 'vitest';
import { isOurs } from './processes.ts';

const file = inject('startedProcesses');

function note(commandLine: readonly unknown[]): void {
  const words = commandLine.map(String);
  if (isOurs(words)) appendFileSync(file, `${words.join(' ').replaceAll('\n', ' ')}\n`);
}

/** `spawn`, `exec`, `execFile` and `fork` all end here. */
interface Spawning {
  spawn: (this: ChildProcess, options: { readonly file: string; readonly args?: readonly string[] }) => unknown;
}

function watch(): void {
  const prototype = ChildProcess.prototype as unknown as Spawning;
  const spawn = prototype.spawn;
  prototype.spawn = function (options) {
    note([options.file, ...(options.args ?? []).slice(1)]);
    return spawn.call(this, options);
  };
  const { spawnSync, execFileSync, execSync } = childProcess;
  Object.assign(childProcess, {
    spawnSync: noted(spawnSync),
    execFileSync: noted(execFileSync),
    execSync: noted(execSync),
  });
  syncBuiltinESMExports();
}

type Wrapped = (...args: unknown[]) => unknown;
const noted = (original: unknown): Wrapped => {
  return (...args) => {
    note([args[0], ...(Array.isArray(args[1]) ? args[1] : [])]);
    return (original as Wrapped)(...args);
  };
};

// Test files share a worker, and this file runs for each of them: what is wrapped twice would be counted twice.
const WATCHED = Symbol.for('processes-watch');
if (!Object.hasOwn(childProcess, WATCHED)) {
  Object.defineProperty(childProcess, WATCHED, { value: true });
  watch();
}

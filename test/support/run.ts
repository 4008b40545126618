/** Runs commands as their users do: in this process, or in one of their own where a process is what is tested. */
import { spawn } from 'node:child_process';
import { delimiter, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createHttpWorld } from '../../src/adapters/http/index.ts';
import { PROMTOOL_FOLDER } from '../../src/adapters/promtool/find.ts';
import type { Io, Output } from '../../src/app/io.ts';
import { main } from '../../src/cli/main.ts';
import { loadFresh } from './fresh-project.ts';
import { PROJECT, REPOSITORY } from './places.ts';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where programs are found: promtool too, which is fetched once for all of the tests. */
const PATH = [process.env['PATH'], `${REPOSITORY}${PROMTOOL_FOLDER}`].join(delimiter);

/** This process, which locks name. */
export const SELF: Io['self'] = {
  pid: process.pid,
  isAlive: (pid) => pid === process.pid || pid === process.ppid,
};

/** What of the world a test gives a command. */
export interface World extends Partial<Pick<Io, 'clock' | 'random' | 'interrupted' | 'loadProject'>> {
  /** Sees what is written to stderr as it is written. */
  readonly onStderr?: (text: string) => void;
}

/**
 * The world of a command in this process, with an environment of its own. Files that were changed since are loaded
 * afresh.
 *
 * @param project with a slash at its end: working directory and root of the command.
 */
export function ioOf(
  environment: Readonly<Record<string, string>> = {},
  project = PROJECT,
  { onStderr, ...world }: World = {},
): Io & Record<'stdout' | 'stderr', { readonly text: () => string }> {
  const root = `${resolve(project)}/`;
  const io = {
    environment: { PATH, HOME: process.env['HOME'], ...environment },
    cwd: resolve(project),
    root,
    stdout: collected(),
    stderr: collected(onStderr),
    clock: systemClock,
    random: Math.random,
    self: SELF,
    interrupted: new AbortController().signal,
    loadProject: () => loadFresh(root),
    ...world,
  };
  return { ...io, http: createHttpWorld(io) };
}

/** Runs a command in this process. */
export async function run(
  command: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
  project = PROJECT,
  world: World = {},
): Promise<Ran> {
  const io = ioOf(environment, project, world);
  const code = await main([command, ...args], io);
  return { code, stdout: io.stdout.text(), stderr: io.stderr.text() };
}

const systemClock: Io['clock'] = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: async (milliseconds, signal) => {
    await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  },
};

function collected(seen?: (text: string) => void): Output & { readonly text: () => string } {
  let all = '';
  return {
    isTerminal: false,
    text: () => all,
    write: (text) => {
      all += text;
      seen?.(text);
      return Promise.resolve();
    },
  };
}

/** The same in a process of its own: for exit codes, signals, closed pipes and users. */
export function runProcess(
  script: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
  project = PROJECT,
  user: { readonly uid?: number } = {},
): Promise<Ran> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', `scripts/${script}.ts`, ...args], {
      cwd: project,
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...environment },
      ...user,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}

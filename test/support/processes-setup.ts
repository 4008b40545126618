import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { STAND_IN, tooMany } from './processes.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The file to which workers add a line for each process of ours. */
    readonly startedProcesses: string;
  }
}

/** Fails the run where its tests started too many processes of ours. */
export function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'started-processes-'));
  const file = join(folder, 'started');
  appendFileSync(file, '');
  project.provide('startedProcesses', file);
  return () => {
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    const started = lines.filter((line) => line !== '' && !line.includes(STAND_IN));
    rmSync(folder, { recursive: true, force: true });
    const problem = tooMany(started);
    if (problem === undefined) return;
    // Vitest tells of an error in here, and goes on to succeed.
    process.exitCode = 1;
    throw new Error(problem);
  };
}

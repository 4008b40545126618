/** Processes of the bench: every run is one of its own, as a command is. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { EstateSize } from './estate.ts';
import { ROOT } from './root.ts';
import type { BenchRun } from './run.ts';

/** A Grafana that is measured. */
export interface Place {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly settle: () => Promise<void>;
  /** Whose estates were put there. */
  readonly owners: Set<string>;
}

export async function run(
  place: Place,
  owner: string,
  size: EstateSize,
  args: readonly string[],
): Promise<BenchRun & { readonly wall: number }> {
  place.owners.add(owner);
  const all = ['--owner', owner, '--size', JSON.stringify(size), ...args];
  const { stdout, milliseconds } = await start('scripts/bench/run.ts', all, place.environment);
  return { ...(JSON.parse(stdout) as BenchRun), wall: milliseconds };
}

const NOTHING: EstateSize = { dashboards: 0, rules: 0, groups: 0 };

/** Deletes an owner's estate. Grafana's lists hide what is new, so that young folders and what is in them may stay. */
export async function clear(place: Place, owner: string): Promise<void> {
  await run(place, owner, NOTHING, ['--apply', '--empty']);
}

/** Deletes what {@link clear} had to leave, once it has aged. Answers with what stays all the same, in sentences. */
export async function leaveNothing(place: Place): Promise<readonly string[]> {
  await place.settle();
  const left: string[] = [];
  for (const owner of place.owners) {
    await clear(place, owner);
    const { changes } = await run(place, owner, NOTHING, ['--empty']);
    const { GRAFANA_URL: url } = place.environment;
    if (changes > 0) {
      left.push(
        `${changes} objects of the bench stay in ${url}: delete the folder ${owner}-services, and what is in it`,
      );
    }
  }
  return left;
}

export function start(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  cwd = ROOT,
): Promise<{ stdout: string; milliseconds: number }> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
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
    child.on('close', (code) => {
      if (code === 0) resolve({ stdout, milliseconds: performance.now() - started });
      else reject(new Error(`${script} ended with ${code}\n${stderr}`));
    });
  });
}

export async function median(runs: number, once: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let index = 0; index < runs; index += 1) values.push(await once());
  return middle(values);
}

export function middle(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export function anOwner(): string {
  return `b${randomBytes(3).toString('hex')}`;
}

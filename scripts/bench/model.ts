/** Measures building and validating a thousand services of mixed kinds, with and without regions. */
import type { ModelRun } from './model-run.ts';
import { start } from './process.ts';
import type { Measured } from './table.ts';

const SERVICES = 1000;
const LIMITS = { seconds: 5, megabytes: 600 } as const;

/** Each run in a process of its own: its memory is all that the process ever had. */
export async function measureModel(say: (text: string) => void): Promise<readonly Measured[]> {
  const results: Measured[] = [];
  for (const [divided, args] of [
    ['', []],
    [', two regions', ['--regions']],
  ] as const) {
    say(`${SERVICES} services of mixed kinds${divided}`);
    const { stdout } = await start('scripts/bench/model-run.ts', ['--services', String(SERVICES), ...args], {});
    const run = JSON.parse(stdout) as ModelRun;
    const megabytes = Math.round(run.memory / 1e6);
    const estate = `${SERVICES.toLocaleString('en')} services, ${run.rules.toLocaleString('en')} rules${divided}`;
    results.push(
      {
        place: 'none',
        estate,
        what: 'building and validating',
        value: `${(run.built / 1000).toFixed(2)} s, ${(run.processor / 1000).toFixed(2)} s of processor time`,
        limit: `${LIMITS.seconds} s`,
        holds: run.built / 1000 <= LIMITS.seconds,
      },
      {
        place: 'none',
        estate,
        what: 'memory of the process',
        value: `${megabytes} MB`,
        limit: `${LIMITS.megabytes} MB`,
        holds: megabytes <= LIMITS.megabytes,
      },
    );
  }
  return results;
}

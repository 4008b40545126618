/** Measures what an engineer waits for: the tests and a replay, from nothing and the second time. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANSWERS_FOLDER } from '../../src/adapters/promtool/answers.ts';
import type { Measured } from './table.ts';

/** Seconds that the tests may take on two idle cores, and processor seconds of a replay that was made before. */
const LIMITS = { nothing: 120, again: 75, replay: 2 } as const;
/** Processes of ours that the tests may start. */
const PROCESSES = 15;

export interface BenchTestsOptions {
  /** The project's root, with a slash at its end. */
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since some moment. */
  readonly elapsed: () => number;
  readonly say: (text: string) => void;
}

/**
 * Runs `npm test` without promtool's answers and with them, and a replay twice. Seconds mean something on an idle machine;
 * processor time hardly depends on what else runs. What was kept before is put back.
 */
export async function measureTests(options: BenchTestsOptions): Promise<readonly Measured[]> {
  const { root, say } = options;
  const folder = `${root}${ANSWERS_FOLDER}`;
  await mkdir(join(root, '.cache'), { recursive: true });
  const scratch = await mkdtemp(join(root, '.cache', 'bench-'));
  const aside = join(scratch, 'answers');
  const had = await rename(folder, aside).then(
    () => true,
    () => false,
  );
  try {
    say('The tests, from nothing');
    const nothing = await runTests(options);
    say('The tests, the second time');
    const again = await runTests(options);
    say('A replay, the second time');
    const replay = ['--import', 'tsx', 'scripts/replay.ts', 'incident-linear'];
    await timed(replay, options);
    const replayed = await timed(replay, options);
    const processor = replayed.processor;
    return [
      ofTests('npm test, from nothing', nothing, LIMITS.nothing),
      ofTests('npm test, the second time', again, LIMITS.again),
      {
        place: 'none',
        estate: 'three services',
        what: 'replay of incident-linear, the second time',
        value: `${processor.toFixed(1)} s of processor time`,
        limit: `${LIMITS.replay} s`,
        holds: replayed.code === 0 && processor <= LIMITS.replay,
      },
    ];
  } finally {
    if (had) {
      await rm(folder, { recursive: true, force: true });
      await rename(aside, folder);
    }
    await rm(scratch, { recursive: true, force: true });
  }
}

function ofTests(what: string, { code, wall, processor, processes }: TestRun, limit: number): Measured {
  const failed = code === 0 ? '' : `, ended with ${code}`;
  return {
    place: 'none',
    estate: 'the tests',
    what,
    value: `${wall.toFixed(0)} s, ${processor.toFixed(0)} s of processor time, ${processes} processes of ours${failed}`,
    limit: `${limit} s, ${PROCESSES} processes`,
    holds: code === 0 && wall <= limit && processes <= PROCESSES,
  };
}

interface TestRun extends Timed {
  /** Processes of our own scripts that the tests started. */
  readonly processes: number;
}

async function runTests(options: BenchTestsOptions): Promise<TestRun> {
  const scratch = await mkdtemp(join(tmpdir(), 'bench-tests-'));
  try {
    const started = join(scratch, 'started');
    const run = await timed(['node_modules/vitest/vitest.mjs', 'run'], options, {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(COUNTING)}`,
      BENCH_STARTED: started,
    });
    const lines = await readFile(started, 'utf8').catch(() => '');
    return { ...run, processes: lines.split('\n').filter((line) => line !== '').length };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Runs first in every process of the tests: notes each Node that is started with a script of ours. */
const COUNTING = `
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
const file = process.env.BENCH_STARTED;
if (file) subscribe('child_process', ({ process: child }) => queueMicrotask(() => {
  const ours = (child.spawnargs ?? []).find((argument) => /(^|\\/)(scripts|bin|src\\/cli)\\/.*\\.[cm]?[jt]s$/.test(argument));
  if (ours) appendFileSync(file, ours + '\\n');
}));
`;

interface Timed {
  readonly code: number | null;
  /** Seconds. */
  readonly wall: number;
  /** Seconds, of the process and of all that it waited for. */
  readonly processor: number;
}

/** Runs Node through a shell, whose `times` knows the processor time of all its children. */
function timed(
  args: readonly string[],
  { root, environment, elapsed }: BenchTestsOptions,
  more: Readonly<Record<string, string>> = {},
): Promise<Timed> {
  return new Promise((resolve, reject) => {
    const began = elapsed();
    const child = spawn('sh', ['-c', '"$@" >&2; code=$?; times; exit $code', 'sh', process.execPath, ...args], {
      cwd: root,
      env: { ...environment, ...more },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, wall: (elapsed() - began) / 1000, processor: childrenIn(stdout) }));
  });
}

/** The second line is the children's: `1m2.5s 0m3.25s`, for user and system. */
function childrenIn(times: string): number {
  const line = times.trim().split('\n').at(-1) ?? '';
  const seconds = [...line.matchAll(/(\d+)m([\d.,]+)s/g)].map(
    ([, minutes = '0', rest = '0']) => Number(minutes) * 60 + Number(rest.replace(',', '.')),
  );
  return seconds.reduce((sum, one) => sum + one, 0);
}

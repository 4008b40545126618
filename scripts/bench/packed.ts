/** Measures what a command takes of the packed engine, beside the same of this repository's sources. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildPackage } from '../package/build.ts';
import { README, readmeFiles } from '../package/readme.ts';
import { ROOT } from './root.ts';
import type { Measured } from './table.ts';

const COMMANDS = [['plan'], ['plan', '--help']] as const;
/** Runs of each; the fastest counts, since other work on a machine only ever adds to it. */
const RUNS = 9;

/** The project that the package's README shows, once with each engine: what takes longer is the package's fault. */
export async function measurePacked(options: {
  /** Milliseconds since some moment. */
  readonly elapsed: () => number;
  readonly say: (text: string) => void;
}): Promise<readonly Measured[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-packed-'));
  try {
    const built = await buildPackage(ROOT);
    const packed = projectIn(join(scratch, 'packed'));
    cpSync(built, join(packed, 'node_modules/grafana-as-code'), { recursive: true });
    const sources = projectIn(join(scratch, 'sources'));
    symlinkSync(ROOT, join(sources, 'node_modules/grafana-as-code'));
    const run = (folder: string, args: readonly string[]): number => {
      const began = options.elapsed();
      const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
      if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}\n${stderr}`);
      return options.elapsed() - began;
    };
    return COMMANDS.map(([name, ...args]) => {
      const command = [name, ...args].join(' ');
      options.say(`${command}, packed and from sources, by turns`);
      const turns = Array.from({ length: RUNS }, () => ({
        packed: run(packed, ['node_modules/grafana-as-code/cli/bin.js', name, ...args]),
        sources: run(sources, ['--import', 'tsx', join(ROOT, `scripts/${name}.ts`), ...args]),
      }));
      const value = Math.min(...turns.map((turn) => turn.packed));
      const limit = Math.min(...turns.map((turn) => turn.sources));
      return {
        place: 'none',
        estate: 'one service',
        what: `${command} of the packed engine`,
        value: `${(value / 1000).toFixed(2)} s`,
        limit: `${(limit / 1000).toFixed(2)} s, from sources`,
        holds: value <= limit,
      };
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A project with every package of this repository, but without an engine. */
function projectIn(folder: string): string {
  const modules = join(folder, 'node_modules');
  mkdirSync(modules, { recursive: true });
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  for (const [name, text] of readmeFiles(readFileSync(join(ROOT, README), 'utf8'))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

import { fileURLToPath } from 'node:url';
import type { RunProgram } from '../adapters/program.ts';
import type { WatchFiles } from '../adapters/watch.ts';
import type { Io } from '../app/io.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** Beside this file, as sources or compiled. */
const PROGRAM = fileURLToPath(new URL(`./bin.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url));

/** A command that is run whenever code changes, each time as a process of its own. */
export interface Rerun {
  /** As in `npm run NAME`. */
  readonly name: string;
  readonly args: readonly string[];
  /** Whether it runs before the first change, too. */
  readonly atOnce: boolean;
}

/** Runs a command whenever code changes, until Ctrl-C. @param adapters default: this machine's own */
export async function rerunOnChange(
  { name, args, atOnce }: Rerun,
  io: Io,
  adapters?: { readonly runProgram: RunProgram; readonly watchFiles: WatchFiles },
): Promise<ExitCode> {
  const [{ runOnChange }, { runScript }, { runProgram }, { watchFiles }] = await Promise.all([
    import('../app/watch.ts'),
    import('../adapters/script.ts'),
    adapters ?? import('./run-program.ts'),
    adapters ?? import('../adapters/watch.ts'),
  ]);
  const script = { program: PROGRAM, name, args, root: io.root, node: process.execPath };
  const run = (signal: AbortSignal) => runScript(script, io.environment, signal, runProgram);
  await runOnChange({ atOnce }, { io, watchFiles, run });
  return EXIT.interrupted;
}

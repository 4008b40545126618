/** A command of the engine as a process of its own, which imports every file afresh. */
import type { RunProgram } from './program.ts';

/** A command as it is run again. */
export interface Script {
  /** The engine's program, absolute: sources or compiled. */
  readonly program: string;
  /** The command's name. */
  readonly name: string;
  readonly args: readonly string[];
  readonly root: string;
  /** The path of Node. */
  readonly node: string;
}

/**
 * Runs a command in our terminal, until it ends by itself or the signal asks it to.
 *
 * @param environment the process's own.
 * @returns its exit code; undefined if it was asked to end.
 */
export async function runScript(
  { program, name, args, root, node }: Script,
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
  run: RunProgram,
): Promise<number | undefined> {
  const loader = program.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const command = [node, ...loader, program, name, ...args] as const;
  return (await run({ command, cwd: root, environment, signal, output: 'inherit' })).code;
}

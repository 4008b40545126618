/** A command of the project as a process of its own, which imports every file afresh. */
import type { RunProgram } from './program.ts';

/**
 * Runs `scripts/<name>.ts` in our terminal, until it ends by itself or the signal asks it to.
 *
 * @param script with `node`, the path of Node. @param environment the process's own.
 * @returns its exit code; undefined if it was asked to end.
 */
export async function runScript(
  script: { readonly name: string; readonly args: readonly string[]; readonly root: string; readonly node: string },
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
  run: RunProgram,
): Promise<number | undefined> {
  const { name, args, root, node } = script;
  const command = [node, '--import', 'tsx', `scripts/${name}.ts`, ...args] as const;
  return (await run({ command, cwd: root, environment, signal, output: 'inherit' })).code;
}

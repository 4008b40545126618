import type { ProcessIo } from '../app/io.ts';
import { visible } from '../model/outside-text.ts';
import { type CliCommand, reportError } from './command.ts';
import { commandIo } from './command-io.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** Every command, loaded when it is asked for. */
const COMMANDS: Readonly<Record<string, () => Promise<CliCommand>>> = {
  annotate: async () => (await import('./commands/annotate.ts')).annotate,
  comment: async () => (await import('./commands/comment.ts')).comment,
  diff: async () => (await import('./commands/diff.ts')).diff,
  'drift-issue': async () => (await import('./commands/drift-issue.ts')).driftIssue,
  gate: async () => (await import('./commands/gate.ts')).gate,
  'new-service': async () => (await import('./commands/new-service.ts')).newService,
  plan: async () => (await import('./commands/plan.ts')).plan,
  pools: async () => (await import('./commands/pools.ts')).pools,
  preview: async () => (await import('./commands/preview.ts')).preview,
  render: async () => (await import('./commands/render.ts')).render,
  replay: async () => (await import('./commands/replay.ts')).replay,
  restore: async () => (await import('./commands/restore.ts')).restore,
  runbooks: async () => (await import('./commands/runbooks.ts')).runbooks,
  screenshots: async () => (await import('./commands/screenshots.ts')).screenshots,
  'setup:promtool': async () => (await import('./commands/setup-promtool.ts')).setupPromtool,
  sync: async () => (await import('./commands/sync.ts')).sync,
  validate: async () => (await import('./commands/validate.ts')).validate,
};

/** Their names, as in `npm run NAME`. */
export const commandNames: readonly string[] = Object.keys(COMMANDS);

/**
 * Runs a command, in this process.
 *
 * @param argv the command's name and its arguments.
 * @returns the exit code. It never throws: what goes wrong is on stderr.
 * @example await main(['plan', '--format', 'json'], processIo())
 */
export async function main(argv: readonly string[], io: ProcessIo): Promise<ExitCode> {
  const [name = '', ...args] = argv;
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) {
    await io.stderr.write(`error  There is no command "${visible(name)}". Commands: ${commandNames.join(', ')}\n`);
    return EXIT.usage;
  }
  return runCommand(load, args, io);
}

/** Runs one command. @param load gives it; what goes wrong while it loads is said like the rest */
export async function runCommand(
  load: () => CliCommand | Promise<CliCommand>,
  args: readonly string[],
  processIo: ProcessIo,
): Promise<ExitCode> {
  const io = commandIo(processIo);
  try {
    const command = await load();
    const done = command.run(args, io);
    return await (command.stopsInOrder ? done : Promise.race([done, onceInterrupted(io.interrupted)]));
  } catch (error) {
    return reportError(error, io);
  }
}

function onceInterrupted(signal: AbortSignal): Promise<ExitCode> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(EXIT.interrupted);
    signal.addEventListener('abort', () => resolve(EXIT.interrupted), { once: true });
  });
}

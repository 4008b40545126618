import type { ProcessIo } from '../app/io.ts';
import { visible } from '../model/outside-text.ts';
import { type CliCommand, reportError } from './command.ts';
import { commandIo } from './command-io.ts';
import { COMMANDS, commandNames } from './commands.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/**
 * Runs a command, in this process.
 *
 * @param argv the command's name and its arguments; `--help` lists the commands, `--version` says the engine's.
 * @returns the exit code. It never throws: what goes wrong is on stderr.
 * @example await main(['plan', '--format', 'json'], processIo())
 */
export async function main(argv: readonly string[], io: ProcessIo): Promise<ExitCode> {
  const [name = '', ...args] = argv;
  if (name === '' || name === '--help' || name === '--version') {
    const { helpText, versionText } = await import('./help.ts');
    await io.stdout.write(name === '--version' ? versionText() : await helpText());
    return name === '' ? EXIT.usage : EXIT.success;
  }
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

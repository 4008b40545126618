import { Command, CommanderError } from 'commander';
import type { Io } from '../app/io.ts';
import { sayCommands } from '../model/command-form.ts';
import { ExplainedError, usageError } from '../model/explained-error.ts';
import { visible, visibleLines } from '../model/outside-text.ts';
import { renderDiagnostics, renderFailure } from '../report/common/diagnostics.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { swallowedOptions } from './swallowed-options.ts';
import { paintFor } from './terminal.ts';

/** A command of the project, ready to run. */
export interface CliCommand {
  /** As in `npm run NAME`. */
  readonly name: string;
  /** What it does, in a sentence. */
  readonly description: string;
  /** It ends in order after Ctrl-C by itself; any other command is left where it is. */
  readonly stopsInOrder: boolean;
  run(args: readonly string[], io: Io): Promise<ExitCode>;
}

/** What a command's action gets. */
export interface Call<Options> {
  readonly options: Options;
  /** What is no option. */
  readonly args: readonly string[];
  /** All of it, as it was given. */
  readonly given: readonly string[];
  readonly io: Io;
  /** `io.clock.elapsed()` at the start. */
  readonly started: number;
}

/**
 * States a command: the same help, strictness and error form for each. Modules that take long to load belong into
 * `run`, by `await import()`, so that help and wrong arguments are quick.
 *
 * @example
 * export const validate = defineCommand({
 *   name: 'validate', description: 'Checks services, dashboards and alert rules.',
 *   run: async ({ io }) => EXIT.success,
 * });
 */
export function defineCommand<Options extends object = object>(spec: {
  readonly name: string;
  readonly description: string;
  /** Adds arguments and options. */
  readonly declare?: (command: Command, io: Io) => Command;
  /** Default: false. */
  readonly stopsInOrder?: boolean;
  readonly run: (call: Call<Options>) => Promise<ExitCode>;
}): CliCommand {
  const { name, description, declare, run, stopsInOrder = false } = spec;
  return {
    name,
    description,
    stopsInOrder,
    run: async (args, io) => {
      const started = io.clock.elapsed();
      const written: Promise<void>[] = [];
      const say = (text: string): string => sayCommands(text, io.commands);
      const bare = new Command(say(`npm run ${name} --`))
        .description(say(description))
        .helpOption('--help', 'show this help')
        .allowExcessArguments(false)
        .showHelpAfterError(say(`(npm run ${name} -- --help shows the options)`))
        .exitOverride()
        .configureOutput({
          writeOut: (text) => written.push(io.stdout.write(text)),
          // It says back what was typed, or what a script put there.
          writeErr: (text) => written.push(io.stderr.write(visibleLines(text).join('\n'))),
          getOutHelpWidth: () => io.stdout.columns ?? 80,
          getErrHelpWidth: () => io.stderr.columns ?? 80,
          getOutHasColors: () => false,
          getErrHasColors: () => false,
        });
      const command = declare?.(bare, io) ?? bare;
      // Before its lines are broken, which may come between the words of a command.
      for (const option of command.options) option.description = say(option.description);
      try {
        command.parse([...args], { from: 'user' });
      } catch (error) {
        if (!(error instanceof CommanderError)) throw error;
        await Promise.all(written);
        return error.exitCode === 0 ? EXIT.success : EXIT.usage;
      }
      refuseSwallowed(command, io);
      return run({ options: command.opts<Options>(), args: command.args, given: args, io, started });
    },
  };
}

/** @throws ExplainedError for options that npm kept for itself, because the `--` before them is missing */
function refuseSwallowed(command: Command, { environment }: Pick<Io, 'environment'>): void {
  const absent = command.options.filter((option) => command.getOptionValueSource(option.attributeName()) !== 'cli');
  const swallowed = swallowedOptions(
    environment,
    absent.map(({ long }) => (long ?? '').replace(/^--/, '')),
  );
  if (swallowed.length === 0) return;
  throw usageError(
    swallowed.map(({ option, value }) => ({
      code: 'C035',
      level: 'error',
      subject: option,
      message: 'was taken by npm, and did not reach the command',
      remedy: `Put -- before the options: ${command.name()} ${option}${value === 'true' ? '' : ` ${visible(value)}`}`,
    })),
  );
}

/** Says what went wrong, with the next step. */
export async function reportError(error: unknown, io: Io): Promise<ExitCode> {
  const paint = paintFor(io.stderr, io.environment);
  if (error instanceof ExplainedError) {
    const { code, message, remedy, kind, problems } = error;
    const closing = kind === 'usage' ? { closing: 'Nothing was written.' } : {};
    const text =
      problems.length > 0
        ? renderDiagnostics(problems, { paint, ...closing })
        : renderFailure({ code, message, remedy }, paint);
    await io.stderr.write(`${text}\n`);
    return EXIT_OF[kind];
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  await io.stderr.write(`error  This is a bug of the tool, not of your code.\n${trace}\n`);
  return EXIT.failure;
}

const EXIT_OF = { failure: EXIT.failure, usage: EXIT.usage, access: EXIT.accessDenied } as const;

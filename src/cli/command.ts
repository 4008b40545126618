import { Command, CommanderError } from 'commander';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { renderDiagnostics } from '../../src/report/diagnostics.ts';
import { brokenCode } from './broken-code.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** Wrong arguments or configuration, found before anything was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly problems: readonly Diagnostic[];

  constructor(problems: readonly Diagnostic[]) {
    super(problems.map(({ subject, message }) => `${subject} ${message}`).join('; '));
    this.problems = problems;
  }
}

/** One wrong argument or variable. */
export function refused(code: string, subject: string, message: string, remedy: string): UsageError {
  return new UsageError([{ code, level: 'error', subject, message, remedy }]);
}

/** A command of the project: the same help, strictness and error form for each. */
export function defineCommand(name: string, description: string): Command {
  return new Command(`npm run ${name} --`)
    .description(description)
    .helpOption('--help', 'show this help')
    .allowExcessArguments(false)
    .showHelpAfterError(`(npm run ${name} -- --help shows the options)`)
    .exitOverride();
}

/**
 * Runs a command and sets the exit code. Output is flushed before the process ends by itself.
 *
 * @param action gets nothing: it reads the command's options, and answers with the exit code.
 */
export async function runCommand(command: Command, action: () => Promise<ExitCode>): Promise<void> {
  try {
    command.parse();
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.success : EXIT.usage;
    else process.exitCode = report(error);
    return;
  }
  await runAction(action);
}

/** The same for a process that has no arguments. */
export async function runAction(action: () => Promise<ExitCode>): Promise<void> {
  // `| head` stops reading: what is being written to Grafana is finished all the same.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    process.exitCode = await action();
  } catch (error) {
    process.exitCode = report(error);
  }
}

function report(error: unknown): ExitCode {
  if (error instanceof UsageError) {
    process.stderr.write(`${renderDiagnostics(error.problems, { closing: 'Nothing was written.' })}\n`);
    return EXIT.usage;
  }
  if (isExplained(error)) {
    process.stderr.write(`error  ${error.code} ${error.message}\n       ${error.remedy}\n`);
    return error.exitCode ?? EXIT.failure;
  }
  const broken = brokenCode(error);
  if (broken !== undefined) {
    process.stderr.write(`${renderDiagnostics([broken], { closing: 'Nothing was written.' })}\n`);
    return EXIT.failure;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`error  This is a bug of the tool, not of your code.\n${trace}\n`);
  return EXIT.failure;
}

/** Errors that know their remedy, such as a target's. */
function isExplained(error: unknown): error is Error & { code: string; remedy: string; exitCode?: ExitCode } {
  return error instanceof Error && typeof (error as { remedy?: unknown }).remedy === 'string';
}

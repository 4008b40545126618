import process from 'node:process';
import { Option } from 'commander';
import type { RunProgram } from '../../adapters/program.ts';
import type { ThisMachine } from '../../adapters/this-machine.ts';
import type { WatchFiles } from '../../adapters/watch.ts';
import type { Io } from '../../app/io.ts';
import type { PreviewOutcome, PreviewRequest } from '../../app/preview/preview.ts';
import { type CliCommand, defineCommand } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { SHOWN_ENV_HELP } from '../options.ts';

/** What the command does outside of its process. */
export interface PreviewAdapters {
  readonly runProgram: RunProgram;
  readonly thisMachine: ThisMachine;
  readonly watchFiles: WatchFiles;
}

type Options = PreviewRequest & { readonly watch?: true };

/** @param adapters tests have their own */
export function previewCommand(adapters: () => Promise<PreviewAdapters> = ownAdapters): CliCommand {
  return defineCommand<Options>({
    name: 'preview',
    description: 'Starts a Grafana with every dashboard and rule over data that lives, by docker, and syncs to it.',
    stopsInOrder: true,
    declare: (command) =>
      command
        .option(
          '--scenario <id>',
          'what the services live through: healthy, incident where there is one, or one of npm run replay -- --list',
        )
        .option('--from <time>', "the scenario's time that is now, such as 14:40; default: its first event")
        .option('--watch', 'sync whenever a file is saved, until Ctrl-C')
        .option('--timeout <duration>', 'how long everything may take to answer', '4m')
        .option('--env <name>', `${SHOWN_ENV_HELP}; read .env.<name> instead of .env`)
        .addOption(
          new Option('--sync', 'sync to the preview that runs, and start nothing').conflicts([
            'scenario',
            'from',
            'watch',
            'down',
          ]),
        )
        .addOption(
          new Option('--down', 'remove containers, networks and volumes').conflicts(['scenario', 'from', 'watch']),
        ),
    run: async ({ options, io, started }) => {
      const [app, { paintFor }, { runProgram, thisMachine, watchFiles }] = await Promise.all([
        import('../../app/preview/preview.ts'),
        import('../terminal.ts'),
        adapters(),
      ]);
      const paint = paintFor(io.stderr, io.environment);
      try {
        const done = await app.preview(options, { io, run: runProgram, machine: thisMachine, user: user(), paint });
        await show(done, (io.clock.elapsed() - started) / 1000, io);
        if (options.watch !== true || done.outcome === 'invalid') return exitCodeOf(done.outcome, io);
        const { rerunOnChange } = await import('../rerun.ts');
        return await rerunOnChange(
          {
            name: 'preview',
            args: ['--sync', ...(options.env === undefined ? [] : ['--env', options.env])],
            atOnce: false,
          },
          io,
          {
            runProgram,
            watchFiles,
          },
        );
      } catch (error) {
        // What Ctrl-C ends fails in its own ways.
        if (io.interrupted.aborted) return EXIT.interrupted;
        throw error;
      }
    },
  });
}

export const preview = previewCommand();

async function show({ outcome, text, where }: PreviewOutcome, seconds: number, { stdout, stderr }: Io): Promise<void> {
  if (outcome === 'removed') await stdout.write('The preview is gone, and its data with it.\n');
  else await stderr.write(`${text}\n`);
  if (where !== undefined) await stdout.write(`\nThe preview is there, after ${seconds.toFixed(0)} s:\n\n${where}\n`);
}

function exitCodeOf(outcome: PreviewOutcome['outcome'], { interrupted }: Io): ExitCode {
  if (interrupted.aborted) return EXIT.interrupted;
  switch (outcome) {
    case 'invalid':
      return EXIT.failure;
    case 'partial':
      return EXIT.partial;
    case 'synced':
    case 'unchanged':
    case 'removed':
      return EXIT.success;
    default:
      return outcome satisfies never;
  }
}

async function ownAdapters(): Promise<PreviewAdapters> {
  const [{ runProgram }, { thisMachine }, { watchFiles }] = await Promise.all([
    import('../run-program.ts'),
    import('../../adapters/this-machine.ts'),
    import('../../adapters/watch.ts'),
  ]);
  return { runProgram, thisMachine, watchFiles };
}

function user(): { readonly uid: number; readonly gid: number } | undefined {
  const uid = process.getuid?.();
  return uid === undefined ? undefined : { uid, gid: process.getgid?.() ?? uid };
}

import { type Command, Option } from 'commander';
import type { Io } from '../app/io.ts';
import { ENV_HELP, folderName, outputFile, wholeNumber } from './options.ts';

/** Options of every command that plans. */
export interface SyncOptions {
  readonly target?: 'directory' | 'grafana';
  readonly dir?: string;
  readonly env?: string;
  readonly only?: 'dashboards' | 'alerts';
  readonly service?: string;
  readonly maxDeletes?: number;
  readonly overwriteDrift?: true;
  readonly format: 'text' | 'json' | 'md' | 'html';
  readonly out?: string;
  readonly json?: string;
}

/** Declares them. */
export function addSyncOptions(command: Command, io: Io, formats: readonly string[] = ['text', 'json', 'md']): Command {
  return command
    .addOption(
      new Option(
        '--target <target>',
        'where to sync to; default: Grafana if GRAFANA_URL is set, else a directory',
      ).choices(['directory', 'grafana']),
    )
    .option(
      '--dir <dir>',
      'the directory to sync to; default: dist, of several environments dist/<name>',
      folderName('--dir'),
    )
    .option('--env <name>', ENV_HELP)
    .addOption(new Option('--only <part>', 'leave everything else as it is').choices(['dashboards', 'alerts']))
    .option('--service <id>', 'only this service; everything else stays as it is')
    .option(
      '--max-deletes <n>',
      'the most dashboards and rule groups to delete; default: 5 or 25 %',
      wholeNumber('--max-deletes'),
    )
    .option('--overwrite-drift', 'let the code win over edits made in Grafana; they are backed up first')
    .addOption(new Option('--format <format>', 'form of the result').choices(formats).default('text'))
    .option('--out <file>', 'write the result to a file instead of stdout', outputFile('--out', io))
    .option('--json <file>', 'write it as JSON as well, for other commands', outputFile('--json', io));
}

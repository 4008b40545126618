import { defineCommand, runCommand } from './support/command.ts';
import { EXIT, type ExitCode } from './support/exit-codes.ts';

interface AnnotateOptions {
  readonly service: string;
  readonly version: string;
  readonly sha?: string;
  readonly link?: string;
  readonly at: string;
  readonly rollback?: true;
  readonly env?: string;
}

const command = defineCommand('annotate', "Marks a deployment on the service's dashboard and on the overview, once.")
  .requiredOption('--service <id>', 'the service that was deployed; project for the dashboards themselves')
  .requiredOption('--version <version>', 'what was deployed, such as v1.2.3')
  .option('--sha <sha>', 'the commit it was built from')
  .option('--link <url>', 'where to read on: the run of the pipeline, or the release')
  .option('--at <time>', 'when: 2025-12-15T14:00:00Z, or 5m for five minutes ago', '0s')
  .option('--rollback', 'it was taken back: the mark becomes a region that ends at that time')
  .option('--env <name>', 'read .env.<name> instead of .env');

await runCommand(command, async (): Promise<ExitCode> => {
  const [{ annotate }, { writeResult }] = await Promise.all([
    import('./support/annotate.ts'),
    import('./support/terminal.ts'),
  ]);
  await writeResult(await annotate(command.opts<AnnotateOptions>()), undefined);
  return EXIT.success;
});

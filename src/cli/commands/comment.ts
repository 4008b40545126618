import { defineCommand, runCommand } from './support/command.ts';
import { EXIT, type ExitCode } from './support/exit-codes.ts';
import { wholeNumber } from './support/options.ts';

const command = defineCommand(
  'comment',
  'Writes a report as the one comment of its kind on a pull request, or updates it.',
)
  .requiredOption('--file <file>', 'the report, from npm run diff -- --format md')
  .option('--pull-request <number>', 'default: the one that started the job', wholeNumber('--pull-request', 1))
  .option('--summary', 'only into the page of the job; so it is for forks, which may not comment');

await runCommand(command, async (): Promise<ExitCode> => {
  const [
    { fitted, HostingError, upsertComment },
    { addToSummary, hostingOf, pullRequestOf, readReport },
    { COMMENT_MARK },
  ] = await Promise.all([
    import('./support/hosting.ts'),
    import('./support/runner.ts'),
    import('../src/report/diff-markdown.ts'),
  ]);
  const options = command.opts<{ file: string; pullRequest?: number; summary?: true }>();
  const body = fitted(await readReport('--file', options.file));
  const hosting = options.summary === true ? undefined : hostingOf(process.env);
  if (hosting !== undefined) {
    try {
      const done = await upsertComment(
        hosting,
        await pullRequestOf(process.env, options.pullRequest),
        COMMENT_MARK,
        body,
      );
      process.stderr.write(`Comment ${done}.\n`);
      return EXIT.success;
    } catch (error) {
      if (!(error instanceof HostingError && error.forbidden)) throw error;
      process.stderr.write(`${error.message}. The report goes to the page of the job instead.\n`);
    }
  }
  const place = await addToSummary(process.env, body);
  process.stderr.write(`Report written to ${place === 'summary' ? 'the page of the job' : 'stdout'}.\n`);
  return EXIT.success;
});

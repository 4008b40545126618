import { defineCommand, runCommand } from './support/command.ts';
import { EXIT, type ExitCode } from './support/exit-codes.ts';

const command = defineCommand(
  'drift-issue',
  'Keeps one open issue while Grafana differs from the code, and closes it after.',
)
  .requiredOption('--plan <file>', 'from npm run plan -- --format json')
  .requiredOption('--report <file>', 'from npm run plan -- --format md');

const MARK = '<!-- grafana-as-code: drift -->';

await runCommand(command, async (): Promise<ExitCode> => {
  const [{ fitted, upsertIssue }, { addToSummary, hostingOf, readReport }, { differs }] = await Promise.all([
    import('./support/hosting.ts'),
    import('./support/runner.ts'),
    import('./support/drift.ts'),
  ]);
  const options = command.opts<{ plan: string; report: string }>();
  const different = differs(await readReport('--plan', options.plan));
  const report = fitted(await readReport('--report', options.report));
  const hosting = hostingOf(process.env);
  if (hosting === undefined) {
    await addToSummary(process.env, different ? report : 'Grafana is as in the code.');
    return EXIT.success;
  }
  const done = await upsertIssue(hosting, MARK, 'Grafana differs from the code', different ? report : undefined);
  process.stderr.write(`Issue ${done}.\n`);
  return EXIT.success;
});

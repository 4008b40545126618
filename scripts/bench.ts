import { defineCommand, runCommand } from './support/command.ts';
import { EXIT, type ExitCode } from './support/exit-codes.ts';
import { outputFile, wholeNumber } from './support/options.ts';

const command = defineCommand(
  'bench',
  'Measures diff and sync at fleet size, against the fake Grafana and, where GRAFANA_URL is set, against that one.',
)
  .option('--fake-only', 'leave GRAFANA_URL out')
  .option(
    '--settle <seconds>',
    'how long a new folder of a real Grafana is left alone first',
    wholeNumber('--settle', 61),
    125,
  )
  .option('--runs <n>', 'measurements of each kind; the median counts', wholeNumber('--runs', 1), 3)
  .option('--out <file>', 'write the table to a file instead of stdout', outputFile('--out'));

await runCommand(command, async (): Promise<ExitCode> => {
  const [{ measure }, { renderBench }, { writeResult }] = await Promise.all([
    import('./support/bench-measure.ts'),
    import('./support/bench-table.ts'),
    import('./support/terminal.ts'),
  ]);
  const options = command.opts<{ fakeOnly?: true; settle: number; runs: number; out?: string }>();
  const results = await measure({
    environment: options.fakeOnly === true ? {} : process.env,
    settle: options.settle * 1000,
    runs: options.runs,
    say: (text) => process.stderr.write(`${text}\n`),
  });
  await writeResult(renderBench(results), options.out);
  return results.every(({ holds }) => holds) ? EXIT.success : EXIT.failure;
});

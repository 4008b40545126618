import { Option } from 'commander';
import { defineCommand, runCommand } from './support/command.ts';
import { EXIT, type ExitCode } from './support/exit-codes.ts';
import { outputFile } from './support/options.ts';
import { addPrometheusOptions, type PrometheusCommandOptions } from './support/prometheus-options.ts';

interface PoolsOptions extends PrometheusCommandOptions {
  readonly service?: string;
  readonly range: string;
  readonly until: string;
  readonly format: 'text' | 'json' | 'md';
  readonly out?: string;
}

const command = addPrometheusOptions(
  defineCommand(
    'pools',
    "How large connection pools should be, by Little's law, and what slow queries would do to them.",
  ),
)
  .option('--service <id>', 'only this service')
  .option('--range <duration>', 'how far back to look', '7d')
  .option('--until <time>', 'the end of it: 2025-12-15T14:15:00Z, or 2h ago', '0s')
  .addOption(new Option('--format <format>', 'form of the result').choices(['text', 'json', 'md']).default('text'))
  .option('--out <file>', 'write the result to a file instead of stdout', outputFile('--out'));

await runCommand(command, async (): Promise<ExitCode> => {
  const options = command.opts<PoolsOptions>();
  const [{ buildProject }, { openPrometheusOf }, { readDuration, readMoment }, { sizePools }, { toSeconds }] =
    await Promise.all([
      import('./support/desired.ts'),
      import('./support/prometheus.ts'),
      import('./support/moment.ts'),
      import('../src/pools/index.ts'),
      import('../src/model/duration.ts'),
    ]);
  const [report, { pooledServices }, { renderDiagnostics }, { paintFor, writeResult }] = await Promise.all([
    import('../src/report/pools.ts'),
    import('./support/pooled.ts'),
    import('../src/report/diagnostics.ts'),
    import('./support/terminal.ts'),
  ]);
  const until = readMoment('--until', options.until, Date.now() / 1000);
  const from = until - toSeconds(readDuration('--range', options.range));
  const prometheus = openPrometheusOf(options);
  const built = await buildProject();
  if (!built.ok) {
    process.stderr.write(`${renderDiagnostics(built.problems, { closing: 'Nothing was measured.' })}\n`);
    return EXIT.failure;
  }
  const { services } = built.catalog;
  const chosen = pooledServices(services, options.service);
  const found = await sizePools(chosen, { from, until }, prometheus);
  const text = {
    text: () => report.renderPoolsText(found, paintFor(process.stdout)),
    json: () => report.renderPoolsJson(found),
    md: () => report.renderPoolsMarkdown(found),
  }[options.format]();
  await writeResult(text, options.out);
  return found.pools.every(({ verdict }) => verdict === 'unknown') ? EXIT.inconclusive : EXIT.success;
});

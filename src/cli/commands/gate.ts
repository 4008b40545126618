import { Option } from 'commander';
import { defineCommand, runCommand } from './support/command.ts';
import { EXIT, type ExitCode } from './support/exit-codes.ts';
import { outputFile } from './support/options.ts';
import { addPrometheusOptions, type PrometheusCommandOptions } from './support/prometheus-options.ts';

interface GateOptions extends PrometheusCommandOptions {
  readonly service: string;
  readonly since: string;
  readonly warmup: string;
  readonly duration: string;
  readonly baseline: string;
  readonly writeBaseline?: string;
  readonly wait?: true;
  readonly format: 'text' | 'json' | 'md' | 'junit';
  readonly out?: string;
  readonly junit?: string;
}

const command = addPrometheusOptions(
  defineCommand(
    'gate',
    "Query performance test: would a service's alerts have fired after a deployment, and is it slower than before?",
  ),
)
  .requiredOption('--service <id>', 'the service to judge')
  .requiredOption('--since <time>', 'when it was deployed, or when the load began: 2025-12-15T14:15:00Z, or 35m ago')
  .option('--warmup <duration>', 'left out at the beginning', '5m')
  .option('--duration <duration>', 'how long is judged, after the warm-up', '30m')
  .option(
    '--baseline <baseline>',
    'compared with: offset:1d, version:v1.2.2, version:LABEL=VALUE, file:base.json, or none',
    'offset:1d',
  )
  .option(
    '--write-baseline <file>',
    "keep this window's values, if they are evidence and no breach",
    outputFile('--write-baseline'),
  )
  .option('--wait', 'if the window is not over yet, wait for its end')
  .addOption(
    new Option('--format <format>', 'form of the result').choices(['text', 'json', 'md', 'junit']).default('text'),
  )
  .option('--out <file>', 'write the result to a file instead of stdout', outputFile('--out'))
  .option('--junit <file>', 'write it as JUnit to a file as well', outputFile('--junit'));

await runCommand(command, async (): Promise<ExitCode> => {
  const [{ askGate }, report, { renderDiagnostics }, { paintFor, writeResult }] = await Promise.all([
    import('./support/gate.ts'),
    import('../src/report/gate.ts'),
    import('../src/report/diagnostics.ts'),
    import('./support/terminal.ts'),
  ]);
  const options = command.opts<GateOptions>();
  const result = await askGate(options);
  if (result === undefined) return EXIT.usage;
  const text = {
    text: () => report.renderGateText(result, paintFor(process.stdout)),
    json: () => report.renderGateJson(result),
    md: () => report.renderGateMarkdown(result),
    junit: () => report.renderGateJunit(result),
  }[options.format]();
  await writeResult(text, options.out);
  if (options.junit !== undefined) await writeResult(report.renderGateJunit(result), options.junit);
  // The log of a pipeline says why nothing is known, wherever the report goes.
  if (result.notes.length > 0 && (options.format !== 'text' || options.out !== undefined)) {
    process.stderr.write(`${renderDiagnostics(result.notes)}\n`);
  }
  switch (result.verdict) {
    case 'breach':
      return EXIT.failure;
    case 'inconclusive':
      return EXIT.inconclusive;
    case 'warning':
    case 'pass':
      return EXIT.success;
    default:
      return result.verdict satisfies never;
  }
});

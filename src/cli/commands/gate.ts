import { Option } from 'commander';
import type { GateRequest } from '../../app/gate.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { outputFile } from '../options.ts';
import { addPrometheusOptions } from '../prometheus-options.ts';

interface Options extends GateRequest {
  readonly format: 'text' | 'json' | 'md' | 'junit';
  readonly out?: string;
  readonly junit?: string;
}

export const gate = defineCommand<Options>({
  name: 'gate',
  description:
    "Query performance test: would a service's alerts have fired after a deployment, and is it slower than before?",
  declare: (command, io) =>
    addPrometheusOptions(command)
      .requiredOption('--service <id>', 'the service to judge')
      .requiredOption(
        '--since <time>',
        'when it was deployed, or when the load began: 2026-01-14T14:15:00Z, or 35m ago',
      )
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
        outputFile('--write-baseline', io),
      )
      .option('--wait', 'if the window is not over yet, wait for its end')
      .addOption(
        new Option('--format <format>', 'form of the result').choices(['text', 'json', 'md', 'junit']).default('text'),
      )
      .option('--out <file>', 'write the result to a file instead of stdout', outputFile('--out', io))
      .option('--junit <file>', 'write it as JUnit to a file as well', outputFile('--junit', io)),
  run: async ({ options, io }) => {
    const [{ askGate }, report, { renderDiagnostics }, { paintFor, showProblems, writeResult }] = await Promise.all([
      import('../../app/gate.ts'),
      import('../../report/gate/gate.ts'),
      import('../../report/common/diagnostics.ts'),
      import('../terminal.ts'),
    ]);
    const gated = await askGate(options, io);
    if (!gated.ok) {
      await showProblems(gated.problems, 'Nothing was judged.', io);
      return EXIT.usage;
    }
    const { result, remarks } = gated;
    for (const remark of remarks) await io.stderr.write(`${remark}\n`);
    const text = {
      text: () => report.renderGateText(result, paintFor(io.stdout, io.environment)),
      json: () => report.renderGateJson(result),
      md: () => report.renderGateMarkdown(result),
      junit: () => report.renderGateJunit(result),
    }[options.format]();
    await writeResult(text, options.out, io);
    if (options.junit !== undefined) await writeResult(report.renderGateJunit(result), options.junit, io);
    // The log of a pipeline says why nothing is known, wherever the report goes.
    if (result.notes.length > 0 && (options.format !== 'text' || options.out !== undefined)) {
      await io.stderr.write(`${renderDiagnostics(result.notes)}\n`);
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
  },
});

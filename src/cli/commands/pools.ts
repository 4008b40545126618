import { Option } from 'commander';
import type { PoolsRequest } from '../../app/pools.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { outputFile } from '../options.ts';
import { addPrometheusOptions } from '../prometheus-options.ts';

interface Options extends PoolsRequest {
  readonly format: 'text' | 'json' | 'md';
  readonly out?: string;
}

export const pools = defineCommand<Options>({
  name: 'pools',
  description: "How large connection pools should be, by Little's law, and what slow queries would do to them.",
  declare: (command, io) =>
    addPrometheusOptions(command)
      .option('--service <id>', 'only this service')
      .option('--range <duration>', 'how far back to look', '7d')
      .option('--until <time>', 'the end of it: 2026-01-14T14:15:00Z, or 2h ago', '0s')
      .addOption(new Option('--format <format>', 'form of the result').choices(['text', 'json', 'md']).default('text'))
      .option('--out <file>', 'write the result to a file instead of stdout', outputFile('--out', io)),
  run: async ({ options, io }) => {
    const [{ measurePools }, report, { paintFor, showProblems, writeResult }] = await Promise.all([
      import('../../app/pools.ts'),
      import('../../report/pools/pools.ts'),
      import('../terminal.ts'),
    ]);
    const measured = await measurePools(options, io);
    if (!measured.ok) {
      await showProblems(measured.problems, 'Nothing was measured.', io);
      return EXIT.failure;
    }
    const { found } = measured;
    const text = {
      text: () => report.renderPoolsText(found, paintFor(io.stdout, io.environment)),
      json: () => report.renderPoolsJson(found),
      md: () => report.renderPoolsMarkdown(found),
    }[options.format]();
    await writeResult(text, options.out, io);
    return found.pools.every(({ verdict }) => verdict === 'unknown') ? EXIT.inconclusive : EXIT.success;
  },
});

import { defineCommand } from '../src/cli/command.ts';
import { EXIT } from '../src/cli/exit-codes.ts';
import { outputFile, wholeNumber } from '../src/cli/options.ts';
import { runProcess } from '../src/cli/process.ts';

interface Options {
  readonly fakeOnly?: true;
  readonly tests?: true;
  readonly packed?: true;
  readonly model?: true;
  readonly rules?: true;
  /** Seconds. */
  readonly settle: number;
  readonly runs: number;
  readonly out?: string;
  readonly size?: true;
  readonly against?: string;
}

const bench = defineCommand<Options>({
  name: 'bench',
  description:
    'Measures diff and sync at fleet size, against the fake Grafana and, where GRAFANA_URL is set, against that one.',
  declare: (command, io) =>
    command
      .option('--fake-only', 'leave GRAFANA_URL out')
      .option('--packed', 'measure what a command of the packed engine takes instead, beside one from sources')
      .option('--model', 'measure building and validating 1,000 services of mixed kinds instead')
      .option(
        '--rules',
        'count the samples that the rules load in Prometheus instead, beside those of the last release',
      )
      .option('--tests', 'measure npm test and a replay instead, from nothing and the second time')
      .option(
        '--settle <seconds>',
        'how long a new folder of a real Grafana is left alone first',
        wholeNumber('--settle', 61),
        125,
      )
      .option('--runs <n>', 'measurements of each kind; the median counts', wholeNumber('--runs', 1), 3)
      .option('--size', 'only counts statements, by room: comments and line breaks are none')
      .option('--against <ref>', 'with --size: beside those of a commit')
      .option('--out <file>', 'write the table to a file instead of stdout', outputFile('--out', io)),
  run: async ({ options, io }) => {
    if (options.size === true || options.against !== undefined)
      return (await import('./bench/size.ts')).benchSize(options, io);
    const [{ measure }, { renderBench }, { writeResult }] = await Promise.all([
      import('./bench/measure.ts'),
      import('./bench/table.ts'),
      import('../src/cli/terminal.ts'),
    ]);
    const say = (text: string): void => void io.stderr.write(`${text}\n`);
    if (options.tests === true) {
      const { measureTests } = await import('./bench/tests.ts');
      const { root, environment, clock } = io;
      const measured = await measureTests({ root, environment, elapsed: () => clock.elapsed(), say });
      await writeResult(renderBench(measured), options.out, io);
      return measured.every(({ holds }) => holds) ? EXIT.success : EXIT.failure;
    }
    if (options.packed === true) {
      const { measurePacked } = await import('./bench/packed.ts');
      const measured = await measurePacked({ elapsed: () => io.clock.elapsed(), say });
      await writeResult(renderBench(measured), options.out, io);
      return measured.every(({ holds }) => holds) ? EXIT.success : EXIT.failure;
    }
    if (options.model === true) {
      const { measureModel } = await import('./bench/model.ts');
      const measured = await measureModel(say);
      await writeResult(renderBench(measured), options.out, io);
      return measured.every(({ holds }) => holds) ? EXIT.success : EXIT.failure;
    }
    if (options.rules === true) {
      const { measureRules } = await import('./bench/rules.ts');
      const measured = await measureRules(say);
      await writeResult(renderBench(measured), options.out, io);
      return measured.every(({ holds }) => holds) ? EXIT.success : EXIT.failure;
    }
    const results = await measure({
      environment: options.fakeOnly === true ? {} : io.environment,
      settle: options.settle * 1000,
      runs: options.runs,
      say,
    });
    await writeResult(renderBench(results), options.out, io);
    return results.every(({ holds }) => holds) ? EXIT.success : EXIT.failure;
  },
});

await runProcess(bench);

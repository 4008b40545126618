import { Option } from 'commander';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { outputFile, SHOWN_ENV_HELP } from '../options.ts';

interface Options {
  readonly list?: true;
  readonly all?: true;
  readonly format: 'text' | 'json' | 'md';
  readonly out?: string;
  readonly svg?: string;
  readonly against?: string;
  readonly watch?: true;
  readonly engine: 'promtool' | 'grafana';
  readonly openmetrics?: string;
  readonly env?: string;
}

export const replay = defineCommand<Options>({
  name: 'replay',
  description: 'Shows what the alert rules would have done in incidents and on healthy days.',
  declare: (command, io) =>
    command
      .argument('[scenario...]', 'scenarios by id; default: all but the long days')
      .addOption(
        new Option('--list', 'list the scenarios').conflicts(['all', 'svg', 'against', 'watch', 'openmetrics']),
      )
      .option('--all', 'the long days too')
      .addOption(new Option('--format <format>', 'form of the result').choices(['text', 'json', 'md']).default('text'))
      .option('--out <file>', 'write the result to a file instead of stdout', outputFile('--out', io))
      .option('--svg <file>', 'write the timeline of one scenario as a picture', outputFile('--svg', io))
      .option('--against <ref>', 'compare with the rendered rules of another commit')
      .option('--watch', 'replay again whenever code changes')
      .option('--env <name>', SHOWN_ENV_HELP)
      .addOption(
        new Option('--engine <engine>', 'grafana: compare with the state machine of the Grafana at GRAFANA_URL')
          .choices(['promtool', 'grafana'])
          .default('promtool')
          .conflicts(['svg', 'against', 'format']),
      )
      .option(
        '--openmetrics <file>',
        'write the series of one scenario, to fill a Prometheus with them, and do no more',
        outputFile('--openmetrics', io),
      ),
  run: async ({ options, args, given, io, started }) => {
    const [app, { paintFor, showProblems, writeResult }] = await Promise.all([
      import('../../app/replay.ts'),
      import('../terminal.ts'),
    ]);
    if (options.list === true) {
      const found = await app.knownScenarios(io, options.env);
      if (!found.ok) {
        await showProblems(found.problems, '', io);
        return EXIT.failure;
      }
      const known = found.scenarios;
      const width = Math.max(...known.map(({ id }) => id.length));
      const lines = known.map((one) => `${one.id.padEnd(width)}  ${one.title}${one.long === true ? ' (long)' : ''}`);
      await writeResult(lines.join('\n'), options.out, io);
      return EXIT.success;
    }
    if (options.watch === true) {
      const { rerunOnChange } = await import('../rerun.ts');
      const once = given.filter((argument) => argument !== '--watch');
      return rerunOnChange({ name: 'replay', args: once, atOnce: true }, io);
    }
    const { all = false, svg, openmetrics, against, engine, env } = options;
    const onDone = (id: string, done: number, of: number): void => {
      if (all) void io.stderr.write(`[${done}/${of}] ${id}\n`);
    };
    const replayed = await app.replayProject(
      {
        ids: args,
        all,
        alone: { '--svg': svg, '--openmetrics': openmetrics },
        engine,
        onDone,
        ...(against === undefined ? {} : { against }),
        ...(env === undefined ? {} : { env }),
        ...(openmetrics === undefined ? {} : { openmetrics }),
      },
      io,
    );
    if (!replayed.ok) {
      await showProblems(replayed.problems, '', io);
      return EXIT.failure;
    }
    if (replayed.did === 'openmetrics') return EXIT.success;
    if (replayed.did === 'engines') {
      await writeResult(replayed.text, options.out, io);
      return replayed.agrees ? EXIT.success : EXIT.failure;
    }
    const report = await import('../../report/index.ts');
    const { replays, against: compared } = replayed;
    const [only] = replays;
    if (svg !== undefined && only !== undefined) await writeResult(report.renderReplaySvg(only), svg, io);
    const seconds = (io.clock.elapsed() - started) / 1000;
    const text = {
      text: () =>
        [
          report.renderReplayText(replays, seconds, paintFor(io.stdout, io.environment)),
          ...(compared === undefined ? [] : ['', report.renderChangesText(compared.changes, compared.ref)]),
        ].join('\n'),
      json: () => report.renderReplayJson(replays, compared),
      md: () =>
        `${report.renderReplayMarkdown(replays)}${compared === undefined ? '' : `\n${report.renderChangesMarkdown(compared.changes, compared.ref)}`}`,
    }[options.format]();
    await writeResult(text, options.out, io);
    return replays.every(({ broken }) => broken.length === 0) ? EXIT.success : EXIT.failure;
  },
});

import { Option } from 'commander';
import type { DiffRequest } from '../../app/diff.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { outputFile, wholeNumber } from '../options.ts';

interface Options extends DiffRequest {
  readonly format: 'text' | 'md' | 'html' | 'json';
  readonly limit?: number;
  readonly fullReport?: string;
  readonly out?: string;
  readonly failOnChange?: true;
}

export const diff = defineCommand<Options>({
  name: 'diff',
  description: 'Shows what the code changes against a git ref, for people who review it.',
  declare: (command, io) =>
    command
      .option('--base <ref>', 'compare with this commit; default: where this branch left the main branch')
      .option('--service <id>', 'only this service')
      .option(
        '--replay <file>',
        'JSON of npm run replay -- --against REF, to show when changed alerts fire in the incident, where there is one',
      )
      .addOption(
        new Option('--format <format>', 'form of the result').choices(['text', 'md', 'html', 'json']).default('text'),
      )
      .option(
        '--limit <characters>',
        'the most characters of Markdown; what matters least is cut',
        wholeNumber('--limit', 500),
      )
      .option('--full-report <where>', 'where the whole report is, for the reader of a cut one')
      .option('--out <file>', 'write the result to a file instead of stdout', outputFile('--out', io))
      .option('--fail-on-change', 'exit with 10 if anything differs'),
  run: async ({ options, io }) => {
    const [{ diffProject }, report, { paintFor, showProblems, writeResult }] = await Promise.all([
      import('../../app/diff.ts'),
      import('../../report/index.ts'),
      import('../terminal.ts'),
    ]);
    const compared = await diffProject(options, io);
    if (!compared.ok) {
      await showProblems(compared.problems, '', io);
      return EXIT.failure;
    }
    const { limit, fullReport } = options;
    const text = {
      text: () => report.renderDiffText(compared.diff, paintFor(io.stdout, io.environment)),
      md: () =>
        report.renderDiffMarkdown(compared.diff, {
          ...(limit === undefined ? {} : { limit }),
          ...(fullReport === undefined ? {} : { fullReport }),
        }),
      html: () => report.renderDiffHtml(compared.diff),
      json: () => report.renderDiffJson(compared.diff),
    }[options.format]();
    await writeResult(text, options.out, io);
    return options.failOnChange === true && compared.diff.changes.length > 0 ? EXIT.changesPending : EXIT.success;
  },
});

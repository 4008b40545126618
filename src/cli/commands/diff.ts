import { Option } from 'commander';
import { defineCommand, runCommand } from './support/command.ts';
import { EXIT, type ExitCode } from './support/exit-codes.ts';
import { chosenServices, outputFile, wholeNumber } from './support/options.ts';

const command = defineCommand('diff', 'Shows what the code changes against a git ref, for people who review it.')
  .option('--base <ref>', 'compare with this commit; default: where this branch left the main branch')
  .option('--service <id>', 'only this service')
  .option(
    '--replay <file>',
    'JSON of npm run replay -- --against REF, to show when changed alerts fire in the incident',
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
  .option('--out <file>', 'write the result to a file instead of stdout', outputFile('--out'))
  .option('--fail-on-change', 'exit with 10 if anything differs');

interface Options {
  readonly base?: string;
  readonly service?: string;
  readonly replay?: string;
  readonly format: 'text' | 'md' | 'html' | 'json';
  readonly limit?: number;
  readonly fullReport?: string;
  readonly out?: string;
  readonly failOnChange?: true;
}

await runCommand(command, async (): Promise<ExitCode> => {
  const [{ buildProject }, { compareWith }, report, { paintFor, writeResult }] = await Promise.all([
    import('./support/desired.ts'),
    import('./support/compare.ts'),
    import('../src/report/index.ts'),
    import('./support/terminal.ts'),
  ]);
  const options = command.opts<Options>();
  const built = await buildProject();
  if (!built.ok) {
    process.stderr.write(`${report.renderDiagnostics(built.problems, { paint: paintFor(process.stderr) })}\n`);
    return EXIT.failure;
  }
  chosenServices(built.catalog.services, options.service);
  const diff = await compareWith(built.desired, built.project, options);
  const text = {
    text: () => report.renderDiffText(diff, paintFor(process.stdout)),
    md: () =>
      report.renderDiffMarkdown(diff, {
        ...(options.limit === undefined ? {} : { limit: options.limit }),
        ...(options.fullReport === undefined ? {} : { fullReport: options.fullReport }),
      }),
    html: () => report.renderDiffHtml(diff),
    json: () => `${JSON.stringify(diff, null, 2)}\n`,
  }[options.format]();
  await writeResult(text, options.out);
  return options.failOnChange === true && diff.changes.length > 0 ? EXIT.changesPending : EXIT.success;
});

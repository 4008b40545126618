import { defineCommand, runCommand } from './support/command.ts';
import { EXIT, type ExitCode } from './support/exit-codes.ts';
import { outputFile } from './support/options.ts';
import { addSyncOptions, type SyncOptions } from './support/sync-options.ts';

const started = performance.now();
const command = addSyncOptions(defineCommand('plan', 'Shows what a sync would do, and writes nothing.'), [
  'text',
  'json',
  'md',
  'html',
])
  .option('--fail-on-change', 'exit with 10 if anything would be written')
  .option('--save <file>', 'keep the plan, for npm run sync -- --plan FILE', outputFile('--save'));

await runCommand(command, async (): Promise<ExitCode> => {
  const [{ openSession }, { savePlan }, report, { paintFor, spent, writeResult }, { isNoOp }, { planAsDiff }] =
    await Promise.all([
      import('./support/session.ts'),
      import('./support/plan-file.ts'),
      import('../src/report/index.ts'),
      import('./support/terminal.ts'),
      import('../src/model/plan.ts'),
      import('../src/sync/index.ts'),
    ]);
  const options = command.opts<SyncOptions & { readonly failOnChange?: true; readonly save?: string }>();
  const session = await openSession(options);
  if (session === undefined) return EXIT.failure;
  const { plan, target, because } = session;
  if (options.save !== undefined) await savePlan(options.save, plan);
  const text = {
    text: () =>
      `Plan for ${target.identity.kind} ${target.identity.name}${because}\n\n${report.renderPlanText(plan, paintFor(process.stdout))}${spent(target, started)}`,
    json: () => report.renderPlanJson(plan),
    md: () => report.renderPlanMarkdown(plan),
    html: () => report.renderDiffHtml(planAsDiff(plan)),
  }[options.format]();
  await writeResult(text, options.out);
  if (plan.changes.some(({ action }) => action === 'blocked')) return EXIT.partial;
  return options.failOnChange === true && !isNoOp(plan) ? EXIT.changesPending : EXIT.success;
});

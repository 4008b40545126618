import type { PlanRequest } from '../../app/plan.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { outputFile } from '../options.ts';
import { addSyncOptions, type SyncOptions } from '../sync-options.ts';

type Options = SyncOptions & PlanRequest & { readonly failOnChange?: true };

export const plan = defineCommand<Options>({
  name: 'plan',
  description: 'Shows what a sync would do, and writes nothing.',
  declare: (command, io) =>
    addSyncOptions(command, io, ['text', 'json', 'md', 'html'])
      .option('--fail-on-change', 'exit with 10 if anything would be written')
      .option('--save <file>', 'keep the plan, for npm run sync -- --plan FILE', outputFile('--save', io)),
  run: async ({ options, io, started }) => {
    const [{ planSync }, report, { paintFor, showProblems, spent, writeResult }, { isNoOp }, { planAsDiff }] =
      await Promise.all([
        import('../../app/plan.ts'),
        import('../../report/index.ts'),
        import('../terminal.ts'),
        import('../../model/plan.ts'),
        import('../../sync/index.ts'),
      ]);
    const planned = await planSync(options, io);
    if (!planned.ok) {
      await showProblems(planned.problems, 'Nothing was written.', io);
      return EXIT.failure;
    }
    const { plan: made, target, because } = planned;
    const text = {
      text: () =>
        `Plan for ${target.identity.kind} ${target.identity.name}${because}\n\n${report.renderPlanText(made, paintFor(io.stdout, io.environment))}${spent(target, (io.clock.elapsed() - started) / 1000)}`,
      json: () => report.renderPlanJson(made),
      md: () => report.renderPlanMarkdown(made),
      html: () => report.renderDiffHtml(planAsDiff(made)),
    }[options.format]();
    await writeResult(text, options.out, io);
    if (options.json !== undefined) await writeResult(report.renderPlanJson(made), options.json, io);
    if (made.changes.some(({ action }) => action === 'blocked')) return EXIT.partial;
    return options.failOnChange === true && !isNoOp(made) ? EXIT.changesPending : EXIT.success;
  },
});

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
    const [{ isNoOp, planAsDiff, planSync }, { paintFor, showProblems, spent, targetName, writeResult }] =
      await Promise.all([import('../../app/plan.ts'), import('../terminal.ts')]);
    const planned = await planSync(options, io);
    if (!planned.ok) {
      await showProblems(planned.problems, 'Nothing was written.', io);
      return EXIT.failure;
    }
    const { plan: made, target, because } = planned;
    const json = async (): Promise<string> => (await import('../../report/plan/json.ts')).renderPlanJson(made);
    const text = {
      text: async () => {
        const { renderPlanText } = await import('../../report/plan/text.ts');
        const plain = renderPlanText(made, paintFor(io.stdout, io.environment));
        return `Plan for ${targetName(target)}${because}\n\n${plain}${spent(target, (io.clock.elapsed() - started) / 1000)}`;
      },
      json,
      md: async () => (await import('../../report/plan/markdown.ts')).renderPlanMarkdown(made),
      html: async () => (await import('../../report/diff/html.ts')).renderDiffHtml(planAsDiff(made)),
    };
    await writeResult(await text[options.format](), options.out, io);
    if (options.json !== undefined) await writeResult(await json(), options.json, io);
    if (made.changes.some(({ action }) => action === 'blocked')) return EXIT.partial;
    return options.failOnChange === true && !isNoOp(made) ? EXIT.changesPending : EXIT.success;
  },
});

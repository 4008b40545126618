import { Option } from 'commander';
import { visible } from '../../model/outside-text.ts';
import type { renderPlanJson } from '../../report/plan/json.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { addSyncOptions, type SyncOptions } from '../sync-options.ts';

export const sync = defineCommand<SyncOptions & { readonly plan?: string }>({
  name: 'sync',
  description: 'Makes Grafana, or a provisioning directory, equal to the code. A second run writes nothing.',
  stopsInOrder: true,
  declare: (command, io) =>
    addSyncOptions(command, io).addOption(
      new Option('--plan <file>', 'apply exactly a plan that npm run plan -- --save FILE kept, or nothing').conflicts([
        'only',
        'service',
        'maxDeletes',
        'overwriteDrift',
      ]),
    ),
  run: async ({ options, io, started }) => {
    const [
      { isNoOp, openSavedPlan, planSync },
      { renderPlanText },
      { renderOutcome },
      { paintFor, showProblems, spent, targetName, writeResult },
      { applyWithProgress, exitCodeOf },
    ] = await Promise.all([
      import('../../app/plan.ts'),
      import('../../report/plan/text.ts'),
      import('../../report/plan/outcome.ts'),
      import('../terminal.ts'),
      import('../apply.ts'),
    ]);
    const renderJson = async (...args: Parameters<typeof renderPlanJson>): Promise<string> =>
      (await import('../../report/plan/json.ts')).renderPlanJson(...args);
    const planned = await (options.plan === undefined
      ? planSync(options, io)
      : openSavedPlan(options.plan, options, io));
    if (!planned.ok) {
      await showProblems(planned.problems, 'Nothing was written.', io);
      return EXIT.failure;
    }
    const { plan, target, because } = planned;
    const seconds = (): number => (io.clock.elapsed() - started) / 1000;
    const paint = paintFor(io.stdout, io.environment);
    const write = !isNoOp(plan);
    if (options.format === 'text') {
      const head = `Target: ${targetName(target)}${because}`;
      const text = `${head}\n\n${renderPlanText(plan, paint)}${write ? '' : spent(target, seconds())}`;
      await writeResult(text, options.out, io);
    } else if (options.format === 'md') {
      const { renderPlanMarkdown } = await import('../../report/plan/markdown.ts');
      await writeResult(renderPlanMarkdown(plan), options.out, io);
    } else if (!write) await writeResult(await renderJson(plan), options.out, io);
    if (!write) {
      if (options.json !== undefined) await writeResult(await renderJson(plan), options.json, io);
      return exitCodeOf(plan);
    }

    const outcome = await applyWithProgress(plan, target, io);
    const took = seconds();
    const summary = renderOutcome(plan, outcome, took, paint);
    const next =
      target.identity.kind === 'directory'
        ? `\nMount ${visible(target.identity.name)} as Grafana's provisioning folder, /etc/grafana/provisioning in its image.`
        : '';
    // JSON is one document: the plan with what became of it.
    const json = (): Promise<string> => renderJson(plan, outcome, took);
    if (options.format === 'json') await writeResult(await json(), options.out, io);
    if (options.json !== undefined) await writeResult(await json(), options.json, io);
    if (options.format === 'text' && options.out === undefined) await writeResult(`\n${summary}${next}`, undefined, io);
    else await io.stderr.write(`${summary}\n`);
    return exitCodeOf(plan, outcome);
  },
});

import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { folderName } from '../options.ts';

interface Options {
  readonly mark: string;
  readonly system?: string;
  readonly dir?: string;
  readonly env?: string;
  readonly overwriteDrift?: true;
  readonly yes?: true;
}

export const forget = defineCommand<Options>({
  name: 'forget',
  description: 'Deletes the objects of a mark that no environment has any more. Without --yes it shows what would go.',
  stopsInOrder: true,
  declare: (command) =>
    command
      .requiredOption('--mark <mark>', 'the mark, as the tag as-code:<mark> of a dashboard has it')
      .option('--yes', 'delete them; a backup is written first')
      .option('--system <name>', "the system whose objects may go; default: the project's")
      .option('--dir <dir>', 'in this directory instead of a Grafana', folderName('--dir'))
      .option('--env <name>', 'read .env.<name> instead of .env, and take the Grafana of this environment')
      .option('--overwrite-drift', 'delete what was edited in Grafana too'),
  run: async ({ options, io, started }) => {
    const [
      { openForget },
      report,
      { paintFor, spent, targetName, writeResult },
      { isNoOp },
      { applyWithProgress, exitCodeOf },
    ] = await Promise.all([
      import('../../app/forget.ts'),
      import('../../report/index.ts'),
      import('../terminal.ts'),
      import('../../model/plan.ts'),
      import('../apply.ts'),
    ]);
    const { plan, target } = await openForget(options, io);
    const seconds = (): number => (io.clock.elapsed() - started) / 1000;
    const paint = paintFor(io.stdout, io.environment);
    const head = `Forget ${options.mark} in ${targetName(target)}`;
    if (plan.changes.length === 0 && isNoOp(plan)) {
      await writeResult(`${head}\n\nNothing carries this mark.${spent(target, seconds())}`, undefined, io);
      return EXIT.success;
    }
    const asked = options.yes === true;
    const way = asked || isNoOp(plan) ? '' : '\nNothing was deleted. To delete it, run it again with --yes.';
    await writeResult(`${head}\n\n${report.renderPlanText(plan, paint)}${way}`, undefined, io);
    if (!asked || isNoOp(plan)) return exitCodeOf(plan);
    const outcome = await applyWithProgress(plan, target, io);
    await writeResult(`\n${report.renderOutcome(plan, outcome, seconds(), paint)}`, undefined, io);
    return exitCodeOf(plan, outcome);
  },
});

import type { RestoreOptions } from '../../app/restore.ts';
import { defineCommand } from '../command.ts';
import { ENV_HELP, folderName } from '../options.ts';

export const restore = defineCommand<RestoreOptions>({
  name: 'restore',
  description: 'Puts back what a sync deleted or overwrote, from the backup it wrote. Nothing is deleted.',
  stopsInOrder: true,
  declare: (command) =>
    command
      .argument('<file>', 'a backup, such as .backups/2026-01-05T10-00-00-000Z-4711.json')
      .option('--dir <dir>', 'the directory, for a backup of one; default: as sync', folderName('--dir'))
      .option('--env <name>', ENV_HELP)
      .option('--mark <mark>', 'of an environment that is gone, as npm run forget took it')
      .option('--overwrite-drift', 'let the backup win over edits made in Grafana since'),
  run: async ({ options, args: [file = ''], io, started }) => {
    const [
      { openRestore },
      report,
      { paintFor, targetName, writeResult },
      { isNoOp },
      { applyWithProgress, exitCodeOf },
    ] = await Promise.all([
      import('../../app/restore.ts'),
      import('../../report/index.ts'),
      import('../terminal.ts'),
      import('../../model/plan.ts'),
      import('../apply.ts'),
    ]);
    const { plan, target } = await openRestore(file, options, io);
    const paint = paintFor(io.stdout, io.environment);
    const head = `Restore to ${targetName(target)}`;
    const kept = plan.drift.some((drift) => drift.kept);
    const way = kept
      ? `\nTo let the backup win over edits made since: npm run restore -- ${file} --overwrite-drift`
      : '';
    await writeResult(`${head}\n\n${report.renderPlanText(plan, paint)}${way}`, undefined, io);
    if (isNoOp(plan)) return exitCodeOf(plan);
    const outcome = await applyWithProgress(plan, target, io);
    const seconds = (io.clock.elapsed() - started) / 1000;
    const next =
      target.identity.kind === 'grafana'
        ? '\nThe next sync shows it as edited in Grafana and keeps it, until the code has it or --overwrite-drift discards it.'
        : '\nThe next sync makes the directory as the code is again.';
    await writeResult(`\n${report.renderOutcome(plan, outcome, seconds, paint)}${next}`, undefined, io);
    return exitCodeOf(plan, outcome);
  },
});

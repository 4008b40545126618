import { defineCommand, runCommand } from './support/command.ts';
import type { ExitCode } from './support/exit-codes.ts';
import { folderName } from './support/options.ts';

interface RestoreOptions {
  readonly dir: string;
  readonly env?: string;
  readonly overwriteDrift?: true;
}

const started = performance.now();
const command = defineCommand(
  'restore',
  'Puts back what a sync deleted or overwrote, from the backup it wrote. Nothing is deleted.',
)
  .argument('<file>', 'a backup, such as .backups/2026-01-05T10-00-00-000Z-4711.json')
  .option('--dir <dir>', 'the directory, for a backup of one', folderName('--dir'), 'dist')
  .option('--env <name>', 'read .env.<name> instead of .env')
  .option('--overwrite-drift', 'let the backup win over edits made in Grafana since');

await runCommand(command, async (): Promise<ExitCode> => {
  const [{ openRestore }, report, { carryOut, exitCodeOf }, { paintFor, writeResult }, { isNoOp }] = await Promise.all([
    import('./support/restore-session.ts'),
    import('../src/report/index.ts'),
    import('./support/carry-out.ts'),
    import('./support/terminal.ts'),
    import('../src/model/plan.ts'),
  ]);
  const file = command.args[0] ?? '';
  const { plan, target } = await openRestore(file, command.opts<RestoreOptions>());
  const paint = paintFor(process.stdout);
  const head = `Restore to ${target.identity.kind} ${target.identity.name}`;
  const kept = plan.drift.some((drift) => drift.kept);
  const way = kept ? `\nTo let the backup win over edits made since: npm run restore -- ${file} --overwrite-drift` : '';
  await writeResult(`${head}\n\n${report.renderPlanText(plan, paint)}${way}`, undefined);
  if (isNoOp(plan)) return exitCodeOf(plan);
  const outcome = await carryOut(plan, target);
  const seconds = (performance.now() - started) / 1000;
  const next =
    target.identity.kind === 'grafana'
      ? '\nThe next sync tells it as edited in Grafana and keeps it, until the code has it or --overwrite-drift discards it.'
      : '\nThe next sync makes the directory as the code is again.';
  await writeResult(`\n${report.renderOutcome(plan, outcome, seconds, paint)}${next}`, undefined);
  return exitCodeOf(plan, outcome);
});

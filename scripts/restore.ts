import { defineCommand, runCommand } from './support/command.ts';
import { EXIT, type ExitCode } from './support/exit-codes.ts';
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
  const [{ openRestore }, report, { apply }, { paintFor, progressTo, writeResult }, { isNoOp }, { writeBackup }] =
    await Promise.all([
      import('./support/restore-session.ts'),
      import('../src/report/index.ts'),
      import('../src/sync/index.ts'),
      import('./support/terminal.ts'),
      import('../src/model/plan.ts'),
      import('./support/backup.ts'),
    ]);
  const { plan, target } = await openRestore(command.args[0] ?? '', command.opts<RestoreOptions>());
  const paint = paintFor(process.stdout);
  const head = `Restore to ${target.identity.kind} ${target.identity.name}`;
  await writeResult(`${head}\n\n${report.renderPlanText(plan, paint)}`, undefined);
  const blocked = plan.changes.some(({ action }) => action === 'blocked');
  if (isNoOp(plan)) return blocked ? EXIT.partial : EXIT.success;
  const outcome = await apply(plan, target, {
    onEvent: progressTo(process.stderr),
    backUp: (resources) => writeBackup(resources, target.identity),
  });
  const links = outcome.applied.flatMap((change) => target.link?.(change) ?? []);
  const seconds = (performance.now() - started) / 1000;
  const reported = { ...outcome, links, requests: target.requests?.() };
  await writeResult(`\n${report.renderOutcome(plan, reported, seconds, paint)}`, undefined);
  return blocked || outcome.failed.length + outcome.skipped.length > 0 ? EXIT.partial : EXIT.success;
});

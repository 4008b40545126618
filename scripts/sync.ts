import { defineCommand, runCommand } from './support/command.ts';
import { EXIT, type ExitCode } from './support/exit-codes.ts';
import { addSyncOptions, type SyncOptions } from './support/sync-options.ts';

const started = performance.now();
const command = addSyncOptions(
  defineCommand('sync', 'Makes Grafana, or a provisioning directory, equal to the code. A second run writes nothing.'),
).option('--plan <file>', 'apply exactly a plan that npm run plan -- --save FILE kept, or nothing');

await runCommand(command, async (): Promise<ExitCode> => {
  // Heavy modules load here, so that --help is quick.
  const [{ openSavedPlan, openSession }, report, { apply }, terminal, { isNoOp }, { writeBackup }] = await Promise.all([
    import('./support/session.ts'),
    import('../src/report/index.ts'),
    import('../src/sync/index.ts'),
    import('./support/terminal.ts'),
    import('../src/model/plan.ts'),
    import('./support/backup.ts'),
  ]);
  const { paintFor, progressTo, spent, writeResult } = terminal;
  const options = command.opts<SyncOptions & { readonly plan?: string }>();
  const session = options.plan === undefined ? await openSession(options) : await openSavedPlan(options.plan, options);
  if (session === undefined) return EXIT.failure;
  const { plan, target, because } = session;
  const paint = paintFor(process.stdout);
  const blocked = plan.changes.some(({ action }) => action === 'blocked');
  const write = !isNoOp(plan);
  if (options.format === 'text') {
    const head = `Target: ${target.identity.kind} ${target.identity.name}${because}`;
    const text = `${head}\n\n${report.renderPlanText(plan, paint)}${write ? '' : spent(target, started)}`;
    await writeResult(text, options.out);
  } else if (options.format === 'md') await writeResult(report.renderPlanMarkdown(plan), options.out);
  else if (!write) await writeResult(report.renderPlanJson(plan), options.out);
  if (!write) return blocked ? EXIT.partial : EXIT.success;

  const stop = new AbortController();
  const interrupt = (): void => {
    process.stderr.write('\nStopping after the write under way …\n');
    stop.abort();
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const outcome = await apply(plan, target, {
    signal: stop.signal,
    onEvent: progressTo(process.stderr),
    backUp: (resources) => writeBackup(resources, target.identity),
  });
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  const links = outcome.applied.flatMap((change) => target.link?.(change) ?? []);
  const reported = { ...outcome, links, requests: target.requests?.() };
  const seconds = (performance.now() - started) / 1000;
  const summary = report.renderOutcome(plan, reported, seconds, paint);
  const next =
    target.identity.kind === 'directory'
      ? `\nMount ${target.identity.name} as Grafana's provisioning folder. docs/sync.md`
      : '';
  // JSON is one document: the plan with what became of it.
  if (options.format === 'json') await writeResult(report.renderPlanJson(plan, reported, seconds), options.out);
  if (options.format === 'text' && options.out === undefined) await writeResult(`\n${summary}${next}`, undefined);
  else process.stderr.write(`${summary}\n`);
  if (outcome.interrupted) return EXIT.interrupted;
  return blocked || outcome.failed.length > 0 || outcome.skipped.length > 0 ? EXIT.partial : EXIT.success;
});

import { Option } from 'commander';
import { defineCommand, runCommand } from './support/command.ts';
import { EXIT, type ExitCode } from './support/exit-codes.ts';
import { addSyncOptions, type SyncOptions } from './support/sync-options.ts';

const started = performance.now();
const command = addSyncOptions(
  defineCommand('sync', 'Makes Grafana, or a provisioning directory, equal to the code. A second run writes nothing.'),
).addOption(
  new Option('--plan <file>', 'apply exactly a plan that npm run plan -- --save FILE kept, or nothing').conflicts([
    'only',
    'service',
    'maxDeletes',
    'overwriteDrift',
  ]),
);

await runCommand(command, async (): Promise<ExitCode> => {
  // Heavy modules load here, so that --help is quick.
  const [{ openSavedPlan, openSession }, report, { carryOut, exitCodeOf }, terminal, { isNoOp }] = await Promise.all([
    import('./support/session.ts'),
    import('../src/report/index.ts'),
    import('./support/carry-out.ts'),
    import('./support/terminal.ts'),
    import('../src/model/plan.ts'),
  ]);
  const { paintFor, spent, writeResult } = terminal;
  const options = command.opts<SyncOptions & { readonly plan?: string }>();
  const session = options.plan === undefined ? await openSession(options) : await openSavedPlan(options.plan, options);
  if (session === undefined) return EXIT.failure;
  const { plan, target, because } = session;
  const paint = paintFor(process.stdout);
  const write = !isNoOp(plan);
  if (options.format === 'text') {
    const head = `Target: ${target.identity.kind} ${target.identity.name}${because}`;
    const text = `${head}\n\n${report.renderPlanText(plan, paint)}${write ? '' : spent(target, started)}`;
    await writeResult(text, options.out);
  } else if (options.format === 'md') await writeResult(report.renderPlanMarkdown(plan), options.out);
  else if (!write) await writeResult(report.renderPlanJson(plan), options.out);
  if (!write) return exitCodeOf(plan);

  const outcome = await carryOut(plan, target);
  const seconds = (performance.now() - started) / 1000;
  const summary = report.renderOutcome(plan, outcome, seconds, paint);
  const next =
    target.identity.kind === 'directory'
      ? `\nMount ${target.identity.name} as Grafana's provisioning folder. docs/sync.md`
      : '';
  // JSON is one document: the plan with what became of it.
  if (options.format === 'json') await writeResult(report.renderPlanJson(plan, outcome, seconds), options.out);
  if (options.format === 'text' && options.out === undefined) await writeResult(`\n${summary}${next}`, undefined);
  else process.stderr.write(`${summary}\n`);
  return exitCodeOf(plan, outcome);
});

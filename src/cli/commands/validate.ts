import { defineCommand, runCommand } from './support/command.ts';
import { EXIT, type ExitCode } from './support/exit-codes.ts';

const command = defineCommand(
  'validate',
  'Checks services, dashboards and alert rules, and lists every problem with its remedy.',
);

await runCommand(command, async (): Promise<ExitCode> => {
  const [{ buildProject }, { renderDiagnostics }, { paintFor, writeResult }] = await Promise.all([
    import('./support/desired.ts'),
    import('../src/report/index.ts'),
    import('./support/terminal.ts'),
  ]);
  const built = await buildProject();
  const paint = paintFor(process.stdout);
  if (!built.ok) {
    await writeResult(renderDiagnostics(built.problems, { paint }), undefined);
    return EXIT.failure;
  }
  if (built.warnings.length > 0) await writeResult(renderDiagnostics(built.warnings, { paint }), undefined);
  const count = (kind: string) => built.desired.resources.filter((resource) => resource.kind === kind).length;
  await writeResult(
    `Valid: ${built.catalog.services.length} services, ${count('dashboard')} dashboards, ${count('rule')} alert rules, ${count('contact-point')} contact points.`,
    undefined,
  );
  return EXIT.success;
});

import { defineCommand, runCommand } from './support/command.ts';
import { EXIT, type ExitCode } from './support/exit-codes.ts';
import { ROOT } from './support/root.ts';

const command = defineCommand(
  'render',
  'Writes what is built to dashboards/rendered and alerts/rendered, for pull requests to show.',
).option('--check', 'write nothing; exit with 1 if a file is out of date');

await runCommand(command, async (): Promise<ExitCode> => {
  const [
    { buildProject },
    { renderedFiles },
    { outOfDate, writeRendered },
    { renderDiagnostics, someOf },
    { writeResult },
  ] = await Promise.all([
    import('./support/desired.ts'),
    import('../src/report/rendered.ts'),
    import('./support/rendered.ts'),
    import('../src/report/index.ts'),
    import('./support/terminal.ts'),
  ]);
  const built = await buildProject();
  if (!built.ok) {
    process.stderr.write(`${renderDiagnostics(built.problems, { closing: 'Nothing was written.' })}\n`);
    return EXIT.failure;
  }
  const files = renderedFiles(built.desired, built.project);
  const stale = await outOfDate(ROOT, files);
  if (command.opts<{ check?: true }>().check === true) {
    if (stale.length === 0) return EXIT.success;
    process.stderr.write(`Out of date: ${someOf(stale)}\nRun: npm run render, and commit what it writes.\n`);
    return EXIT.failure;
  }
  await writeRendered(ROOT, files, stale);
  const ours = new Set(files.map(({ path }) => path));
  const told = [
    ['Written', stale.filter((path) => ours.has(path))],
    ['Deleted, because nothing builds it any more', stale.filter((path) => !ours.has(path))],
  ] as const;
  const lines = told.flatMap(([what, paths]) => (paths.length === 0 ? [] : [`${what}: ${someOf(paths)}`]));
  await writeResult(lines.length === 0 ? `Up to date: ${files.length} files.` : lines.join('\n'), undefined);
  return EXIT.success;
});

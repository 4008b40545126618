import { defineCommand, runCommand } from './support/command.ts';
import { EXIT, type ExitCode } from './support/exit-codes.ts';
import { ROOT } from './support/root.ts';

const command = defineCommand(
  'runbooks',
  'Checks the runbooks, and fills in limits, receivers and the minutes of the incident from the rules.',
)
  .option('--check', 'write nothing; exit with 1 if a page is wrong or out of date')
  .option('--replay', 'replay the incident even if no rule has changed since');

await runCommand(command, async (): Promise<ExitCode> => {
  const [{ buildProject }, pages, incident, { renderDiagnostics }, { writeResult }, { writeFile }] = await Promise.all([
    import('./support/desired.ts'),
    import('./support/runbooks.ts'),
    import('./support/incident.ts'),
    import('../src/report/index.ts'),
    import('./support/terminal.ts'),
    import('node:fs/promises'),
  ]);
  const { check = false, replay = false } = command.opts<{ check?: true; replay?: true }>();
  const built = await buildProject();
  if (!built.ok) {
    process.stderr.write(`${renderDiagnostics(built.problems, { closing: 'Nothing was written.' })}\n`);
    return EXIT.failure;
  }
  const rules = built.desired.resources.flatMap((resource) => (resource.kind === 'rule' ? [resource.rule] : []));
  const kept = await incident.readIncident();
  const forgotten = rules.filter((rule) => kept(rule) === undefined);
  const again = check ? [] : replay ? rules : forgotten;
  if (again.length > 0) process.stderr.write(`Replaying the incident for ${again.length} of ${rules.length} rules\n`);
  const lookup = again.length > 0 ? await incident.replayIncident(rules, again, built) : kept;
  const there = pages.readRunbooks();
  const { filled, unfillable } = pages.fillRunbooks(there, built, lookup);
  const problems = [...unfillable, ...pages.checkRunbooks(filled, built)];
  if (problems.length > 0) {
    process.stderr.write(`${renderDiagnostics(problems, { closing: 'No page was written.' })}\n`);
    return EXIT.failure;
  }
  const stale = filled.filter(({ text, path }) => text !== there.find((page) => page.path === path)?.text);
  if (check) {
    const outOfDate = [...(forgotten.length > 0 ? [incident.INCIDENT_FILE] : []), ...stale.map(({ path }) => path)];
    if (outOfDate.length === 0) return EXIT.success;
    process.stderr.write(`Out of date: ${outOfDate.join(', ')}\nRun: npm run runbooks, and commit what it writes.\n`);
    return EXIT.failure;
  }
  await Promise.all(stale.map(({ path, text }) => writeFile(`${ROOT}${path}`, text, 'utf8')));
  await writeResult(
    stale.length === 0 ? `Up to date: ${filled.length} pages.` : `Written: ${stale.map(({ path }) => path).join(', ')}`,
    undefined,
  );
  return EXIT.success;
});

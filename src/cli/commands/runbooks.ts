import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

export const runbooks = defineCommand<{ readonly check?: true; readonly replay?: true }>({
  name: 'runbooks',
  description: 'Checks the runbooks, and fills in limits, receivers and the minutes of the incident from the rules.',
  declare: (command) =>
    command
      .option('--check', 'write nothing; exit with 1 if a page is wrong or out of date')
      .option('--replay', 'replay the incident even if no rule has changed since'),
  run: async ({ options: { check = false, replay = false }, io }) => {
    const [{ updateRunbooks }, { showProblems, writeResult }] = await Promise.all([
      import('../../app/runbooks.ts'),
      import('../terminal.ts'),
    ]);
    const updated = await updateRunbooks({ check, replay }, io);
    if (!updated.ok) {
      await showProblems(updated.problems, updated.closing, io);
      return EXIT.failure;
    }
    const { stale, pages } = updated;
    if (check) {
      if (stale.length === 0) return EXIT.success;
      await io.stderr.write(`Out of date: ${stale.join(', ')}\nRun: npm run runbooks, and commit what it writes.\n`);
      return EXIT.failure;
    }
    await writeResult(
      stale.length === 0 ? `Up to date: ${pages} pages.` : `Written: ${stale.join(', ')}`,
      undefined,
      io,
    );
    return EXIT.success;
  },
});

import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { SHOWN_ENV_HELP } from '../options.ts';

export const runbooks = defineCommand<{
  readonly check?: true;
  readonly replay?: true;
  readonly overwriteEdits?: true;
  readonly env?: string;
}>({
  name: 'runbooks',
  description: "Writes the runbooks from the rules and the services' facts, and checks them. What a team wrote stays.",
  declare: (command) =>
    command
      .option('--check', 'write nothing; exit with 1 if a page is wrong, missing or out of date')
      .option('--overwrite-edits', 'let the engine win over edits of the part that it writes')
      .option('--env <name>', SHOWN_ENV_HELP)
      .option('--replay', "replay the project's incident even if no rule has changed since"),
  run: async ({ options: { check = false, replay = false, overwriteEdits = false, env }, io }) => {
    const [{ updateRunbooks }, { showProblems, writeResult }] = await Promise.all([
      import('../../app/runbooks.ts'),
      import('../terminal.ts'),
    ]);
    const updated = await updateRunbooks({ check, replay, overwriteEdits, env }, io);
    if (!updated.ok) {
      await showProblems(updated.problems, updated.closing, io);
      return EXIT.failure;
    }
    const { stale, pages } = updated;
    if (check) {
      if (stale.length === 0) return EXIT.success;
      await io.stderr.write(
        `Missing or out of date: ${stale.join(', ')}\nRun: npm run runbooks, and commit what it writes.\n`,
      );
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

import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

export const render = defineCommand<{ readonly check?: true }>({
  name: 'render',
  description: 'Writes what is built to dashboards/rendered and alerts/rendered, for pull requests to show.',
  declare: (command) => command.option('--check', 'write nothing; exit with 1 if a file is out of date'),
  run: async ({ options, io }) => {
    const [{ renderProject }, { someOf }, { showProblems, writeResult }] = await Promise.all([
      import('../../app/render.ts'),
      import('../../report/common/some-of.ts'),
      import('../terminal.ts'),
    ]);
    const rendered = await renderProject({ check: options.check === true }, io);
    if (!rendered.ok) {
      await showProblems(rendered.problems, 'Nothing was written.', io);
      return EXIT.failure;
    }
    const { files, stale, leftOver } = rendered;
    if (options.check === true) {
      const outOfDate = [...stale, ...leftOver].sort();
      if (outOfDate.length === 0) return EXIT.success;
      await io.stderr.write(`Out of date: ${someOf(outOfDate)}\nRun: npm run render, and commit what it writes.\n`);
      return EXIT.failure;
    }
    const done = [
      ['Written', stale],
      ['Deleted, because nothing builds it any more', leftOver],
    ] as const;
    const lines = done.flatMap(([what, paths]) => (paths.length === 0 ? [] : [`${what}: ${someOf(paths)}`]));
    await writeResult(lines.length === 0 ? `Up to date: ${files} files.` : lines.join('\n'), undefined, io);
    return EXIT.success;
  },
});

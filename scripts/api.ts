import { writeFileSync } from 'node:fs';
import { Option } from 'commander';
import { defineCommand } from '../src/cli/command.ts';
import { EXIT } from '../src/cli/exit-codes.ts';
import { runProcess } from '../src/cli/process.ts';

const api = defineCommand<{ readonly check?: true; readonly release?: true }>({
  name: 'api',
  description: "Lists the public names of the package's entries in docs/api/public.txt.",
  declare: (command) =>
    command
      .addOption(
        new Option(
          '--check',
          'write nothing; exit with 1 if the list is not what the code gives, or the changelog does not name a change',
        ).conflicts('release'),
      )
      .option('--release', 'make them the names of the last release too, in docs/api/released.txt'),
  run: async ({ options, io }) => {
    const { apiOf, apiProblems, PUBLIC, RELEASED } = await import('./api/check.ts');
    const { renderListing } = await import('./api/listing.ts');
    const found = apiOf(io.root);
    if (options.check === true) {
      const problems = apiProblems(io.root, found);
      for (const problem of problems) await io.stderr.write(`error  ${problem}\n`);
      return problems.length === 0 ? EXIT.success : EXIT.failure;
    }
    const files = options.release === true ? [PUBLIC, RELEASED] : [PUBLIC];
    for (const file of files) writeFileSync(`${io.root}${file}`, renderListing(found));
    await io.stdout.write(`Written: ${files.join(', ')}\n`);
    return EXIT.success;
  },
});

await runProcess(api);

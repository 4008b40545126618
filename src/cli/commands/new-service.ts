import { Option } from 'commander';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

interface Options {
  readonly title?: string;
  readonly team: string;
  readonly metrics: 'otel' | 'micrometer' | 'prom-client';
}

export const newService = defineCommand<Options>({
  name: 'new-service',
  description: 'Scaffolds the facts of a new service.',
  declare: (command) =>
    command
      .argument('<id>', 'lower-case letters, digits and hyphens, such as payments')
      .option('--title <title>', 'the name people use; default: made from the id')
      .option('--team <team>', 'who is on call for it', 'unknown')
      .addOption(
        new Option('--metrics <profile>', 'how its metrics are named')
          .choices(['otel', 'micrometer', 'prom-client'])
          .default('otel'),
      ),
  run: async ({ options, args: [id = ''], io }) => {
    const [{ scaffoldService }, { projectIn }, { writeResult }] = await Promise.all([
      import('../../app/new-service.ts'),
      import('../../app/environment.ts'),
      import('../terminal.ts'),
    ]);
    const { project } = await projectIn(io, {});
    const written = await scaffoldService({ id, ...options }, { project, root: io.root });
    const lines = [
      `Written: ${written.join(', ')}`,
      'Next: fill in its facts, then',
      '  npm run plan      shows its dashboard and alerts',
      '  npm run render    writes what a pull request shows',
      '  npm run runbooks  writes the pages of its alerts, with its queries, limits and receivers',
    ];
    await writeResult(lines.join('\n'), undefined, io);
    return EXIT.success;
  },
});

import { Option } from 'commander';
import { defineCommand, runCommand } from './support/command.ts';
import { EXIT, type ExitCode } from './support/exit-codes.ts';

const command = defineCommand('new-service', 'Scaffolds the facts of a new service and lists it in services/index.ts.')
  .argument('<id>', 'lower-case letters, digits and hyphens, such as payments')
  .option('--title <title>', 'the name people use; default: made from the id')
  .option('--team <team>', 'who is on call for it', 'unknown')
  .addOption(
    new Option('--metrics <profile>', 'how its metrics are named')
      .choices(['otel', 'micrometer', 'prom-client'])
      .default('otel'),
  );

await runCommand(command, async (): Promise<ExitCode> => {
  const { scaffoldService } = await import('./support/new-service.ts');
  const options = command.opts<{ title?: string; team: string; metrics: 'otel' | 'micrometer' | 'prom-client' }>();
  const written = await scaffoldService({ id: command.args[0] ?? '', ...options });
  process.stdout.write(
    [
      `Written: ${written.join(', ')}`,
      'Next: fill in its facts, then',
      '  npm run plan      shows its dashboard and alerts',
      '  npm run render    writes what a pull request shows',
      '  npm run runbooks  writes its limits and receivers into the pages of its alerts',
      '',
    ].join('\n'),
  );
  return EXIT.success;
});

import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

export const driftIssue = defineCommand<{ readonly plan: string; readonly report: string }>({
  name: 'drift-issue',
  description: 'Keeps one open issue while Grafana differs from the code, and closes it after.',
  declare: (command) =>
    command
      .requiredOption('--plan <file>', 'from npm run plan -- --format json')
      .requiredOption('--report <file>', 'from npm run plan -- --format md'),
  run: async ({ options, io }) => {
    const { keepDriftIssue } = await import('../../app/drift-issue.ts');
    const done = await keepDriftIssue(options, io);
    if (done !== undefined) await io.stderr.write(`Issue ${done}.\n`);
    return EXIT.success;
  },
});

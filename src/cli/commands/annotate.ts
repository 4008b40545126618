import type { AnnotateRequest } from '../../app/annotate.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { ENV_HELP } from '../options.ts';

export const annotate = defineCommand<AnnotateRequest>({
  name: 'annotate',
  description: "Marks a deployment on the service's dashboard and on the overview, once.",
  declare: (command) =>
    command
      .requiredOption('--service <id>', 'the service that was deployed; project for the dashboards themselves')
      .requiredOption('--version <version>', 'what was deployed, such as v1.2.3')
      .option('--sha <sha>', 'the commit it was built from')
      .option('--link <url>', 'where to read on: the run of the pipeline, or the release')
      .option('--at <time>', 'when: 2026-01-14T14:00:00Z, or 5m for five minutes ago', '0s')
      .option('--rollback', 'it was taken back: the mark becomes a region that ends at that time')
      .option('--env <name>', ENV_HELP),
  run: async ({ options, io }) => {
    const [app, { writeResult }] = await Promise.all([import('../../app/annotate.ts'), import('../terminal.ts')]);
    await writeResult(await app.annotate(options, io), undefined, io);
    return EXIT.success;
  },
});

import type { CommentRequest } from '../../app/comment.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { wholeNumber } from '../options.ts';

export const comment = defineCommand<CommentRequest>({
  name: 'comment',
  description: 'Writes a report as the one comment of its kind on a pull request, or updates it.',
  declare: (command) =>
    command
      .requiredOption('--file <file>', 'the report, from npm run diff -- --format md')
      .option('--pull-request <number>', 'default: the one that started the job', wholeNumber('--pull-request', 1))
      .option('--summary', 'only into the page of the job; so it is for forks, which may not comment'),
  run: async ({ options, io }) => {
    const { writeComment } = await import('../../app/comment.ts');
    for (const line of await writeComment(options, io)) await io.stderr.write(`${line}\n`);
    return EXIT.success;
  },
});

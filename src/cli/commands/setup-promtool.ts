import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

export const setupPromtool = defineCommand({
  name: 'setup:promtool',
  description: "Finds promtool, or fetches it into .cache/promtool: from Debian's package, or the official release.",
  run: async ({ io }) => {
    const [{ findPromtool, PROMTOOL_FOLDER }, { writeResult }] = await Promise.all([
      import('../../adapters/promtool/find.ts'),
      import('../terminal.ts'),
    ]);
    const { environment, http, root } = io;
    await writeResult(await findPromtool({ environment, http, cache: `${root}${PROMTOOL_FOLDER}` }), undefined, io);
    return EXIT.success;
  },
});

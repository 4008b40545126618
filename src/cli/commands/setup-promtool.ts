import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

export const setupPromtool = defineCommand({
  name: 'setup:promtool',
  description: "Finds promtool, or fetches it into .cache/promtool: from Debian's package, or the official release.",
  run: async ({ io }) => {
    const [{ findPromtool }, { writeResult }] = await Promise.all([
      import('../../replay/find-promtool.ts'),
      import('../terminal.ts'),
    ]);
    await writeResult(await findPromtool(), undefined, io);
    return EXIT.success;
  },
});

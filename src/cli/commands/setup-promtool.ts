import { defineCommand, runCommand } from './support/command.ts';
import { EXIT, type ExitCode } from './support/exit-codes.ts';

const command = defineCommand(
  'setup:promtool',
  "Finds promtool, or fetches it into .cache/promtool: from Debian's package, or the official release.",
);

await runCommand(command, async (): Promise<ExitCode> => {
  const [{ findPromtool }, { writeResult }] = await Promise.all([
    import('../src/replay/find-promtool.ts'),
    import('./support/terminal.ts'),
  ]);
  await writeResult(await findPromtool(), undefined);
  return EXIT.success;
});

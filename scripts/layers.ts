import { defineCommand, runCommand } from './support/command.ts';
import { EXIT, type ExitCode } from './support/exit-codes.ts';

const command = defineCommand('layers', 'Holds every import to the rooms of docs/architecture.md.');

await runCommand(command, async (): Promise<ExitCode> => {
  const [{ checkLayers, listModules }, { ROOT }] = await Promise.all([
    import('./support/layers.ts'),
    import('./support/root.ts'),
  ]);
  const { read, problems } = checkLayers(ROOT, listModules(ROOT));
  for (const problem of problems) process.stderr.write(`error  ${problem}\n`);
  process.stdout.write(`${read} modules, ${problems.length} problems.\n`);
  return problems.length === 0 ? EXIT.success : EXIT.failure;
});

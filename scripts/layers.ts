import { defineCommand } from '../src/cli/command.ts';
import { EXIT } from '../src/cli/exit-codes.ts';
import { runProcess } from '../src/cli/process.ts';

const layers = defineCommand({
  name: 'layers',
  description: 'Holds every import to the rooms of docs/architecture.md.',
  run: async ({ io }) => {
    const { checkLayers, listModules } = await import('./layers/layers.ts');
    const { read, problems } = checkLayers(io.root, listModules(io.root));
    for (const problem of problems) await io.stderr.write(`error  ${problem}\n`);
    await io.stdout.write(`${read} modules, ${problems.length} problems.\n`);
    return problems.length === 0 ? EXIT.success : EXIT.failure;
  },
});

await runProcess(layers);

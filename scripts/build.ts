import { defineCommand } from '../src/cli/command.ts';
import { EXIT } from '../src/cli/exit-codes.ts';
import { runProcess } from '../src/cli/process.ts';

const build = defineCommand({
  name: 'build',
  description: 'Compiles the engine into dist/package, which npm pack ./dist/package packs.',
  run: async ({ io }) => {
    const { buildPackage, PACKAGE_FOLDER } = await import('./package/build.ts');
    await buildPackage(io.root);
    await io.stdout.write(`Built: ${PACKAGE_FOLDER}. To pack it: npm pack ./${PACKAGE_FOLDER}\n`);
    return EXIT.success;
  },
});

await runProcess(build);

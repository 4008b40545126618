#!/usr/bin/env node
/** The package's program: `grafana-as-code <command>`, on the project that it is started in. */
import { realpathSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { reportError } from './command.ts';
import { commandIo } from './command-io.ts';
import { processIo, runProcess } from './process.ts';
import { programOf, projectRoot } from './project-root.ts';
import { readTypeScript } from './typescript.ts';

await start();

async function start(): Promise<void> {
  const root = projectRoot(process.cwd());
  let program: string | undefined;
  try {
    program = root === undefined ? undefined : programOf(root);
  } catch (error) {
    process.exitCode = await reportError(error, commandIo(processIo()));
    return;
  }
  if (program === undefined || program === realpathSync(fileURLToPath(import.meta.url))) return runProcess();
  // Two copies in one process would have two of each constant.
  if (program.endsWith('.ts')) await readTypeScript();
  await import(pathToFileURL(program).href);
}

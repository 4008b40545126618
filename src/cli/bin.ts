#!/usr/bin/env node
/** The package's program: `grafana-as-code <command>`, on the project that it is started in. */
import { realpathSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { register } from 'tsx/esm/api';
import { reportError } from './command.ts';
import { commandIo } from './command-io.ts';
import { processIo, runProcess } from './process.ts';
import { programOf, projectRoot } from './project-root.ts';

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
  const own = realpathSync(fileURLToPath(import.meta.url));
  // From sources, tsx is there already; what is compiled needs it for the project's files.
  if (own.endsWith('.js')) register();
  if (program === undefined || program === own) await runProcess();
  // Two copies in one process would have two of each constant.
  else await import(pathToFileURL(program).href);
}

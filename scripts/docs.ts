import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { defineCommand } from '../src/cli/command.ts';
import { EXIT } from '../src/cli/exit-codes.ts';
import { runProcess } from '../src/cli/process.ts';

/** Where the reference is written; git ignores it. */
const FOLDER = 'dist/docs';

const docs = defineCommand({
  name: 'docs',
  description: `Writes a reference of all that people import to ${FOLDER}, from the docstrings.`,
  run: async ({ io }) => {
    const { apiOf } = await import('./api/check.ts');
    const { renderReference } = await import('./docs/page.ts');
    const { version } = JSON.parse(readFileSync(`${io.root}package.json`, 'utf8')) as { readonly version: string };
    const pages = renderReference(apiOf(io.root), version);
    // A page of an entry that is gone must not stay.
    rmSync(`${io.root}${FOLDER}`, { recursive: true, force: true });
    mkdirSync(`${io.root}${FOLDER}`, { recursive: true });
    for (const { path, text } of pages) writeFileSync(`${io.root}${FOLDER}/${path}`, text);
    await io.stdout.write(`Written: ${FOLDER}/README.md and ${pages.length - 1} pages\n`);
    return EXIT.success;
  },
});

await runProcess(docs);

/** Loads a project's files as they are now, however often they were loaded before. */
import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadProject } from '../../src/cli/load-project.ts';
import type { LoadedProject } from '../../src/project/source.ts';
import { PROJECT, REPOSITORY } from './places.ts';

/** Folders of what people write, besides the files at the root. The engine is the one of this process. */
const FOLDERS = ['services', 'dashboards', 'alerts', 'scenarios'];

async function codeIn(root: string): Promise<readonly string[]> {
  const files = (await readdir(root)).filter((name) => name.endsWith('.ts')).sort();
  return [...FOLDERS.filter((name) => existsSync(join(root, name))), ...files];
}

const loaded = new Map<string, LoadedProject>();
const copies = new Set<string>();
// Hooks load projects too, and have no end of a test to wait for.
process.once('exit', () => {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
});

/**
 * The project at a root. Node and vitest keep a module that they have once imported, so that changed files are imported
 * from a copy at another place.
 */
export async function loadFresh(root: string): Promise<LoadedProject> {
  if (root === PROJECT || root === REPOSITORY) return loadProject(root);
  const key = await fingerprint(root);
  const known = loaded.get(key) ?? (await loadCopy(root));
  loaded.set(key, known);
  return { ...known, runbooks: await runbookNames(root) };
}

async function loadCopy(root: string): Promise<LoadedProject> {
  const copy = `${await mkdtemp(join(tmpdir(), 'fresh-'))}/`;
  copies.add(copy);
  const there = await codeIn(root);
  await Promise.all(there.map((name) => cp(join(root, name), join(copy, name), { recursive: true })));
  // What the copy imports by the package's name is the engine of this process.
  await writeFile(join(copy, 'package.json'), '{ "type": "module" }');
  await mkdir(join(copy, 'node_modules'));
  await symlink(REPOSITORY, join(copy, 'node_modules/grafana-as-code'));
  try {
    return await loadProject(copy);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    error.message = error.message.replaceAll(copy, root);
    error.stack = error.stack?.replaceAll(copy, root) ?? '';
    throw error;
  }
}

async function fingerprint(root: string): Promise<string> {
  const hash = createHash('sha256').update(root);
  for (const code of await codeIn(root)) {
    const names = code.endsWith('.ts') ? [code] : await filesBelow(root, code);
    for (const name of names)
      hash
        .update(name)
        .update('\0')
        .update(await readFile(join(root, name)));
  }
  return hash.digest('hex');
}

async function filesBelow(root: string, folder: string): Promise<readonly string[]> {
  const names = await readdir(join(root, folder), { recursive: true });
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`)
    .sort();
}

async function runbookNames(root: string): Promise<ReadonlySet<string>> {
  const names = await readdir(join(root, 'alerts/runbooks')).catch(() => []);
  return new Set(names.filter((name) => name.endsWith('.md')).map((name) => name.slice(0, -'.md'.length)));
}

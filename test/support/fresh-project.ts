/** Loads a project's files as they are now, however often they were loaded before. */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProjectSource } from '../../src/app/project-source.ts';
import { loadProject } from '../../src/cli/load-project.ts';

const ENGINE = fileURLToPath(new URL('../../src', import.meta.url));
const OWN = fileURLToPath(new URL('../../', import.meta.url));
/** What people write. The engine is the one of this process. */
const CODE = ['services', 'dashboards', 'alerts'];

const loaded = new Map<string, ProjectSource>();
const copies = new Set<string>();
// Hooks load projects too, and have no end of a test to wait for.
process.once('exit', () => {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
});

/**
 * The project at a root. Node and vitest keep a module that they have once imported, so that changed files are imported
 * from a copy at another place.
 */
export async function loadFresh(root: string): Promise<ProjectSource> {
  if (root === OWN) return loadProject(root);
  const key = await fingerprint(root);
  const known = loaded.get(key) ?? (await loadCopy(root));
  loaded.set(key, known);
  return { ...known, runbooks: await runbookNames(root) };
}

async function loadCopy(root: string): Promise<ProjectSource> {
  const copy = `${await mkdtemp(join(tmpdir(), 'fresh-'))}/`;
  copies.add(copy);
  await Promise.all(CODE.map((folder) => cp(join(root, folder), join(copy, folder), { recursive: true })));
  await mkdir(join(copy, 'src'));
  const rooms = (await readdir(ENGINE)).filter((room) => room !== 'project.ts');
  await Promise.all(rooms.map((room) => symlink(join(ENGINE, room), join(copy, 'src', room))));
  await cp(join(root, 'src/project.ts'), join(copy, 'src/project.ts'));
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
  for (const folder of [...CODE, 'src/project.ts']) {
    const names = folder.endsWith('.ts') ? [folder] : await filesBelow(root, folder);
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

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RenderedFile } from '../../src/report/rendered.ts';

const FOLDERS = ['dashboards/rendered', 'alerts/rendered'];

/** Paths of rendered files that differ from what is built, are missing, or are left over. */
export async function outOfDate(root: string, files: readonly RenderedFile[]): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const { path, content } of files) {
    const there = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (there !== content) stale.push(path);
  }
  const wanted = new Set(files.map(({ path }) => path));
  for (const folder of FOLDERS) {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    // What else lies there is somebody's, and stays.
    const ours = entries.filter((entry) => entry.isFile() && /\.(json|yaml)$/.test(entry.name));
    stale.push(...ours.map(({ name }) => `${folder}/${name}`).filter((path) => !wanted.has(path)));
  }
  return stale.sort();
}

/** Brings the stale ones up to date. */
export async function writeRendered(
  root: string,
  files: readonly RenderedFile[],
  stale: readonly string[],
): Promise<void> {
  const contents = new Map(files.map(({ path, content }) => [path, content]));
  for (const path of stale) {
    const content = contents.get(path);
    if (content === undefined) {
      await rm(join(root, path));
    } else {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content, 'utf8');
    }
  }
}

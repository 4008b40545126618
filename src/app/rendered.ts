import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LIMITS, readInputFile, removeFileSafely, withPlainLineEnds, writeFileSafely } from '../adapters/files.ts';
import { usageError } from '../model/explained-error.ts';
import { fileNameProblem, sameFiles } from '../model/file-name.ts';
import type { RenderedFile } from '../report/rendered/files.ts';
import { isRendered, RENDERED_FOLDERS } from './rendered-places.ts';

/**
 * Paths of rendered files that differ from what is built, are missing, or are left over. How git checked out their line
 * ends makes no difference.
 *
 * @throws ExplainedError where a file would have a name that not every system takes.
 */
export async function outOfDate(root: string, files: readonly RenderedFile[]): Promise<readonly string[]> {
  checkNames(files.map(({ path }) => path));
  const stale: string[] = [];
  for (const { path, content } of files) {
    const there = readInputFile(join(root, path), LIMITS.large);
    if ('problem' in there || withPlainLineEnds(there.text) !== content) stale.push(path);
  }
  const wanted = new Set(files.map(({ path }) => path));
  for (const folder of RENDERED_FOLDERS) {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    stale.push(...filesIn(entries, folder).filter((path) => !wanted.has(path)));
    for (const { name } of entries.filter((entry) => entry.isDirectory())) {
      // Of an environment, which may be gone.
      const inner = await readdir(join(root, folder, name), { withFileTypes: true }).catch(() => []);
      const others = filesIn(inner, `${folder}/${name}`).filter((path) => !wanted.has(path));
      stale.push(...others.filter((path) => isOurs(join(root, path))));
    }
  }
  return stale.sort();
}

/** What else lies there is somebody's, and stays. */
function filesIn(entries: readonly Dirent[], folder: string): readonly string[] {
  return entries
    .filter((entry) => entry.isFile() && /\.(json|yaml)$/.test(entry.name))
    .map(({ name }) => `${folder}/${name}`);
}

function isOurs(path: string): boolean {
  const read = readInputFile(path, LIMITS.large);
  return 'text' in read && isRendered(path, withPlainLineEnds(read.text));
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
    if (content === undefined) await removeFileSafely(join(root, path), { within: root });
    else await writeFileSafely(join(root, path), content, { within: root });
  }
}

function checkNames(paths: readonly string[]): void {
  const odd = paths.flatMap((path) => {
    const problem = path
      .split('/')
      .map(fileNameProblem)
      .find((each) => each !== undefined);
    return problem === undefined ? [] : [{ path, problem }];
  });
  const twins = sameFiles(paths).map(([one, path]) => ({
    path,
    problem: `is the same file as ${one} where case does not count`,
  }));
  const problems = [...odd, ...twins].map(({ path, problem }) => ({
    code: 'D011',
    level: 'error' as const,
    subject: path,
    message: problem,
    remedy: 'It is made of a UID or of a group: give that another name.',
  }));
  if (problems.length > 0) throw usageError(problems);
}

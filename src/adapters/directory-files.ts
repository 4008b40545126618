/** The files of a target directory: the only code of that target that touches the disk. */
import { createHash } from 'node:crypto';
import { constants, type Dirent } from 'node:fs';
import { access, lstat, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ExplainedError } from '../model/explained-error.ts';
import { fileNameProblem, sameFiles } from '../model/file-name.ts';
import { visible } from '../model/outside-text.ts';
import {
  LIMITS,
  notAFile,
  notAFolder,
  readInputFile,
  removeFileSafely,
  withPlainLineEnds,
  writeFileSafely,
} from './files.ts';

const ANOTHER = 'choose another directory: npm run sync -- --dir DIR';

/**
 * A file's content, or undefined where there is none. Line ends are ours, whatever git made of them on the way.
 *
 * @throws ExplainedError where it cannot be read, or is so large that nobody of us wrote it.
 */
export function readText(root: string, path: string): string | undefined {
  const read = readInputFile(join(root, path), LIMITS.large);
  if ('text' in read) return withPlainLineEnds(read.text);
  if (read.missing) return undefined;
  throw new ExplainedError({
    code: 'D004',
    message: `${visible(join(root, path))} ${read.problem}`,
    remedy: `Make it a file that this user can read, or ${ANOTHER}`,
  });
}

/** Paths of all files below some folders, relative to the root, sorted. */
export async function listFiles(root: string, folders: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(folders.map((folder) => listFolder(root, folder)));
  return found.flat().sort();
}

async function listFolder(root: string, folder: string): Promise<string[]> {
  const inner = await Promise.all(
    (await entriesOf(root, folder)).map(async (entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return listFolder(root, path);
      return entry.isFile() ? [path] : [];
    }),
  );
  return inner.flat();
}

/** Names of the files directly in the root. */
export async function filesOfRoot(root: string): Promise<readonly string[]> {
  return (await entriesOf(root, '.')).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
}

async function entriesOf(root: string, folder: string): Promise<Dirent[]> {
  try {
    return await readdir(join(root, folder), { withFileTypes: true });
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return [];
    throw new ExplainedError({
      code: 'D004',
      message: `${visible(join(root, folder))} cannot be read (${codeOf(cause)})`,
      remedy: `Make it a readable folder, or ${ANOTHER}`,
      cause,
    });
  }
}

/** A file's length in bytes, or undefined where there is none. */
export async function sizeOf(root: string, path: string): Promise<number | undefined> {
  return (await lstat(join(root, path)).catch(() => undefined))?.size;
}

/**
 * Makes sure that paths lead to where they say: below the root, through folders, to a file or to nothing, each to one
 * of its own on every system. The root itself may be a symbolic link.
 *
 * @throws ExplainedError for the first that does not.
 */
export async function checkPlaces(root: string, paths: Iterable<string>): Promise<void> {
  const all = [...new Set(paths)];
  const below = new Map<string, 'file' | 'folder'>();
  for (const path of all) {
    const parts = path.split('/');
    if (parts.some((part) => part === '' || part === '.' || part === '..' || /[\\\0]/.test(part)))
      throw leadsOut(root, path);
    for (const [index, part] of parts.entries()) {
      const problem = fileNameProblem(part);
      if (problem !== undefined) throw badName(path, problem);
      below.set(parts.slice(0, index + 1).join('/'), index === parts.length - 1 ? 'file' : 'folder');
    }
  }
  const [pair] = sameFiles(all);
  if (pair !== undefined)
    throw badName(pair[1], `is the same file as ${JSON.stringify(visible(pair[0]))} where case does not count`);
  const found = await Promise.all(
    [...below].map(async ([path, kind]) => {
      const there = await lstat(join(root, path)).catch(() => undefined);
      const problem = there === undefined ? undefined : kind === 'file' ? notAFile(there) : notAFolder(there);
      return problem === undefined ? [] : [{ path, problem }];
    }),
  );
  const [obstacle] = found.flat().sort((left, right) => (left.path < right.path ? -1 : 1));
  if (obstacle === undefined) return;
  throw new ExplainedError({
    code: 'D009',
    message: `${visible(join(root, obstacle.path))} ${obstacle.problem}; files of ours belong there`,
    remedy: `Nothing was written. Put a real file or folder there, or ${ANOTHER}`,
  });
}

function leadsOut(root: string, path: string): ExplainedError {
  return new ExplainedError({
    code: 'D008',
    message: `${JSON.stringify(visible(path))} leads out of ${visible(root)}`,
    remedy:
      'Nothing was written. A UID or folder of a plan, a backup or a service has a part of a path in it; correct it there.',
  });
}

function badName(path: string, problem: string): ExplainedError {
  return new ExplainedError({
    code: 'D011',
    message: `${JSON.stringify(visible(path))} ${problem}`,
    remedy: 'Nothing was written. It is made of a UID, a folder or a group: give that another name.',
  });
}

/** Replaces a file as a whole: a reader sees the old content or the new, never a half. */
export async function writeText(root: string, path: string, content: string): Promise<void> {
  await checkPlaces(root, [path]);
  await writeFileSafely(join(root, path), content, {
    within: root,
    code: 'D005',
    remedy: 'Free space or give this user write access, then run the sync again: it goes on where it stopped.',
  });
}

export async function removeFile(root: string, path: string): Promise<void> {
  await removeFileSafely(join(root, path), {
    within: root,
    code: 'D005',
    remedy: 'Give this user write access, then run the sync again.',
  });
}

/**
 * The nearest directory at or above a place that may not exist yet.
 *
 * @throws ExplainedError if it is a file.
 */
export async function nearestDirectory(root: string): Promise<string> {
  let place = resolve(root);
  let found = await stat(place).catch(() => undefined);
  while (found === undefined) {
    place = dirname(place);
    found = await stat(place).catch(() => undefined);
  }
  if (found.isDirectory()) return place;
  throw new ExplainedError({
    code: 'D006',
    message: `${visible(place)} is a file, and a directory has to be there`,
    remedy: 'Choose another directory: npm run sync -- --dir DIR',
  });
}

/**
 * Whether files can be written into a directory that may not exist yet. Checked before the first write.
 *
 * @throws ExplainedError if not.
 */
export async function checkWritable(directory: string): Promise<void> {
  const place = await nearestDirectory(directory);
  try {
    await access(place, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new ExplainedError({
      code: 'D006',
      message: `${visible(place)} is read-only for this user`,
      remedy: `Give this user write access, or ${ANOTHER}`,
      cause,
    });
  }
}

export function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

function codeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? visible(String(cause));
}

/** The only code of this target that touches the disk. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, lstat, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { TargetError } from '../../sync/index.ts';

/** A file's content, or undefined where there is none. */
export async function readText(root: string, path: string): Promise<string | undefined> {
  try {
    return await readFile(join(root, path), 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return undefined;
    throw new TargetError(
      'D004',
      `${join(root, path)} can not be read (${codeOf(cause)})`,
      `Make it readable for this user, or choose another directory: npm run sync -- --dir DIR`,
      { cause },
    );
  }
}

/** Paths of all files below some folders, relative to the root, sorted. */
export async function listFiles(root: string, folders: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(folders.map((folder) => listFolder(root, folder)));
  return found.flat().sort();
}

async function listFolder(root: string, folder: string): Promise<string[]> {
  let entries: import('node:fs').Dirent[];
  try {
    entries = await readdir(join(root, folder), { withFileTypes: true });
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return [];
    throw new TargetError(
      'D004',
      `${join(root, folder)} can not be read (${codeOf(cause)})`,
      'Make it a readable folder, or choose another directory: npm run sync -- --dir DIR',
      { cause },
    );
  }
  const inner = await Promise.all(
    entries.map(async (entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return listFolder(root, path);
      return entry.isFile() ? [path] : [];
    }),
  );
  return inner.flat();
}

/** What a file is called until it is whole. */
export const TEMPORARY = '.grafana-as-code.tmp';

/** A file's length in bytes, or undefined where there is none. */
export async function sizeOf(root: string, path: string): Promise<number | undefined> {
  return (await lstat(join(root, path)).catch(() => undefined))?.size;
}

/**
 * Makes sure that paths lead to where they say: below the root, and through no symbolic link. The root itself may be
 * one.
 *
 * @throws TargetError for the first that does not.
 */
export async function checkPlaces(root: string, paths: Iterable<string>): Promise<void> {
  const below = new Set<string>();
  for (const path of paths) {
    const parts = path.split('/');
    if (parts.some((part) => part === '' || part === '.' || part === '..' || /[\\\0]/.test(part))) {
      throw new TargetError(
        'D008',
        `${JSON.stringify(path)} leads out of ${root}`,
        'Nothing was written. A UID or folder of a plan, a backup or a service has a part of a path in it; correct it there.',
      );
    }
    for (const [index] of parts.entries()) below.add(parts.slice(0, index + 1).join('/'));
  }
  const links = await Promise.all(
    [...below].map(async (path) =>
      (await lstat(join(root, path)).catch(() => undefined))?.isSymbolicLink() ? [path] : [],
    ),
  );
  const [link] = links.flat().sort();
  if (link === undefined) return;
  throw new TargetError(
    'D009',
    `${join(root, link)} is a symbolic link, and files of ours belong there`,
    'Nothing was written: what it points to may be somebody else’s. Put a real file or folder there, or choose another directory: npm run sync -- --dir DIR',
  );
}

/** Replaces a file as a whole: a reader sees the old content or the new, never a half. */
export async function writeText(root: string, path: string, content: string): Promise<void> {
  await checkPlaces(root, [path]);
  const target = join(root, path);
  const temporary = `${target}${TEMPORARY}`;
  try {
    await mkdir(dirname(target), { recursive: true });
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(content, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new TargetError(
      'D005',
      `${target} can not be written (${codeOf(cause)})`,
      'Free space or give this user write access, then run the sync again: it goes on where it stopped.',
      { cause },
    );
  }
}

export async function removeFile(root: string, path: string): Promise<void> {
  await checkPlaces(root, [path]);
  try {
    await rm(join(root, path), { force: true });
  } catch (cause) {
    throw new TargetError(
      'D005',
      `${join(root, path)} can not be deleted (${codeOf(cause)})`,
      'Give this user write access, then run the sync again.',
      { cause },
    );
  }
}

/**
 * The nearest directory at or above a place that may not exist yet.
 *
 * @throws TargetError if it is a file.
 */
export async function nearestDirectory(root: string): Promise<string> {
  let place = resolve(root);
  let found = await stat(place).catch(() => undefined);
  while (found === undefined) {
    place = dirname(place);
    found = await stat(place).catch(() => undefined);
  }
  if (found.isDirectory()) return place;
  throw new TargetError(
    'D006',
    `${place} is a file, and a directory has to be there`,
    'Choose another directory: npm run sync -- --dir DIR',
  );
}

/**
 * Whether files can be written into a directory that may not exist yet. Checked before the first write.
 *
 * @throws TargetError if not.
 */
export async function checkWritable(directory: string): Promise<void> {
  const place = await nearestDirectory(directory);
  try {
    await access(place, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new TargetError(
      'D006',
      `${place} is read-only for this user`,
      'Give this user write access, or choose another directory: npm run sync -- --dir DIR',
      { cause },
    );
  }
}

export function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

function codeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? String(cause);
}

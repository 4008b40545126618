/** The only code of this target that touches the disk. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
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
      return entry.isFile() && !entry.name.endsWith(TEMPORARY) ? [path] : [];
    }),
  );
  return inner.flat();
}

const TEMPORARY = '.grafana-as-code.tmp';

/** Replaces a file as a whole: a reader sees the old content or the new, never a half. */
export async function writeText(root: string, path: string, content: string): Promise<void> {
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
 * Whether files can be written below a directory that may not exist yet. Checked before anything is planned.
 *
 * @throws TargetError if not.
 */
export async function checkWritable(root: string): Promise<void> {
  let place = resolve(root);
  for (;;) {
    const found = await stat(place).catch(() => undefined);
    if (found === undefined) {
      place = dirname(place);
      continue;
    }
    if (!found.isDirectory()) {
      throw new TargetError(
        'D006',
        `${place} is a file, and a directory has to be there`,
        'Choose another directory: npm run sync -- --dir DIR',
      );
    }
    break;
  }
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

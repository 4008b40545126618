/** What promtool answered before, in files: one for each question, the least recently used ones deleted first. */
import { constants } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a project keeps them, relative to its root; git ignores the folder. */
export const ANSWERS_FOLDER = '.cache/promtool-answers';

/** Answers by key. What cannot be read is not there, and what cannot be written is not kept: both only cost time. */
export interface KeptAnswers {
  /** The text of an answer; undefined where there is none. It is from a file that anybody may have written. */
  read(key: string): Promise<string | undefined>;
  keep(key: string, text: string): Promise<void>;
}

/** How answers are kept. */
export interface AnswersOptions {
  /** Absolute; made where it is missing. */
  readonly folder: string;
  /** Milliseconds since 1970: a file's time says when it was last of use. */
  readonly now: () => number;
  /** Bytes of all answers together. Default: 64 MiB, ten times the library's. */
  readonly limit?: number;
}

const LIMIT = 64 * 1024 ** 2;
/** A single answer above this is none of ours. */
const LARGEST = 16 * 1024 ** 2;
/** Reached the limit, so much of it is left: the folder is not listed at every answer. */
const LEFT = 0.8;
/** Folders of runs that were killed, after an hour: milliseconds. */
const FORGOTTEN = 3_600_000;
const STAGING = '.new-';

/**
 * Answers in a folder, which several processes may use at once: each is written to a folder of its own and renamed.
 *
 * @param options.limit the folder may pass it for moments, by what runs at once writes.
 */
export function keptAnswers({ folder, now, limit = LIMIT }: AnswersOptions): KeptAnswers {
  let size: number | undefined;
  const pathOf = (key: string) => join(folder, `${key}.json`);
  return {
    read: async (key) => {
      try {
        return await readUsed(pathOf(key), now());
      } catch {
        return undefined;
      }
    },
    keep: async (key, text) => {
      const bytes = Buffer.byteLength(text);
      if (bytes > Math.min(limit, LARGEST)) return;
      try {
        await mkdir(folder, { recursive: true });
        await writeWhole(folder, pathOf(key), text);
        size = size === undefined ? await shrink(folder, limit, now()) : size + bytes;
        if (size > limit) size = await shrink(folder, limit, now());
      } catch {
        // A full disk, or a folder that may not be written: the answer itself is right all the same.
      }
    },
  };
}

/** Reads a file that is one, and marks it as used. No link is followed, and nothing waits for a pipe. */
async function readUsed(path: string, now: number): Promise<string | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const state = await file.stat();
    if (!state.isFile() || state.size > LARGEST) return undefined;
    const text = await file.readFile('utf8');
    await file.utimes(now / 1000, now / 1000).catch(() => undefined);
    return text;
  } finally {
    await file.close();
  }
}

async function writeWhole(folder: string, path: string, text: string): Promise<void> {
  const staging = await mkdtemp(join(folder, STAGING));
  try {
    const staged = join(staging, 'answer');
    await writeFile(staged, text, { encoding: 'utf8', flag: 'wx' });
    await rename(staged, path);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Deletes the least recently used answers where all together are too many; answers with the bytes that are left. */
async function shrink(folder: string, limit: number, now: number): Promise<number> {
  const files: { readonly path: string; readonly bytes: number; readonly used: number }[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const state = await stat(path).catch(() => undefined);
    if (state === undefined) continue;
    if (state.isFile()) files.push({ path, bytes: state.size, used: state.mtimeMs });
    else if (name.startsWith(STAGING) && now - state.mtimeMs > FORGOTTEN)
      await rm(path, { recursive: true, force: true });
  }
  let size = files.reduce((sum, { bytes }) => sum + bytes, 0);
  if (size <= limit) return size;
  for (const { path, bytes } of files.sort((left, right) => left.used - right.used)) {
    if (size <= limit * LEFT) break;
    await rm(path, { force: true });
    size -= bytes;
  }
  return size;
}

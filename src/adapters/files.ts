/** Files: the one way in which this project writes them, and the one in which it reads what people hand it. */
import { randomUUID } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs';
import { link, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { ExplainedError } from '../model/explained-error.ts';
import { visible } from '../model/outside-text.ts';

/** How the name of a file ends until it is whole. What a killed process leaves behind is known by it. */
export const TEMPORARY = '.grafana-as-code.tmp';

/** What is written; in parts where it is too large to be held. */
export type Content = string | Uint8Array | AsyncIterable<string> | Iterable<string>;

export interface WriteOptions {
  /**
   * A folder that the file must stay in: below it no part of the path may be a symbolic link, and folders that do not
   * exist are made. Without it the folder has to exist, and may be reached through links.
   */
  readonly within?: string;
  /** Default: that of the file that is replaced, else what the process gives to new files. */
  readonly mode?: number;
  /** What happens to a file that exists. Default: `replace`. */
  readonly existing?: 'replace' | 'refuse';
  /** The code of the error. Default: C013. */
  readonly code?: string;
  /** What to do where it cannot be written. Default: free space, or give write access. */
  readonly remedy?: string;
}

/**
 * Writes a file as a whole: whoever reads it sees the old content or the new, never a half, and where the disk is full
 * the old content stays. The content goes into a new file of a random name in the same folder first, and no symbolic
 * link is followed: what one points to may be somebody else's.
 *
 * @param file relative to the working directory, or absolute
 * @example await writeFileSafely('plan.json', text, { mode: 0o600 })
 * @throws ExplainedError where the file is a link, a folder or a device, or cannot be written.
 */
export async function writeFileSafely(file: string, content: Content, options: WriteOptions = {}): Promise<void> {
  const path = resolve(file);
  const { within, existing = 'replace' } = options;
  const refuse = (message: string, remedy = options.remedy, cause?: unknown): ExplainedError =>
    new ExplainedError({
      code: options.code ?? 'C013',
      message: `${visible(file)} ${message}`,
      remedy: remedy ?? 'Free space, or give this user write access to its folder.',
      cause,
    });
  if (within !== undefined) {
    const link = await firstObstacle(resolve(within), path);
    if (link !== undefined)
      throw refuse(`cannot be written: ${visible(link.path)} ${link.problem}`, 'Remove it: nothing was written.');
  }
  const there = await lstat(path).catch(() => undefined);
  const problem = there === undefined ? undefined : notAFile(there);
  if (problem !== undefined) throw refuse(`cannot be written: it ${problem}`, 'Give the name of a file.');
  if (there !== undefined && existing === 'refuse') throw refuse('exists', 'Give another name, or remove it.');
  // A short name of its own: beside a name of full length there is no room for a longer one.
  const temporary = join(dirname(path), `.${randomUUID()}${TEMPORARY}`);
  try {
    if (within !== undefined) await mkdir(dirname(path), { recursive: true });
    await writeNew(temporary, content, options.mode ?? (there === undefined ? 0o666 : there.mode & 0o777));
    await (existing === 'refuse' ? moveToNew : rename)(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if (codeOf(cause) === 'EEXIST') throw refuse('exists', 'Give another name, or remove it.', cause);
    throw refuse(`cannot be written (${codeOf(cause)})`, undefined, cause);
  }
}

/**
 * Adds to the end of a file, which is made where there is none. A pipe or a device is refused: it may never take it.
 *
 * @throws ExplainedError C013
 */
export async function appendSafely(file: string, text: string, remedy: string): Promise<void> {
  const refuse = (problem: string, cause?: unknown): ExplainedError =>
    new ExplainedError({ code: 'C013', message: `${visible(file)} ${problem}`, remedy, cause });
  const { O_APPEND, O_CREAT, O_WRONLY, O_NONBLOCK } = constants;
  let opened: Awaited<ReturnType<typeof open>>;
  try {
    opened = await open(file, O_APPEND | O_CREAT | O_WRONLY | (O_NONBLOCK ?? 0), 0o666);
  } catch (cause) {
    throw refuse(`cannot be written (${codeOf(cause)})`, cause);
  }
  try {
    const there = await opened.stat();
    if (!there.isFile()) throw refuse(`cannot be written: it is a ${kindOf(there)}`);
    await opened.writeFile(text, 'utf8');
  } catch (cause) {
    if (cause instanceof ExplainedError) throw cause;
    throw refuse(`cannot be written (${codeOf(cause)})`, cause);
  } finally {
    await opened.close();
  }
}

/** A new file and nothing else: neither an old one nor what a link points to. */
async function writeNew(path: string, content: Content, mode: number): Promise<void> {
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;
  // Windows has no O_NOFOLLOW; O_EXCL alone does not follow a link either.
  const file = await open(path, O_CREAT | O_EXCL | O_WRONLY | (O_NOFOLLOW ?? 0), mode);
  try {
    // Node takes parts as well; its types do not say so.
    await file.writeFile(content as string, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives a file its name where nothing has it: between a look and a rename somebody may have made one. */
async function moveToNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (cause) {
    // File systems without hard links (FAT, some of the network's) keep the look and the rename.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(codeOf(cause))) throw cause;
    if (isTaken(to)) throw Object.assign(new Error('exists'), { code: 'EEXIST' });
    return rename(from, to);
  }
  await rm(from);
}

/** The first part of a path below a folder that is not the folder, or the file, that belongs there. */
async function firstObstacle(
  folder: string,
  path: string,
): Promise<{ readonly path: string; readonly problem: string } | undefined> {
  const inner = relative(folder, path);
  if (inner === '' || inner.split(sep)[0] === '..' || resolve(folder, inner) !== path)
    return { path, problem: `is not in ${folder}` };
  const parts = inner.split(sep);
  for (const [index] of parts.entries()) {
    const place = join(folder, ...parts.slice(0, index + 1));
    const found = await lstat(place).catch(() => undefined);
    if (found === undefined) return undefined;
    const problem = index === parts.length - 1 ? notAFile(found) : notAFolder(found);
    if (problem !== undefined) return { path: place, problem };
  }
  return undefined;
}

/** Why nothing can be written in the place of what is there; undefined for a file. */
export function notAFile(there: Stats): string | undefined {
  if (there.isFile()) return undefined;
  if (there.isSymbolicLink()) return 'is a symbolic link, and what it points to may be somebody else’s';
  return `is a ${kindOf(there)}`;
}

/** Why nothing can be written below what is there; undefined for a folder. */
export function notAFolder(there: Stats): string | undefined {
  if (there.isDirectory()) return undefined;
  if (there.isSymbolicLink()) return 'is a symbolic link, and what it points to may be somebody else’s';
  return `is a ${there.isFile() ? 'file' : kindOf(there)}, and a folder has to be there`;
}

function kindOf(there: Stats): string {
  if (there.isDirectory()) return 'folder';
  if (there.isFIFO()) return 'pipe';
  if (there.isSocket()) return 'socket';
  return 'device';
}

/** Removes a file of a folder that it must be in. A link is not followed. @throws ExplainedError where that fails. */
export async function removeFileSafely(
  file: string,
  options: Pick<WriteOptions, 'code' | 'remedy'> & { readonly within: string },
): Promise<void> {
  const path = resolve(file);
  const obstacle = await firstObstacle(resolve(options.within), path);
  const fail = (message: string, cause?: unknown): ExplainedError =>
    new ExplainedError({
      code: options.code ?? 'C013',
      message: `${visible(file)} cannot be deleted${message}`,
      remedy: options.remedy ?? 'Give this user write access to its folder.',
      cause,
    });
  if (obstacle !== undefined) throw fail(`: ${visible(obstacle.path)} ${obstacle.problem}`);
  try {
    await rm(path, { force: true });
  } catch (cause) {
    throw fail(` (${codeOf(cause)})`, cause);
  }
}

/** Bytes of the files that people hand over; more is a mistake, and would end in a full memory. */
export const LIMITS = {
  /** `.env` */
  environment: 1024 ** 2,
  /** A baseline, an event of the host, a page. */
  small: 16 * 1024 ** 2,
  /** A plan, a backup, a replay, a report: these hold every dashboard of a fleet. */
  large: 256 * 1024 ** 2,
} as const;

/** What stands in a file that somebody hands over, or why it cannot be read, as the end of a sentence. */
export type InputFile =
  | { readonly text: string }
  | {
      readonly problem: string;
      /** There is no such file. */
      readonly missing: boolean;
    };

/**
 * Reads a file that somebody hands over: it has to be a regular file, because a pipe or a device may never end, and of
 * a size that fits. A byte order mark at its beginning is dropped. Line ends are as they are in the file.
 *
 * @param limit in bytes, see `LIMITS`
 * @example const read = readInputFile('plan.json', LIMITS.large)
 */
export function readInputFile(file: string, limit: number): InputFile {
  let descriptor: number;
  try {
    // Opening a pipe that nobody writes to would wait for ever.
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    return { problem: `cannot be read (${codeOf(cause)})`, missing: ['ENOENT', 'ENOTDIR'].includes(codeOf(cause)) };
  }
  try {
    const there = fstatSync(descriptor);
    if (there.isDirectory()) return { problem: 'cannot be read (EISDIR)', missing: false };
    if (!there.isFile()) return { problem: `is a ${kindOf(there)}, and has to be a file`, missing: false };
    const read = readUpTo(descriptor, limit);
    if (read === undefined) return { problem: `is larger than ${Math.round(limit / 1024 ** 2)} MiB`, missing: false };
    const text = read.toString('utf8');
    return { text: text.startsWith('\uFEFF') ? text.slice(1) : text };
  } catch (cause) {
    return { problem: `cannot be read (${codeOf(cause)})`, missing: false };
  } finally {
    closeSync(descriptor);
  }
}

/** The content, or undefined where it is longer. What is said of a file's size may be wrong, as in /proc. */
function readUpTo(descriptor: number, limit: number): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let total = 0; ; ) {
    const chunk = Buffer.allocUnsafe(64 * 1024);
    const length = readSync(descriptor, chunk, 0, chunk.length, null);
    if (length === 0) return Buffer.concat(chunks);
    total += length;
    if (total > limit) return undefined;
    chunks.push(chunk.subarray(0, length));
  }
}

/** Whether something stands at a place, be it a link to nowhere. */
export function isTaken(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** Text with the line ends that we write: what is compared must not depend on how git checked it out. */
export function withPlainLineEnds(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

function codeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? visible(String(cause));
}

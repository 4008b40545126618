/** A file that says who is writing into a directory, so that two do not do it at once. */
import { randomUUID } from 'node:crypto';
import { link, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ExplainedError } from '../model/explained-error.ts';
import { parseJson } from '../model/json.ts';
import { visible } from '../model/outside-text.ts';
import { LIMITS, readInputFile, TEMPORARY, writeFileSafely } from './files.ts';

/** A lock that is held. */
export interface Lock {
  /** Gives it back; nothing happens the second time. */
  release(): Promise<void>;
}

const schema = z.looseObject({ pid: z.number(), host: z.string(), token: z.string() });
type Holder = z.infer<typeof schema>;

/** A lock of another machine, whose processes cannot be seen, is given up after this time. In milliseconds. */
const LONGEST = 10 * 60_000;
/** The process that takes a lock, and what it knows of others on its machine. */
export interface LockTaker {
  readonly pid: number;
  /** Whether a process of this machine runs. */
  readonly isAlive: (pid: number) => boolean;
}

/** Locks of this process. */
const held = new Set<string>();

/**
 * Takes a lock, and waits for who holds it. One that a killed process left behind is taken over: its process is gone,
 * or, on another machine, the lock is older than ten minutes.
 *
 * @param patience how long to wait, in milliseconds
 * @example const lock = await takeLock('dist/.sync.lock', 'dist', { pid: process.pid, isAlive })
 * @throws ExplainedError D013 where it is still held then; it names the holder.
 */
export async function takeLock(file: string, folder: string, self: LockTaker, patience = 10_000): Promise<Lock> {
  const token = randomUUID();
  const mine = `${JSON.stringify({ pid: self.pid, host: hostname(), token })}\n`;
  for (let waited = 0; ; waited += 50) {
    if (await create(file, folder, mine)) {
      held.add(token);
      return { release: () => release(file, token) };
    }
    const holder = await read(file);
    if (holder === undefined || (await isStale(file, holder, folder, self))) await discard(file, holder?.token);
    else if (waited >= patience) throw busy(file, holder);
    else await sleep(50);
  }
}

/** Whether somebody holds the lock, or left it behind. */
export async function isLocked(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

async function create(file: string, folder: string, content: string): Promise<boolean> {
  try {
    await writeFileSafely(file, content, { within: folder, existing: 'refuse', code: 'D005' });
    return true;
  } catch (cause) {
    if (cause instanceof ExplainedError && cause.message.endsWith(' exists')) return false;
    throw cause;
  }
}

async function read(file: string): Promise<Holder | undefined> {
  const content = readInputFile(file, LIMITS.environment);
  return 'problem' in content ? undefined : schema.safeParse(parseJson(content.text)).data;
}

async function isStale(file: string, { pid, host, token }: Holder, folder: string, self: LockTaker): Promise<boolean> {
  if (host === hostname()) return pid === self.pid ? !held.has(token) : !self.isAlive(pid);
  return (await ageOf(file, folder)) > LONGEST;
}

/** By the clock of the file system, which may be another machine's. In milliseconds. */
async function ageOf(file: string, folder: string): Promise<number> {
  const probe = join(folder, `.${randomUUID()}${TEMPORARY}`);
  await writeFileSafely(probe, '', { within: folder, code: 'D005' });
  const [now, then] = await Promise.all([stat(probe), stat(file).catch(() => undefined)]);
  await rm(probe, { force: true });
  return then === undefined ? 0 : now.mtimeMs - then.mtimeMs;
}

/** Takes a lock away from nobody: where another process has just taken it over, it gets it back. */
async function discard(file: string, token: string | undefined): Promise<void> {
  const aside = join(dirname(file), `.${randomUUID()}${TEMPORARY}`);
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  const taken = await read(aside);
  if (taken?.token === token) return rm(aside, { force: true });
  await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

async function release(file: string, token: string): Promise<void> {
  if (!held.delete(token)) return;
  if ((await read(file))?.token === token) await rm(file, { force: true });
}

function busy(file: string, { pid: other, host }: Holder): ExplainedError {
  return new ExplainedError({
    code: 'D013',
    message: `another sync is writing into ${visible(dirname(file))}: process ${other} on ${visible(host)}`,
    remedy: `Run this one again when that one has ended. If there is none, remove ${visible(file)}`,
  });
}

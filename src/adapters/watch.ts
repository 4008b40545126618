/** Runs a command again whenever code changes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { ROOT } from './root.ts';

/** Folders whose files decide what is built. */
const FOLDERS = ['alerts', 'services', 'dashboards', 'src'];
const WATCHING = 'Watching for changes; Ctrl-C ends it.\n';
/** Milliseconds between two looks, each of which takes two for this project's files. */
const INTERVAL = 100;

/**
 * Runs a command again whenever code changes, until Ctrl-C. Each run is a new process, because modules that are
 * loaded stay as they were.
 *
 * @param args the script and its arguments, without `--watch`.
 * @param atOnce whether it runs before the first change, too.
 */
export async function runOnChange(args: readonly string[], { atOnce = true } = {}): Promise<void> {
  let child: ReturnType<typeof spawn> | undefined;
  const ended = new AbortController();
  const request = oneAtATime(async () => {
    const started = performance.now();
    child = spawn(process.execPath, ['--import', 'tsx', ...args], { cwd: ROOT, stdio: 'inherit' });
    const [code] = (await once(child, 'exit')) as [number | null];
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    if (code !== null) process.stderr.write(`After ${seconds} s. ${WATCHING}`);
  }, ended.signal);
  const stop = watchFiles(ROOT, FOLDERS, (files) => {
    const more = files.length > 1 ? `, and ${files.length - 1} more,` : '';
    process.stderr.write(`\n${files[0]}${more} changed\n`);
    request();
  });
  if (atOnce) request();
  else process.stderr.write(WATCHING);
  await new Promise<void>((end) => process.once('SIGINT', end).once('SIGTERM', end));
  stop();
  ended.abort();
  child?.kill('SIGTERM');
}

/**
 * What may be asked for at any time, and runs once at a time: asked for meanwhile, it runs once more when it is over.
 * A sync that is cut off would leave half of a change in Grafana.
 *
 * @param ended from then on nothing runs any more.
 */
export function oneAtATime(run: () => Promise<void>, ended: AbortSignal): () => void {
  let wanted = 0;
  const work = async (): Promise<void> => {
    while (wanted > 0 && !ended.aborted) {
      const answered = wanted;
      await run();
      wanted -= answered;
    }
  };
  return () => {
    wanted += 1;
    if (wanted === 1) void work();
  };
}

/**
 * Tells which TypeScript files were changed, made or removed, once nothing changes any more: editors write a file in
 * several steps. It looks at the files itself, because Node's recursive watch on Linux loses a file that an editor
 * saves by renaming.
 *
 * @param told paths relative to the root, sorted.
 * @returns ends it.
 */
export function watchFiles(
  root: string,
  folders: readonly string[],
  told: (files: readonly string[]) => void,
): () => void {
  let before = look(root, folders);
  let last = before;
  const timer = setInterval(() => {
    const now = look(root, folders);
    const settled = differences(last, now).length === 0;
    last = now;
    if (!settled) return;
    const changed = differences(before, now);
    before = now;
    if (changed.length > 0) told(changed);
  }, INTERVAL);
  return () => clearInterval(timer);
}

/** What tells one state of a file from another, by path. */
type Seen = ReadonlyMap<string, string>;

function look(root: string, folders: readonly string[]): Seen {
  const seen = new Map<string, string>();
  const visit = (folder: string): void => {
    const entries = unlessGone(() => readdirSync(folder, { withFileTypes: true })) ?? [];
    for (const entry of entries) {
      const path = resolve(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      if (!entry.name.endsWith('.ts')) continue;
      const state = unlessGone(() => statSync(path));
      if (state?.isFile() !== true) continue;
      const { mtimeMs, size, ino } = state;
      seen.set(relative(root, path).replaceAll(sep, '/'), `${mtimeMs} ${size} ${ino}`);
    }
  };
  for (const folder of folders) visit(resolve(root, folder));
  return seen;
}

/** Files come and go while they are looked at. */
function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}

function differences(before: Seen, now: Seen): readonly string[] {
  return [...new Set([...before.keys(), ...now.keys()])].filter((path) => before.get(path) !== now.get(path)).sort();
}

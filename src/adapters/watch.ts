/** Changes of files, by chokidar: it knows how editors save, on every system. */
import { basename, relative, resolve, sep } from 'node:path';
import { watch } from 'chokidar';
import { ExplainedError } from '../model/explained-error.ts';

/** A watch that goes on. */
export interface Watching {
  close(): Promise<void>;
  /** Rejects where the system cannot go on. */
  readonly failed: Promise<never>;
}

/**
 * Reports which TypeScript files were changed, made or removed, once nothing changes any more: editors write a file in
 * several steps, and save several files at once.
 *
 * @param root absolute. @param folders within it; they need not exist yet.
 * @param onChange gets paths relative to the root, sorted.
 * @returns once changes are seen.
 * @throws ExplainedError C040 if the system cannot watch so many files.
 */
export type WatchFiles = (
  root: string,
  folders: readonly string[],
  onChange: (files: readonly string[]) => void,
) => Promise<Watching>;

/** Milliseconds without a change after which a save counts as done. */
const SETTLED = 100;

export const watchFiles: WatchFiles = async (root, folders, onChange) => {
  const top = resolve(root);
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  // The root itself: of a folder that does not exist yet, chokidar would say too early that it is ready.
  const watcher = watch(top, { ignoreInitial: true, ignored: ignoredIn(top, folders), followSymlinks: false });
  watcher.on('all', (event, path) => {
    if (event === 'addDir' || event === 'unlinkDir' || !path.endsWith('.ts')) return;
    changed.add(relative(top, path).replaceAll(sep, '/'));
    clearTimeout(timer);
    timer = setTimeout(() => {
      const files = [...changed].sort();
      changed.clear();
      onChange(files);
    }, SETTLED);
  });
  const failed = new Promise<never>((_, reject) => {
    watcher.once('error', (cause) => reject(notWatched(cause)));
  });
  failed.catch(() => undefined);
  const close = async (): Promise<void> => {
    clearTimeout(timer);
    await watcher.close();
  };
  try {
    await Promise.race([new Promise<void>((ready) => watcher.once('ready', ready)), failed]);
  } catch (cause) {
    await close();
    throw cause;
  }
  return { close, failed };
};

/** All but some folders; of these, what editors keep beside a file while it is open. */
function ignoredIn(root: string, folders: readonly string[]): (path: string) => boolean {
  const tops = folders.map((folder) => resolve(root, folder));
  return (path) => {
    if (path === root) return false;
    return /^[.#]/.test(basename(path)) || !tops.some((top) => path === top || path.startsWith(`${top}${sep}`));
  };
}

function notWatched(cause: unknown): ExplainedError {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new ExplainedError({
    code: 'C040',
    message: `files cannot be watched (${code})`,
    remedy:
      code === 'ENOSPC' || code === 'EMFILE'
        ? 'Allow more: sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=1024'
        : 'Leave out --watch, and run the command again after each change',
    cause,
  });
}

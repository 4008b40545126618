/** Runs something again whenever code changes. */
import type { WatchFiles } from '../adapters/watch.ts';
import { visible } from '../model/outside-text.ts';
import type { Io } from './io.ts';

/** Folders and files that decide what is built. */
export const CODE_FOLDERS = [
  'alerts',
  'services',
  'dashboards',
  'scenarios',
  'src',
  'grafana.config.ts',
  'environments.ts',
] as const;

const WATCHING = 'Watching for changes; Ctrl-C ends it.\n';

/** What watching needs of the world. */
export interface WatchWorld {
  readonly io: Pick<Io, 'root' | 'stderr' | 'clock' | 'interrupted'>;
  readonly watchFiles: WatchFiles;
  /**
   * One run, of the code as it is now: Node keeps a module that it has once imported, so that it is a process of its
   * own. When the signal is aborted it ends in order, and then resolves.
   */
  readonly run: (signal: AbortSignal) => Promise<unknown>;
}

/**
 * Runs something again whenever code changes, until Ctrl-C. A run in progress ends before this resolves.
 *
 * @param atOnce whether it runs before the first change, too.
 * @throws ExplainedError C040 if files cannot be watched.
 */
export async function runOnChange({ atOnce }: { readonly atOnce: boolean }, world: WatchWorld): Promise<void> {
  const { io, watchFiles, run } = world;
  const { clock, interrupted, stderr } = io;
  const runs = oneAtATime(async () => {
    const started = clock.elapsed();
    await run(interrupted);
    const seconds = ((clock.elapsed() - started) / 1000).toFixed(1);
    if (!interrupted.aborted) await stderr.write(`After ${seconds} s. ${WATCHING}`);
  }, interrupted);
  const watching = await watchFiles(io.root, CODE_FOLDERS, (files) => {
    const more = files.length > 1 ? `, and ${files.length - 1} more,` : '';
    void stderr.write(`\n${visible(files[0] ?? '')}${more} changed\n`);
    runs.request();
  });
  try {
    if (atOnce) runs.request();
    else await stderr.write(WATCHING);
    await Promise.race([aborted(interrupted), watching.failed, runs.failed]);
  } finally {
    await watching.close();
    await runs.idle();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Runs that never overlap. */
export interface Runs {
  /** Asks for one. */
  readonly request: () => void;
  /** Resolves when none is in progress. */
  readonly idle: () => Promise<void>;
  /** Rejects with what a run threw. */
  readonly failed: Promise<never>;
}

/**
 * What may be asked for at any time, and runs once at a time: asked for meanwhile, it runs once more when it is over.
 * A sync that is cut off would leave half of a change in Grafana.
 *
 * @param ended from then on nothing runs any more.
 */
export function oneAtATime(run: () => Promise<void>, ended: AbortSignal): Runs {
  let wanted = 0;
  let working = Promise.resolve();
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined);
  const work = async (): Promise<void> => {
    while (wanted > 0 && !ended.aborted) {
      const answered = wanted;
      await run();
      wanted -= answered;
    }
  };
  return {
    request: () => {
      wanted += 1;
      if (wanted === 1) working = work().catch(fail);
    },
    idle: () => working,
    failed,
  };
}

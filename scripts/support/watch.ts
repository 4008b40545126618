import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { ROOT } from './root.ts';

/** Folders whose files decide what is built. */
const FOLDERS = ['alerts', 'services', 'dashboards', 'src'];
const WATCHING = 'Watching for changes; Ctrl-C ends it.\n';
/** Editors write a file in several steps; one run is enough. */
const SETTLE_MS = 150;

/**
 * Runs a command again whenever code changes, until Ctrl-C. Each run is a new process, because modules that are
 * loaded stay as they were.
 *
 * @param args the script and its arguments, without `--watch`.
 * @param atOnce whether it runs before the first change, too.
 */
export async function runOnChange(args: readonly string[], { atOnce = true } = {}): Promise<void> {
  let child: ReturnType<typeof spawn> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    child?.kill('SIGTERM');
    const started = performance.now();
    child = spawn(process.execPath, ['--import', 'tsx', ...args], { cwd: ROOT, stdio: 'inherit' });
    child.once('exit', (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      if (code !== null) process.stderr.write(`After ${seconds} s. ${WATCHING}`);
    });
  };
  const watchers = FOLDERS.map((folder) =>
    watch(`${ROOT}${folder}`, { recursive: true }, (_event, file) => {
      if (file === null || !file.endsWith('.ts')) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        process.stderr.write(`\n${folder}/${file} changed\n`);
        start();
      }, SETTLE_MS);
    }),
  );
  if (atOnce) start();
  else process.stderr.write(WATCHING);
  await new Promise<void>((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
  for (const watcher of watchers) watcher.close();
  clearTimeout(timer);
  child?.kill('SIGTERM');
}

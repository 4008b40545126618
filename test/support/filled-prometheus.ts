/** A real Prometheus on a port of the loopback, filled with text in OpenMetrics' form. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { findPrometheus, findPromtool } from '../../src/adapters/promtool/find.ts';
import { findOptions } from './promtool-setup.ts';

export interface FilledPrometheus {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts one. Times may lie years back: nothing is deleted for its age.
 *
 * @param lines without the final `# EOF`; the series of a metric side by side.
 */
export async function startPrometheus(
  lines: Iterable<string>,
  options: { readonly webConfig?: string } = {},
): Promise<FilledPrometheus> {
  const [prometheus, promtool] = await Promise.all([findPrometheus(findOptions), findPromtool(findOptions)]);
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  const data = join(folder, 'data');
  const file = join(folder, 'metrics.txt');
  await pipeline(Readable.from(ended(lines)), createWriteStream(file));
  await promisify(execFile)(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, data], {
    maxBuffer: 2 ** 26,
  });
  await writeFile(join(folder, 'prometheus.yml'), 'scrape_configs: []\n');
  const port = await freePort();
  const args = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${data}`,
    '--storage.tsdb.retention.time=100y',
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ];
  if (options.webConfig !== undefined) {
    await writeFile(join(folder, 'web.yml'), options.webConfig);
    args.push(`--web.config.file=${join(folder, 'web.yml')}`);
  }
  const child = spawn(prometheus, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    await ending(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await ready(url, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

/** A port that nobody listens on just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function* ended(lines: Iterable<string>): Generator<string> {
  yield* lines;
  yield '# EOF\n';
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  for (let attempt = 0; attempt < 150; attempt += 1) {
    if (child.exitCode !== null) break;
    const status = await fetch(`${url}/-/ready`).then(
      (response) => response.status,
      () => 0,
    );
    // With a password the answer is 401, and the server stands.
    if (status === 200 || status === 401) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Prometheus did not start: ${said}`);
}

function ending(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.on('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

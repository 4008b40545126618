/** Where promtool comes from: the machine, this project's cache, Debian's package, or the official release. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, chmod, constants, copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { arch, platform, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The project's cache, which git ignores. */
export const PROMTOOL_CACHE = fileURLToPath(new URL('../../.cache/promtool', import.meta.url));

/**
 * The official release that stands in where there is neither a promtool nor Debian's package. The sums are those of
 * the release's own `sha256sums.txt`. Rules use `keep_firing_for`, so that it has to be 2.42 or later.
 */
export const RELEASE = {
  version: '2.54.0',
  url: 'https://github.com/prometheus/prometheus/releases/download',
  sha256: {
    'linux-amd64': '465e1393a0cca9705598f6ffaf96ffa78d0347808ab21386b0c6aaec2cf7aa13',
    'linux-arm64': 'ed50b67cb833a225ec2a53b487c6e20372b20e56dce226423fa8611c8aa50392',
    'darwin-amd64': 'ca4caee10bfd114adcffe8c23b80e53973be4a7c2666cd5a182a601f0eac2295',
  } as Readonly<Record<string, string>>,
} as const;

/** There is no promtool, it can not be had, or it did not do what it was asked. */
export class PromtoolError extends Error {
  override readonly name = 'PromtoolError';
  readonly code: string;
  readonly remedy: string;

  constructor(code: string, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.remedy = remedy;
  }
}

/** A way to get promtool: it answers with the executable's path, or throws and says why not. */
export interface PromtoolSource {
  readonly name: string;
  readonly install: (cache: string) => Promise<string>;
}

/** Where to look, for tests; people call `findPromtool()`. */
export interface FindOptions {
  /** Default: the environment's PATH. */
  readonly path?: string;
  /** Default: `.cache/promtool`. */
  readonly cache?: string;
  /** Tried in order where it is neither on the PATH nor in the cache. Default: Debian's package, the release. */
  readonly sources?: readonly PromtoolSource[];
}

/**
 * The path of promtool: the one on the PATH, else the cached one, else one that is fetched into the cache. Nothing is
 * installed on the machine and nothing needs root.
 *
 * @example const promtool = await findPromtool(); // '/usr/bin/promtool'
 * @throws PromtoolError T101 if there is none and none can be fetched; its remedy names the ways out.
 */
export function findPromtool(options: FindOptions = {}): Promise<string> {
  return findBinary('promtool', options);
}

/** The same for Prometheus itself, which tests of queries start: it comes with promtool, in the same package. */
export function findPrometheus(options: FindOptions = {}): Promise<string> {
  return findBinary('prometheus', options);
}

/** The two programs of the package. */
type Binary = 'promtool' | 'prometheus';

async function findBinary(binary: Binary, options: FindOptions): Promise<string> {
  const cache = options.cache ?? PROMTOOL_CACHE;
  const folders = [...(options.path ?? process.env['PATH'] ?? '').split(delimiter), cache];
  const known = await firstExecutable(folders, binary);
  if (known !== undefined) return known;
  const refusals: string[] = [];
  let cause: unknown;
  for (const { name, install } of options.sources ?? sourcesOf(binary)) {
    try {
      return await install(cache);
    } catch (error) {
      cause = error;
      refusals.push(`${name}: ${firstLine(error)}`);
    }
  }
  throw new PromtoolError(
    'T101',
    `${binary} is missing, and could not be fetched (${refusals.join('; ')})`,
    'Install it (Debian and Ubuntu: apt install prometheus; macOS: brew install prometheus), or put an executable into .cache/promtool/',
    { cause },
  );
}

/** Debian's or Ubuntu's package, downloaded and unpacked, not installed. apt checks its signature. */
export const debianPackage = debianPackageOf('promtool');

function debianPackageOf(binary: Binary): PromtoolSource {
  const install = (cache: string) =>
    inScratch(cache, binary, async (scratch) => {
      await run('apt-get', ['download', 'prometheus'], { cwd: scratch, timeout: 120_000 });
      const deb = (await readdir(scratch)).find((file) => file.endsWith('.deb'));
      if (deb === undefined) throw new Error('apt-get downloaded nothing');
      await run('dpkg-deb', ['-x', deb, 'unpacked'], { cwd: scratch, timeout: 60_000 });
      return join(scratch, 'unpacked', 'usr', 'bin', binary);
    });
  return { name: "Debian's package", install };
}

function sourcesOf(binary: Binary): readonly PromtoolSource[] {
  return [
    debianPackageOf(binary),
    // The release of the Prometheus project, kept only if its sum is the pinned one.
    { name: 'the official release', install: (cache) => installRelease(cache, download, undefined, binary) },
  ];
}

/** The official release, with a given way to download, so that the check of its sum can be tried without a network. */
export async function installRelease(
  cache: string,
  downloadTo: (url: string, file: string) => Promise<void>,
  machine: string = `${platform()}-${arch() === 'x64' ? 'amd64' : arch()}`,
  binary: Binary = 'promtool',
): Promise<string> {
  const expected = RELEASE.sha256[machine];
  if (expected === undefined) throw new Error(`no sum is pinned for ${machine}`);
  const folder = `prometheus-${RELEASE.version}.${machine}`;
  return inScratch(cache, binary, async (scratch) => {
    const archive = join(scratch, `${folder}.tar.gz`);
    await downloadTo(`${RELEASE.url}/v${RELEASE.version}/${folder}.tar.gz`, archive);
    const actual = await sha256(archive);
    if (actual !== expected)
      throw new Error(`the sha256 is ${actual}, not the pinned ${expected}; it was not unpacked`);
    await run('tar', ['-xzf', archive, '-C', scratch, `${folder}/${binary}`], { timeout: 60_000 });
    return join(scratch, folder, binary);
  });
}

async function download(url: string, file: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(120_000) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  await writeFile(file, new Uint8Array(await response.arrayBuffer()));
}

/** Works in a folder of its own and moves the result into the cache at once, so that two runs can not mix. */
async function inScratch(
  cache: string,
  binary: Binary,
  produce: (scratch: string) => Promise<string>,
): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), 'promtool-'));
  try {
    const produced = await produce(scratch);
    await run(produced, ['--version'], { timeout: 20_000 });
    await mkdir(cache, { recursive: true });
    const staged = join(cache, `${binary}.${process.pid}`);
    await copyFile(produced, staged);
    await chmod(staged, 0o755);
    await rename(staged, join(cache, binary));
    return join(cache, binary);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function firstExecutable(folders: readonly string[], binary: Binary): Promise<string | undefined> {
  for (const folder of folders) {
    if (folder === '') continue;
    const file = join(folder, binary);
    try {
      await access(file, constants.X_OK);
      return file;
    } catch {
      // Not here: the next folder may have it.
    }
  }
  return undefined;
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function firstLine(error: unknown): string {
  const { stderr } = error as { stderr?: unknown };
  const text =
    typeof stderr === 'string' && stderr.trim() !== ''
      ? stderr
      : error instanceof Error
        ? error.message
        : String(error);
  return text.trim().split('\n')[0] ?? '';
}

/** Fetches promtool into the project's cache, without installing anything on the machine. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { arch, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { download, type HttpWorld, type ServerName } from '../http/index.ts';
import type { PromtoolSource } from './find.ts';

const run = promisify(execFile);

/** The two programs of the package. */
export type Binary = 'promtool' | 'prometheus';

type Environment = Readonly<Record<string, string | undefined>>;

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

/** Debian's package first, because apt checks its signature; then the release, whose sum is pinned. */
export function sourcesOf(binary: Binary, environment: Environment, world: HttpWorld): readonly PromtoolSource[] {
  const downloadTo = async (url: string, file: string): Promise<void> =>
    writeFile(file, await download(url, { world, server: RELEASES }));
  return [
    debianPackage(environment, binary),
    { name: 'the official release', install: (cache) => installRelease(cache, downloadTo, undefined, binary) },
  ];
}

/** Debian's or Ubuntu's package, downloaded and unpacked, not installed. */
export function debianPackage(environment: Environment, binary: Binary = 'promtool'): PromtoolSource {
  const install = (cache: string) =>
    inScratch(cache, binary, async (scratch) => {
      await run('apt-get', ['download', 'prometheus'], { cwd: scratch, timeout: 120_000, env: environment });
      const deb = (await readdir(scratch)).find((file) => file.endsWith('.deb'));
      if (deb === undefined) throw new Error('apt-get downloaded nothing');
      await run('dpkg-deb', ['-x', deb, 'unpacked'], { cwd: scratch, timeout: 60_000, env: environment });
      return join(scratch, 'unpacked', 'usr', 'bin', binary);
    });
  return { name: "Debian's package", install };
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

/** The release's server, for errors. */
const RELEASES: ServerName = {
  name: 'the server of the release',
  addressSetting: 'the address',
  caSetting: 'NODE_EXTRA_CA_CERTS',
  addressHint: '',
  codes: {
    unreachable: 'T101',
    late: 'T101',
    tls: 'T101',
    redirect: 'T101',
    large: 'T101',
    unreadable: 'T101',
    'web page': 'T101',
  },
};

/** Works in a folder of its own and moves the result into the cache at once, so that two runs cannot mix. */
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
    const staging = await mkdtemp(join(cache, '.new-'));
    try {
      const staged = join(staging, binary);
      await copyFile(produced, staged);
      await chmod(staged, 0o755);
      await rename(staged, join(cache, binary));
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
    return join(cache, binary);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

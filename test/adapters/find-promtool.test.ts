import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPromtool } from '../../src/adapters/promtool/find.ts';
import { debianPackage, installRelease, RELEASE, sourcesOf } from '../../src/adapters/promtool/install.ts';
import { ExplainedError } from '../../src/model/explained-error.ts';
import { httpWorld } from '../support/http-world.ts';
import { listenRaw } from '../support/loopback.ts';
import { findOptions } from '../support/promtool-setup.ts';

const run = promisify(execFile);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'find-promtool-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function fakePromtool(directory: string): Promise<string> {
  const file = join(directory, 'promtool');
  await writeFile(file, '#!/bin/sh\necho fake\n');
  await chmod(file, 0o755);
  return file;
}

const http = httpWorld();

it('the release is fetched through the proxy of the environment, as all else is', async () => {
  const asked: string[] = [];
  const proxy = await listenRaw((socket) =>
    socket.once('data', (data) => {
      asked.push(data.toString().split('\r\n')[0] ?? '');
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    }),
  );
  const world = httpWorld({ environment: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` } });
  const release = sourcesOf('promtool', {}, world).at(-1);
  await expect(release?.install('/nowhere')).rejects.toThrow('github.com');
  expect(asked[0]).toBe('CONNECT github.com:443 HTTP/1.1');
});

describe('finding promtool', () => {
  it('finds one that knows keep_firing_for, which came with 2.42', async () => {
    const { stdout, stderr } = await run(await findPromtool(findOptions), ['--version']);
    const [, major, minor] = /version (\d+)\.(\d+)/.exec(stdout + stderr) ?? [];
    expect(Number(major) * 1000 + Number(minor)).toBeGreaterThanOrEqual(2042);
  });

  it('prefers the PATH to the cache, and asks no source while either has it', async () => {
    const cached = await fakePromtool(folder);
    const source = { name: 'never', install: () => Promise.reject(new Error('must not be asked')) };
    expect(await findPromtool({ http, environment: { PATH: '/nowhere' }, cache: folder, sources: [source] })).toBe(
      cached,
    );
    const onPath = await mkdtemp(join(folder, 'path-'));
    const first = await fakePromtool(onPath);
    expect(
      await findPromtool({ http, environment: { PATH: `/nowhere:${onPath}` }, cache: folder, sources: [source] }),
    ).toBe(first);
  });

  it('goes on to the next source when one fails', async () => {
    const sources = [
      { name: 'first', install: () => Promise.reject(new Error('no network')) },
      { name: 'second', install: (cache: string) => Promise.resolve(join(cache, 'promtool')) },
    ];
    expect(await findPromtool({ http, environment: {}, cache: folder, sources })).toBe(join(folder, 'promtool'));
  });

  it('names every refusal and the way out when there is none', async () => {
    const sources = [
      { name: 'first', install: () => Promise.reject(new Error('no network\nmore')) },
      { name: 'second', install: () => Promise.reject(new Error('wrong sum')) },
    ];
    const failure = await findPromtool({ http, environment: {}, cache: folder, sources }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(ExplainedError);
    expect(failure).toMatchObject({
      code: 'T101',
      message: 'promtool is missing, and could not be fetched (first: no network; second: wrong sum)',
      remedy: expect.stringContaining('apt install prometheus'),
    });
  });

  it('refuses a release whose sum is not the pinned one, and leaves nothing in the cache', async () => {
    const asked: string[] = [];
    const tampered = async (url: string, file: string) => {
      asked.push(url);
      await writeFile(file, 'not the archive');
    };
    await expect(installRelease(folder, tampered, 'linux-amd64')).rejects.toThrow(
      `not the pinned ${RELEASE.sha256['linux-amd64']}`,
    );
    expect(asked).toEqual([
      'https://github.com/prometheus/prometheus/releases/download/v2.54.0/prometheus-2.54.0.linux-amd64.tar.gz',
    ]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses a machine for which no sum is pinned, without a download', async () => {
    const never = () => Promise.reject(new Error('must not be asked'));
    await expect(installRelease(folder, never, 'plan9-mips')).rejects.toThrow('no sum is pinned for plan9-mips');
  });

  it("says what failed when Debian's tools are not there", async () => {
    await expect(debianPackage({ PATH: '/nowhere' }).install(folder)).rejects.toThrow('apt-get');
  });
});

/** What has to be so before anything is read or written: each thing that is not has its own error and next step. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { apply, plan } from '../../src/sync/index.ts';
import { type GrafanaOptions, openGrafana } from '../../src/targets/grafana/index.ts';
import { adapterTo } from '../support/fake-grafana/adapter.ts';
import { ADMIN, createFakeGrafana, type FakeOptions, TOKENS } from '../support/fake-grafana/index.ts';
import { type Served, serveFake, serveListener } from '../support/fake-grafana/serve.ts';
import { httpWorld } from '../support/http-world.ts';
import { before, OWNER, secretValues } from '../support/small-estate.ts';

const servers: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serving(served: Promise<Served>): Promise<string> {
  const server = await served;
  servers.push(server);
  return server.url;
}

function target(url: string, more: Partial<GrafanaOptions> = {}) {
  return openGrafana({
    url,
    token: { reveal: () => TOKENS.editor },
    owner: OWNER,
    ownerTag: `as-code:${OWNER}`,
    commit: 'abc1234',
    secret: (name) => ({ reveal: () => secretValues[name] ?? '' }),
    world: httpWorld(),
    ...more,
  });
}

function reading(url: string, more: Partial<GrafanaOptions> = {}) {
  return target(url, more).read(before, {});
}

/** Reads from a fake with some property, without sockets. */
function readingFake(options: FakeOptions, more: Partial<GrafanaOptions> = {}) {
  return reading('http://fake.example', { adapter: adapterTo(createFakeGrafana(options)), ...more });
}

async function synced(options: Parameters<typeof target>[1], url: string): Promise<number> {
  const grafana = target(url, options);
  const prepared = grafana.prepare?.(before) ?? before;
  const made = plan(prepared, await grafana.read(prepared, {}), grafana.identity, { scope: {} });
  const { applied, failed } = await apply(made, grafana);
  expect(failed).toEqual([]);
  return applied.length;
}

test('warns where the data source takes another scrape interval for granted than the project', async () => {
  expect((await readingFake({}, { scrapeInterval: '15s' })).notes).toEqual([]);
  const { notes } = await readingFake({}, { scrapeInterval: '60s' });
  expect(notes).toMatchObject([{ code: 'G022', level: 'warning', subject: 'data source Prometheus' }]);
  expect(notes[0]?.message).toBe(
    'says that services are scraped every 15s, as it states nothing, and the project every 60s',
  );
});

describe('refuses, with the next step,', () => {
  test('a server that is not a Grafana', async () => {
    const url = await serving(serveListener((_, response) => response.writeHead(404).end('{}')));
    await expect(reading(url)).rejects.toMatchObject({
      code: 'G003',
      message: expect.stringContaining('is not a Grafana'),
    });
  });

  test('a web page where JSON should be', async () => {
    const url = await serving(serveListener((_, response) => response.end('<html><title>Sign in</title></html>')));
    await expect(reading(url)).rejects.toMatchObject({ code: 'G013', remedy: expect.stringContaining('sub-path') });
  });

  test('a redirect, without sending the token there', async () => {
    const seen: unknown[] = [];
    const elsewhere = await serving(
      serveListener((request, response) => response.end(String(seen.push(request.headers)))),
    );
    const url = await serving(serveListener((_, response) => response.writeHead(302, { location: elsewhere }).end()));
    await expect(reading(url)).rejects.toMatchObject({ code: 'G008', message: expect.stringContaining(elsewhere) });
    expect(seen).toEqual([]);
  });

  test('a version under 12', async () => {
    await expect(readingFake({ version: '11.6.2' })).rejects.toMatchObject({
      code: 'G004',
      message: expect.stringContaining('Grafana 11.6.2'),
      remedy: expect.stringContaining('--target directory'),
    });
  });

  test('a wrong token, with the exit code of refused access', async () => {
    const wrong = { token: { reveal: () => 'canary-token' } };
    const error = await readingFake({}, wrong).catch((caught: Error) => caught);
    expect(error).toMatchObject({ code: 'G005', kind: 'access', remedy: expect.stringContaining('GRAFANA_TOKEN') });
    expect(JSON.stringify([error, String(error), (error as Error).stack, (error as Error).cause])).not.toContain(
      'canary',
    );
  });

  test('missing rights, and names each of them', async () => {
    const without = ['folders:create', 'alert.rules:write'];
    const fake = createFakeGrafana({ without });
    await expect(synced({ adapter: adapterTo(fake) }, 'http://fake.example')).rejects.toMatchObject({
      code: 'G006',
      kind: 'access',
      message: expect.stringContaining('missing: folders:create, alert.rules:write'),
      remedy: expect.stringContaining('Nothing was written'),
    });
    expect(fake.log.every(({ method }) => method === 'GET')).toBe(true);
    await expect(readingFake({ without: ['alert.rules:read', 'alert.notifications:read'] })).rejects.toMatchObject({
      code: 'G006',
      message: expect.stringContaining('missing: alert.rules:read, alert.notifications:read'),
      remedy: expect.stringContaining('Viewer role'),
    });
  });

  test('to write with an account that may only read, though a plan can be made with it', async () => {
    const adapter = adapterTo(createFakeGrafana());
    const viewer = { adapter, token: { reveal: () => TOKENS.viewer } };
    await expect(reading('http://fake.example', viewer)).resolves.toMatchObject({ complete: true });
    await expect(synced(viewer, 'http://fake.example')).rejects.toMatchObject({
      code: 'G006',
      message: expect.stringMatching(/folders:create, dashboards:create.*alert\.notifications:write/),
    });
  });

  test('a wrong token also where anybody may look', async () => {
    const adapter = adapterTo(createFakeGrafana({ anonymous: true }));
    const wrong = { adapter, token: { reveal: () => 'glsa_wrong' } };
    await expect(reading('http://fake.example', wrong)).rejects.toMatchObject({ code: 'G005', kind: 'access' });
  });

  test('a wrong password after one attempt, because several lock the account', async () => {
    const fake = createFakeGrafana();
    const wrong = { adapter: adapterTo(fake), token: undefined, user: ADMIN.user, password: { reveal: () => 'wrong' } };
    await expect(reading('http://fake.example', wrong)).rejects.toMatchObject({ code: 'G005', kind: 'access' });
    expect(fake.log.filter(({ path }) => path !== '/api/health')).toHaveLength(1);
  });

  test('a missing data source', async () => {
    await expect(readingFake({ dataSources: [] })).rejects.toMatchObject({
      code: 'G007',
      message: expect.stringContaining('no data source with the UID "prometheus"'),
    });
  });

  test('a host that does not exist, and one that does not answer', async () => {
    await expect(reading('http://does-not-exist.invalid')).rejects.toMatchObject({ code: 'G001' });
    await expect(reading('http://127.0.0.1:9')).rejects.toMatchObject({
      code: 'G001',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    const url = await serving(serveListener(() => undefined));
    await expect(reading(url, { deadline: 100 })).rejects.toMatchObject({
      code: 'G001',
      message: expect.stringContaining('does not answer within 0.1 s'),
    });
  });

  test('objects of ours that it has from provisioning files', async () => {
    const fake = createFakeGrafana();
    const adapter = adapterTo(fake);
    await synced({ adapter }, 'http://fake.example');
    for (const rule of fake.state.rules.values()) rule.provenance = 'file';
    await expect(reading('http://fake.example', { adapter })).rejects.toMatchObject({
      code: 'G010',
      message: expect.stringContaining('from provisioning files already: alert rule bank-r'),
    });
  });

  test('an answer of an unknown form', async () => {
    const adapter = adapterTo(createFakeGrafana());
    await expect(
      reading('http://fake.example', {
        adapter: async (config) =>
          config.url?.includes('/ruler/') === true ? { ...(await adapter(config)), data: '["Bank"]' } : adapter(config),
      }),
    ).rejects.toMatchObject({ code: 'G009', message: expect.stringContaining('unknown form') });
  });
});

describe('works', () => {
  test('with user and password', async () => {
    const fake = createFakeGrafana();
    const login = { token: undefined, user: ADMIN.user, password: { reveal: () => ADMIN.password } };
    expect(await synced({ ...login, adapter: adapterTo(fake) }, 'http://fake.example')).toBe(before.resources.length);
    expect(fake.log.every(({ account }) => account === 'admin')).toBe(true);
  });

  test('on an organisation other than the first', async () => {
    const fake = createFakeGrafana({ orgId: 2 });
    expect(await synced({ adapter: adapterTo(fake) }, 'http://fake.example')).toBe(before.resources.length);
    expect(fake.log.filter(({ path }) => path.includes('/namespaces/default/'))).toEqual([]);
    expect(fake.log.some(({ path }) => path.includes('/namespaces/org-2/dashboards'))).toBe(true);
  });

  test('behind a sub-path', async () => {
    const url = await serving(serveFake(createFakeGrafana(), { path: '/grafana' }));
    expect(await synced({}, `${url}/grafana/`)).toBe(before.resources.length);
    await expect(reading(url)).rejects.toMatchObject({ code: 'G003', remedy: expect.stringContaining('sub-path') });
  });

  test('with dashboards on many pages', async () => {
    const fake = createFakeGrafana({ pageBytes: 500 });
    const adapter = adapterTo(fake);
    await synced({ adapter }, 'http://fake.example');
    fake.wait(60_000);
    const pages = () => fake.log.filter(({ path }) => path.includes('/dashboards?limit=')).length;
    const first = pages();
    expect(
      (await reading('http://fake.example', { adapter })).objects.filter(({ kind }) => kind === 'dashboard'),
    ).toHaveLength(3);
    expect(pages() - first).toBe(3);
  });

  test('with an empty page that is followed by another', async () => {
    const fake = createFakeGrafana();
    const inner = adapterTo(fake);
    await synced({ adapter: inner }, 'http://fake.example');
    fake.wait(60_000);
    const live = await reading('http://fake.example', {
      adapter: async (config) => {
        const isFirst = config.url?.endsWith('/dashboards?limit=500') === true;
        return isFirst ? { ...(await inner(config)), data: '{"metadata":{"continue":"0"},"items":[]}' } : inner(config);
      },
    });
    expect(live.objects.filter(({ kind }) => kind === 'dashboard')).toHaveLength(3);
  });

  test('only as a whole: a list that cannot be read to its end is an error, not a reason to delete', async () => {
    const fake = createFakeGrafana({ pageBytes: 500 });
    const inner = adapterTo(fake);
    await synced({ adapter: inner }, 'http://fake.example');
    fake.wait(60_000);
    await expect(
      reading('http://fake.example', {
        adapter: async (config) =>
          config.url?.includes('continue=1') === true
            ? { ...(await inner(config)), status: 500, data: '' }
            : inner(config),
      }),
    ).rejects.toMatchObject({ code: 'G011' });
  });
});

const openssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
if (!openssl)
  process.stderr.write('skipped: the tests of TLS make a certificate with openssl, which is not installed\n');

describe.skipIf(!openssl)('over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  const file = (name: string) => join(folder, name);
  if (openssl) {
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:grafana.example'];
    const output = ['-keyout', file('key.pem'), '-out', file('cert.pem')];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...output], {
      stdio: 'ignore',
    });
  }
  const tls = openssl
    ? { key: readFileSync(file('key.pem'), 'utf8'), cert: readFileSync(file('cert.pem'), 'utf8') }
    : { key: '', cert: '' };
  afterAll(() => rmSync(folder, { recursive: true }));

  test('a certificate of an unknown authority is refused, and accepted once the authority is named', async () => {
    const url = await serving(serveFake(createFakeGrafana(), { tls }));
    await expect(reading(url)).rejects.toMatchObject({
      code: 'G002',
      remedy: expect.stringContaining('GRAFANA_CA_FILE'),
    });
    expect(await synced({ caFile: file('cert.pem') }, url)).toBe(before.resources.length);
  });

  test('a certificate file that is not there is named', () => {
    expect(() => target('https://127.0.0.1:1', { caFile: file('absent.pem') })).toThrow('absent.pem cannot be read');
  });

  test('requests go through a proxy, for TLS by a tunnel', async () => {
    const passed: string[] = [];
    const proxy = createServer((request, response) => {
      passed.push(`${request.method} ${request.url}`);
      const onward = httpRequest(
        (request.url ?? '').replace('grafana.example', '127.0.0.1'),
        { method: request.method ?? 'GET', headers: request.headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      request.pipe(onward);
    });
    proxy.on('connect', (request, socket) => {
      passed.push(`CONNECT ${request.url}`);
      const [, port] = (request.url ?? '').split(':');
      const onward = connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket);
        socket.pipe(onward);
      });
      socket.on('error', () => onward.destroy());
      onward.on('error', () => socket.destroy());
    });
    const address = await new Promise<string>((resolve) => {
      proxy.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(proxy.address() as { port: number }).port}`));
    });
    const environment = { HTTP_PROXY: address, HTTPS_PROXY: address };
    const behind = () => ({ world: httpWorld({ environment }) });
    try {
      // Only the proxy knows where that is.
      const named = (url: string) => url.replace('127.0.0.1', 'grafana.example');
      const secure = named(await serving(serveFake(createFakeGrafana(), { tls })));
      expect(await synced({ ...behind(), caFile: file('cert.pem') }, secure)).toBe(before.resources.length);
      expect(passed[0]).toBe(`CONNECT ${new URL(secure).host}`);
      passed.length = 0;
      const plain = named(await serving(serveFake(createFakeGrafana())));
      expect(await synced(behind(), plain)).toBe(before.resources.length);
      expect(passed[0]).toBe(`GET ${plain}/api/health`);
    } finally {
      proxy.close();
      proxy.closeAllConnections();
    }
  });
});

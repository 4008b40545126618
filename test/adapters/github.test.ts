import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { openGitHub, upsertComment, upsertIssue } from '../../src/adapters/github/index.ts';
import { openPrometheus } from '../../src/adapters/prometheus/index.ts';
import { openGrafanaClient } from '../../src/targets/grafana/client.ts';
import { makeCertificates } from '../support/certificates.ts';
import { httpWorld } from '../support/http-world.ts';
import { listen } from '../support/loopback.ts';

const MARK = '<!-- mark -->';

function open(apiUrl: string, more: Partial<Parameters<typeof openGitHub>[0]> = {}) {
  const token = { reveal: () => 'canary-51c2' };
  return openGitHub({ apiUrl, repository: 'bank/grafana', token, world: httpWorld(), ...more });
}

test('a client is opened without loading what sends requests', () => {
  const world = httpWorld();
  open('https://api.github.example');
  openPrometheus({ url: 'https://prometheus.example', world });
  openGrafanaClient({ url: 'https://grafana.example', world });
  expect(Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes('/axios/'))).toEqual([]);
});

describe('a list of comments', () => {
  const full = Array.from({ length: 100 }, (_, id) => ({ id, body: 'Talk', user: { type: 'User' } }));

  test('that is the same on every page is an error, and nothing is written', async () => {
    const server = await listen((_, response) => response.end(JSON.stringify(full)));
    await expect(upsertComment(open(`http://127.0.0.1:${server.port}`), 7, MARK, 'text')).rejects.toMatchObject({
      code: 'H001',
      message: expect.stringContaining('goes on after 20 empty pages'),
    });
    expect(server.seen.every(({ method }) => method === 'GET')).toBe(true);
  });

  test('that never ends is an error', async () => {
    let from = 0;
    const server = await listen((_, response) => {
      from += 100;
      response.end(JSON.stringify(full.map((comment) => ({ ...comment, id: from + comment.id }))));
    });
    await expect(upsertComment(open(`http://127.0.0.1:${server.port}`), 7, MARK, 'text')).rejects.toMatchObject({
      code: 'H001',
      message: expect.stringContaining('has more than 300 pages'),
    });
  });

  test('that is something else is an error with the way out', async () => {
    const server = await listen((_, response) => response.end('{"a":1}'));
    await expect(upsertIssue(open(`http://127.0.0.1:${server.port}`), MARK, 'Title', 'text')).rejects.toMatchObject({
      code: 'H001',
      remedy: expect.stringContaining('GITHUB_API_URL'),
    });
  });
});

describe('a request to GitHub', () => {
  test('waits where it asks to slow down, and a comment is made once', async () => {
    let asked = 0;
    const server = await listen((request, response) => {
      asked += 1;
      if (request.method === 'GET') response.end('[]');
      else if (asked < 4) response.writeHead(403, { 'retry-after': '3' }).end('{"message":"secondary rate limit"}');
      else response.writeHead(201).end('{}');
    });
    const world = httpWorld();
    const github = open(`http://127.0.0.1:${server.port}`, { world });
    expect(await upsertComment(github, 7, MARK, 'text')).toBe('created');
    expect(world.waits).toEqual([3000, 3000]);
  });

  test('that is limited for long says so at once', async () => {
    const headers = { 'x-ratelimit-remaining': '0' };
    const server = await listen((_, response) => response.writeHead(403, headers).end('{"message":"rate limit"}'));
    await expect(upsertComment(open(`http://127.0.0.1:${server.port}`), 7, MARK, 'text')).rejects.toMatchObject({
      status: 429,
      remedy: expect.stringContaining('limits requests'),
    });
    expect(server.seen).toHaveLength(1);
  });

  test('to a repository that moved says where, and follows nobody', async () => {
    const other = await listen((_, response) => response.end('[]'));
    const location = `http://127.0.0.1:${other.port}/repositories/1`;
    const server = await listen((_, response) => response.writeHead(301, { location }).end());
    await expect(upsertComment(open(`http://127.0.0.1:${server.port}`), 7, MARK, 'text')).rejects.toMatchObject({
      code: 'H001',
      message: expect.stringContaining(`redirects to ${location}`),
      remedy: expect.stringContaining('GITHUB_REPOSITORY'),
    });
    expect(other.seen).toEqual([]);
  });

  test.each(['bank', 'bank/grafana/issues', '../orgs', 'bank/..', 'a b/c', '@evil.example/x'])(
    'is not sent for what is not a repository: %s',
    (repository) => {
      expect(() => open('https://api.github.example', { repository })).toThrow('GITHUB_REPOSITORY is not a repository');
    },
  );
});

const certificates = makeCertificates();
afterAll(() => certificates?.remove());

describe.skipIf(certificates === undefined)('behind a proxy, with a certificate of an own authority,', () => {
  const { good } = certificates ?? ({} as NonNullable<typeof certificates>);
  const vector = '{"status":"success","data":{"resultType":"vector","result":[]}}';

  test('Grafana, Prometheus and GitHub are reached alike', async () => {
    const server = await listen((request, response) => response.end(request.method === 'POST' ? vector : '[]'), good);
    const proxy = await listen(() => undefined);
    const asked: (string | undefined)[] = [];
    proxy.server.on('connect', (request, socket) => {
      asked.push(request.url);
      const onward = connect(server.port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      for (const end of [onward, socket]) end.on('error', () => undefined);
    });
    // Only the proxy knows where that is.
    const url = `https://behind.example:${server.port}`;
    const world = httpWorld({ environment: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` } });
    const reach = { world, caFile: good.file };
    expect((await openGrafanaClient({ url, ...reach }).request('GET', '/api/health')).body).toEqual([]);
    expect((await openPrometheus({ url, ...reach }).instant('up', 0)).series).toEqual([]);
    expect(await open(url, reach).request('GET', '/a')).toEqual([]);
    expect(asked).toEqual(Array.from({ length: 3 }, () => `behind.example:${server.port}`));
    await expect(open(url, { world }).request('GET', '/a')).rejects.toMatchObject({
      code: 'H001',
      remedy: expect.stringContaining('GITHUB_CA_FILE'),
    });
  });
});

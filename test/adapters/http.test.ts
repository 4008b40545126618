/** The one HTTP client, against servers on this machine that do what servers should not. */
import { connect } from 'node:net';
import { inspect } from 'node:util';
import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { openHttp, readPages, type ServerName } from '../../src/adapters/http/index.ts';
import { ExplainedError } from '../../src/model/explained-error.ts';
import { makeCertificates } from '../support/certificates.ts';
import { httpWorld } from '../support/http-world.ts';
import { listen, listenRaw } from '../support/loopback.ts';

const SERVER: ServerName = {
  name: 'Grafana',
  addressSetting: 'GRAFANA_URL',
  caSetting: 'GRAFANA_CA_FILE',
  addressHint: 'add the sub-path',
  codes: {
    unreachable: 'unreachable',
    late: 'late',
    tls: 'tls',
    redirect: 'redirect',
    large: 'large',
    unreadable: 'unreadable',
    'web page': 'web page',
  },
};

v8.setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is held at this moment, without what only waits to be collected. */
function bytesInUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const CANARY = 'canary-token-51c2';

function open(url: string, more: Partial<Parameters<typeof openHttp>[0]> = {}) {
  return openHttp({
    server: SERVER,
    url,
    world: httpWorld(),
    credential: { kind: 'bearer', token: { reveal: () => CANARY } },
    refusal: (what, { status, text }, quote) =>
      new ExplainedError({ code: 'refused', message: `${what}: ${status} ${quote(text)}`, remedy: '', status }),
    tries: 1,
    ...more,
  });
}

async function failing(promise: Promise<unknown>): Promise<ExplainedError> {
  const error = await promise.catch((thrown: unknown) => thrown);
  if (!(error instanceof ExplainedError)) throw new Error(`not an ExplainedError: ${String(error)}`);
  return error;
}

const at = ({ port }: { readonly port: number }, scheme = 'http') => `${scheme}://127.0.0.1:${port}`;

describe('the deadline', () => {
  test('holds for the whole answer: a body that comes byte by byte ends the request', async () => {
    const server = await listen((_, response) => {
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    });
    const since = performance.now();
    const error = await failing(open(at(server), { deadline: 300 }).request('GET', '/a'));
    expect(error).toMatchObject({ code: 'late', message: expect.stringContaining('does not answer within 0.3 s') });
    expect(performance.now() - since).toBeLessThan(3000);
  });

  test('holds for a head that comes byte by byte, and for a server that says nothing', async () => {
    const dripping = await listenRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx-drip: ');
      const timer = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    const mute = await listenRaw(() => undefined);
    for (const server of [dripping, mute]) {
      expect(await failing(open(at(server), { deadline: 200 }).request('GET', '/a'))).toMatchObject({ code: 'late' });
    }
  });

  test('holds for a proxy that never connects, and leaves no socket behind', async () => {
    let ended = 0;
    const proxy = await listenRaw((socket) => socket.on('close', () => (ended += 1)).resume());
    const world = httpWorld({ environment: { HTTPS_PROXY: at(proxy) } });
    const http = open('https://grafana.example', { world, deadline: 200 });
    expect(await failing(http.request('GET', '/a'))).toMatchObject({ code: 'late' });
    await expect.poll(() => ended).toBe(1);
  });
});

describe('the size of an answer', () => {
  test('is limited after unpacking: a megabyte that holds a gigabyte is refused in little memory', async () => {
    let held = 0;
    const before = bytesInUse();
    const server = await listen((_, response) => {
      response.setHeader('content-encoding', 'gzip');
      const zip = createGzip();
      zip.pipe(response);
      const zeros = Buffer.alloc(1 << 20);
      let left = 1024;
      const fill = (): void => {
        while (left > 0 && !response.destroyed) {
          left -= 1;
          if (!zip.write(zeros)) {
            zip.once('drain', () => {
              if (left % 8 === 0) held = Math.max(held, bytesInUse() - before);
              fill();
            });
            return;
          }
        }
        zip.end();
      };
      fill();
      response.on('close', () => (left = 0));
    });
    const error = await failing(open(at(server)).request('GET', '/a?x=1'));
    held = Math.max(held, bytesInUse() - before);
    expect(error).toMatchObject({ code: 'large', message: `${at(server)} answers /a with more than 64 MB, unpacked` });
    // The limit, once more while the parts are put together, and what is on its way.
    expect(held).toBeLessThan(160e6);
  }, 60_000);

  test.each([
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('is limited for %s as well, and for answers that are errors', async (encoding, pack) => {
    const server = await listen((_, response) =>
      response.writeHead(500, { 'content-encoding': encoding }).end(pack(Buffer.alloc(2e6, ' '))),
    );
    const error = await failing(open(at(server), { limit: 1e6 }).request('GET', '/a'));
    expect(error).toMatchObject({ code: 'large', message: expect.stringContaining('more than 1 MB') });
  });

  test('is limited without packing, and what is under it is read', async () => {
    const server = await listen((_, response) => response.end(`"${'x'.repeat(2000)}"`));
    expect(await failing(open(at(server), { limit: 2001 }).request('GET', '/a'))).toMatchObject({ code: 'large' });
    expect((await open(at(server), { limit: 2002 }).request('GET', '/a')).body).toBe('x'.repeat(2000));
  });

  test.each([
    ['many values', `[${'[],'.repeat(2_600_000)}[]]`, 'more than 5 million values'],
    ['many keys', `{${'"":0,'.repeat(2_600_000)}"":0}`, 'more than 5 million values'],
    ['many levels', '['.repeat(501), 'more than 500 levels'],
  ])('says nothing of the cost of reading it: JSON of %s is refused before it is parsed', async (_, text, what) => {
    const server = await listen((__, response) => response.end(text));
    const since = performance.now();
    expect(await failing(open(at(server)).request('GET', '/a'))).toMatchObject({
      code: 'large',
      message: expect.stringContaining(what),
    });
    expect(performance.now() - since).toBeLessThan(5000);
  });

  test('counts no signs inside strings', async () => {
    const text = JSON.stringify({ a: '[{,:'.repeat(2_000_000), b: '\\"[' });
    const server = await listen((_, response) => response.end(text));
    expect((await open(at(server)).request('GET', '/a')).body).toMatchObject({ b: '\\"[' });
  });

  test('of half a packed answer is none: it was cut off', async () => {
    const packed = gzipSync(JSON.stringify(Array.from({ length: 9999 }, (_, index) => index)));
    const server = await listen((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed.subarray(0, packed.length / 2)),
    );
    const error = await failing(open(at(server)).request('GET', '/a'));
    expect(error).toMatchObject({ code: 'unreadable', cause: { kind: 'cut off', fate: 'unknown' } });
  });
});

describe('a redirect', () => {
  test('is an error that says where it points; nothing is sent there', async () => {
    const other = await listen((_, response) => response.end('{}'));
    const location = `http://user:pw@127.0.0.1:${other.port}/login\u009b?token=1`;
    for (const status of [301, 302, 303, 307, 308]) {
      const server = await listen((_, response) =>
        response.writeHead(status, { location: Buffer.from(location).toString('latin1') }).end(),
      );
      const error = await failing(open(at(server)).request('POST', '/a', { body: { a: 1 } }));
      expect(error.code).toBe('redirect');
      expect(error.message).toContain(`redirects to http://127.0.0.1:${other.port}/login`);
      expect(error.message).not.toMatch(/token|pw|\p{Cc}/u);
    }
    expect(other.seen).toEqual([]);
  });
});

describe('a secret', () => {
  const FORMS = [
    (secret: string) => secret,
    (secret: string) => encodeURIComponent(secret),
    (secret: string) => JSON.stringify(secret),
    (secret: string) => Buffer.from(secret).toString('base64'),
    (secret: string) => Buffer.from(`reader:${secret}`).toString('base64url'),
    (secret: string) => Buffer.from(`{"x":"${secret}"}`).toString('base64'),
  ];

  test('is in no error, whatever the server says back', async () => {
    const password = 'canary "pw" 51c2/+=<&>';
    const server = await listen((request, response) =>
      response
        .writeHead(500)
        .end(`${JSON.stringify(request.headers)} ${FORMS.map((form) => form(password)).join(' ')}`),
    );
    const world = httpWorld();
    const credential = { kind: 'basic', user: 'reader', password: { reveal: () => password } } as const;
    const error = await failing(open(at(server), { world, credential }).request('GET', '/a'));
    const all = inspect(error, { depth: 9, showHidden: true });
    expect(all).toContain('[secret]');
    expect(all).not.toMatch(/canary|51c2|cmVhZGVyOm/);
  });

  test('is in no error of the network, and no error carries what was sent', async () => {
    const server = await listenRaw((socket) => socket.once('data', () => socket.destroy()));
    const error = await failing(open(at(server)).request('POST', '/a', { body: { settings: 'canary-body-51c2' } }));
    expect(error).toMatchObject({ code: 'unreachable', cause: { kind: 'broken', fate: 'unknown' } });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('51c2');
  });

  test('that no header can carry is refused without showing it', async () => {
    const token = { reveal: () => 'canary\n51c2' };
    expect(() => open('https://grafana.example', { credential: { kind: 'bearer', token } })).toThrow(
      'the credential for Grafana holds a sign that no HTTP header can carry',
    );
  });

  test.each(['http://reader:pw@127.0.0.1:1', 'http://127.0.0.1:1/?token=x', 'ftp://127.0.0.1', 'nowhere'])(
    'does not belong into the address: %s is refused',
    (url) => {
      expect(() => open(url)).toThrow(/^GRAFANA_URL (?:is not an http|holds a user)/);
    },
  );

  test.each([
    ['http://grafana.example', 1],
    ['http://10.0.0.7:3000', 1],
    ['https://grafana.example', 0],
    ['http://127.0.0.1:3000', 0],
    ['http://localhost:3000', 0],
    ['http://[::1]:3000', 0],
  ])('over http is warned of once, but not on this machine: %s', (url, count) => {
    const world = httpWorld();
    for (let again = 0; again < 3; again += 1) open(url, { world });
    expect(world.warnings).toHaveLength(count);
    for (const { code, message } of world.warnings) {
      expect(code).toBe('C026');
      expect(message).toContain('in the clear');
    }
    open(url, { world, credential: undefined });
    expect(world.warnings).toHaveLength(count);
  });

  test('text of a server is quoted in one line, without what a terminal obeys, and not without end', async () => {
    const server = await listen((_, response) =>
      response.writeHead(400).end(`\u001b[31m\n::add-mask::${'x'.repeat(9000)}`),
    );
    const { message } = await failing(open(at(server)).request('GET', '/a'));
    expect(message).toContain('\\u{1b}[31m\\n::add-mask::x');
    expect(message).not.toMatch(/\p{Cc}/u);
    expect(message.length).toBeLessThan(350);
  });
});

const certificates = makeCertificates();
afterAll(() => certificates?.remove());

describe.skipIf(certificates === undefined)('TLS', () => {
  const { good, expired, elsewhere } = certificates ?? ({} as NonNullable<typeof certificates>);
  const secure = (certificate: typeof good) => listen((_, response) => response.end('{}'), certificate);
  const failingAt = async (url: string, more = {}) => {
    const { code, message, remedy } = await failing(open(url, more).request('GET', '/a'));
    return { code, text: `${message}. ${remedy}` };
  };

  test.each([
    [
      'of an unknown authority',
      () => good,
      undefined,
      /authority that is not known here \(DEPTH_ZERO_SELF_SIGNED_CERT\).*GRAFANA_CA_FILE/,
    ],
    ['that has expired', () => expired, () => expired.file, /expired \(CERT_HAS_EXPIRED\).*Renew/],
    [
      'of another host',
      () => elsewhere,
      () => elsewhere.file,
      /another host name \(ERR_TLS_CERT_ALTNAME_INVALID\).*GRAFANA_URL/,
    ],
  ])('a certificate %s has its own words', async (_, certificate, caFile, words) => {
    const found = await failingAt(at(await secure(certificate()), 'https'), { caFile: caFile?.() });
    expect(found).toEqual({ code: 'tls', text: expect.stringMatching(words) });
  });

  test('a certificate of a named authority is accepted', async () => {
    const http = open(at(await secure(good), 'https'), { caFile: good.file });
    expect((await http.request('GET', '/a')).status).toBe(200);
  });

  test('https to a server that speaks http, and http to one that speaks TLS, are told apart', async () => {
    const plain = await listen((_, response) => response.end('{}'));
    expect(await failingAt(at(plain, 'https'))).toEqual({
      code: 'tls',
      text: expect.stringContaining('speaks no TLS: is it http://?'),
    });
    expect(await failingAt(at(await secure(good)))).toEqual({
      code: 'tls',
      text: expect.stringContaining('speaks TLS only: is it https://?'),
    });
  });

  test('a server that ends the handshake, or one that speaks something else, is not a matter of certificates', async () => {
    const closing = await listenRaw((socket) => socket.once('data', () => socket.destroy()));
    expect((await failingAt(at(closing, 'https'))).text).toContain('ended the TLS handshake');
    const ssh = await listenRaw((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    expect((await failingAt(at(ssh))).text).toContain('something other than HTTP');
  });

  test('through a proxy goes by a tunnel, with the own authority, and the proxy sees no credential', async () => {
    const server = await secure(good);
    const proxy = await listen(() => undefined);
    proxy.server.on('connect', (request, socket) => {
      const onward = connect(server.port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      for (const end of [onward, socket]) end.on('error', () => undefined);
      expect(request.headers['proxy-authorization']).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
      expect(JSON.stringify(request.headers)).not.toContain('canary');
    });
    const environment = { https_proxy: `http://me:p%40ss@127.0.0.1:${proxy.port}`, no_proxy: 'other.example' };
    const world = httpWorld({ environment });
    const http = open(`https://behind.example:${server.port}`, { world, caFile: good.file });
    expect((await http.request('GET', '/a')).status).toBe(200);
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${CANARY}`]);
    expect(world.secrets.redact('me:p@ss')).toBe('[secret]');
  });
});

describe('a proxy', () => {
  const behind = (port: number) =>
    httpWorld({ environment: { HTTPS_PROXY: `127.0.0.1:${port}`, HTTP_PROXY: `127.0.0.1:${port}` } });
  const said = async (url: string, port: number) =>
    (await failing(open(url, { world: behind(port) }).request('GET', '/a'))).message;

  test.each([
    [407, 'the proxy wants user and password (407)'],
    [403, 'the proxy refuses to connect to it (403)'],
    [502, 'the proxy refuses to connect to it (502)'],
  ])('that answers %s is named, not the server behind it', async (status, words) => {
    const proxy = await listen((_, response) => response.writeHead(status).end());
    proxy.server.on('connect', (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`));
    expect(await said('https://grafana.example', proxy.port)).toBe(
      `https://grafana.example cannot be reached: ${words}`,
    );
    if (status === 407) expect(await said('http://grafana.example', proxy.port)).toContain(words);
  });

  test('that is not there, or whose host is unknown, is named as well', async () => {
    const gone = await listenRaw(() => undefined);
    expect(await said('https://grafana.example', 9)).toContain('the proxy does not answer (ECONNREFUSED)');
    expect(await said('http://grafana.example', 9)).toContain('the proxy does not answer (ECONNREFUSED)');
    const world = httpWorld({ environment: { ALL_PROXY: 'http://proxy.invalid:3128' } });
    const { message } = await failing(open('https://grafana.example', { world }).request('GET', '/a'));
    expect(message).toContain('the host of the proxy is unknown');
    expect(gone.port).toBeGreaterThan(0);
  });

  test('of the process does not count, only that of the command', async () => {
    const server = await listen((_, response) => response.end('{}'));
    expect((await open(at(server), { world: behind(9) }).request('GET', '/a')).status).toBe(200);
  });
});

describe('a list in pages', () => {
  const limits = { subject: 'https://grafana.example answers /list', code: 'G019' };
  const read = async (
    pageOf: (token: string) => { items: readonly number[]; next: string | undefined },
    most?: number,
  ) => {
    const items: number[] = [];
    const pages = readPages('', async (token: string) => pageOf(token), {
      ...limits,
      ...(most === undefined ? {} : { most }),
    });
    for await (const page of pages) items.push(...page.items);
    return items;
  };

  test('is read to its end, over an empty page', async () => {
    const next: Record<string, string | undefined> = { '': 'a', a: 'b', b: undefined };
    expect(await read((token) => ({ items: token === 'a' ? [] : [1], next: next[token] }))).toEqual([1, 1]);
  });

  test('that comes back to a page it gave before has no end', async () => {
    const error = await failing(
      read((token) => ({ items: [1], next: token === 'b' ? 'a' : token === 'a' ? 'b' : 'a' })),
    );
    expect(error).toMatchObject({ code: 'G019', message: expect.stringContaining('read before') });
  });

  test('whose token grows for ever has no end, full or empty', async () => {
    await expect(read((token) => ({ items: [], next: `${token}x` }))).rejects.toThrow('goes on after 20 empty pages');
    await expect(read((token) => ({ items: [1], next: `${token}x` }), 30)).rejects.toThrow('has more than 30 pages');
  });
});

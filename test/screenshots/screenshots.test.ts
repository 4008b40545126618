import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Chromium, findChromium, startChromium } from '../../src/adapters/chromium.ts';
import { screenshotsCommand } from '../../src/cli/commands/screenshots.ts';
import { runCommand } from '../../src/cli/main.ts';
import type { LoadedProject } from '../../src/project/source.ts';
import { serveListener } from '../support/fake-grafana/serve.ts';
import { loadFresh } from '../support/fresh-project.ts';
import { PROJECT } from '../support/places.ts';
import { ioOf, type Ran } from '../support/run.ts';

const chromium = await findChromium(process.env);

let source: LoadedProject;
beforeAll(async () => {
  source = await loadFresh(PROJECT);
});

/** Runs the command with the browser of a test. */
async function screenshots(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  start: () => Promise<Chromium> = () => Promise.reject(new Error('starts no browser')),
  interrupted = new AbortController().signal,
): Promise<Ran> {
  const io = ioOf(environment, PROJECT, { loadProject: async () => source, interrupted });
  const code = await runCommand(() => screenshotsCommand(start), args, io);
  return { code, stdout: io.stdout.text(), stderr: io.stderr.text() };
}

/** A panel as Grafana 12.4 marks it up. */
const panel = (title: string, content: string) =>
  `<section data-testid="data-testid Panel header ${title}" style="height:266px;background:#345">${content}</section>`;

const PAGES: Readonly<Record<string, string>> = {
  'a/b': panel('Errors', '<b>0.1%</b>') + panel('Latency', '1 s'),
  well: panel('Errors', '<b>0.1%</b>') + panel('Alerts', 'No alerts matching filters'),
  empty: panel('Errors', '<div>\n No data </div>') + panel('Latency', '1 s'),
  failing: panel('Errors', '<button data-testid="data-testid Panel status error"></button>') + panel('Latency', '1 s'),
  slow: `${panel('Errors', '<i aria-label="Panel loading bar"></i>')}${panel('Latency', '1 s')}
    <script>setTimeout(() => { document.querySelector('section').innerHTML = 'No data' }, 1200)</script>`,
  stuck: panel('Errors', '<i aria-label="Panel loading bar"></i>') + panel('Latency', '1 s'),
  busy: `${panel('Errors', '1')}${panel('Latency', '1 s')}<script>setTimeout(() => { for (;;); }, 100)</script>`,
  odd: `${panel('Errors\u001b[31m', '<div>No data</div>')}${panel('Latency', '1 s')}`,
};

/** A page that tries to reach another host, in every way that a browser has. */
const escaping = (other: string) => {
  const socket = other.replace('http:', 'ws:');
  return `${panel('Errors', '1')}${panel('Latency', '1 s')}
    <link rel="preconnect" href="${other}/preconnect"><link rel="prefetch" href="${other}/prefetch">
    <link rel="stylesheet" href="/redirect?style"><img src="${other}/image"><img src="/redirect?image">
    <iframe src="${other}/frame"></iframe><iframe src="/redirect?frame"></iframe>
    <iframe srcdoc="<img src='${other}/inner'><img src='/redirect?inner'>"></iframe>
    <script>
      fetch('${other}/fetch', { mode: 'no-cors' }).catch(() => {});
      fetch('/redirect?fetch', { mode: 'no-cors', method: 'POST', body: 'x' }).catch(() => {});
      navigator.sendBeacon('${other}/beacon', 'x');
      new WebSocket('${socket}/socket'); new WebSocket(location.href.replace('http', 'ws'));
      navigator.serviceWorker?.register('/worker.js').catch(() => {});
      new SharedWorker('/worker.js'); new Worker('/worker.js');
      open('${other}/popup'); open('/redirect?popup');
      const link = document.createElement('a'); link.href = '/redirect?download'; link.download = 'x'; link.click();
    </script>`;
};
const WORKER = (other: string) =>
  `fetch('${other}/worker', { mode: 'no-cors' }); fetch('/redirect?worker', { mode: 'no-cors' });`;

/** Answers as Grafana does, and remembers what it was asked with. */
function fakeGrafana(seen: { path: string; authorization: string | undefined }[], other: () => string): Server {
  return createServer((request, response) => {
    const path = request.url ?? '';
    seen.push({ path, authorization: request.headers.authorization });
    if (path.startsWith('/redirect')) {
      response.writeHead(302, { location: `${other()}${path}` }).end();
      return;
    }
    if (path === '/worker.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(WORKER(other()));
      return;
    }
    const uid = /^\/(?:api\/dashboards\/uid|d|d-solo)\/([^?]+)/.exec(path)?.[1] ?? '';
    const page = uid === 'escaping' ? escaping(other()) : PAGES[decodeURIComponent(uid)];
    if (page === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"Dashboard not found"}');
      return;
    }
    if (path.startsWith('/api/')) {
      const panels = ['Errors', 'Latency'].map((title, id) => ({
        id,
        title,
        type: 'stat',
        gridPos: { y: id * 8, h: 8 },
      }));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ dashboard: { title: 'A dashboard', panels } }));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<body style="margin:0">${page}</body>`);
  });
}

describe('finding Chromium', () => {
  test('takes the one that CHROMIUM_PATH names', async () => {
    expect(await findChromium({ CHROMIUM_PATH: '/opt/chromium' })).toBe('/opt/chromium');
  });

  test('looks on PATH, for what can be executed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'path-'));
    await writeFile(join(folder, 'chromium'), 'a note, no program');
    await writeFile(join(folder, 'google-chrome'), '#!/bin/sh\n', { mode: 0o755 });
    expect(await findChromium({ PATH: `/nowhere:${folder}` })).toBe(join(folder, 'google-chrome'));
    await rm(folder, { recursive: true });
  });
});

const skipped = chromium === undefined ? ' (skipped: no Chromium on PATH)' : '';
describe.skipIf(chromium === undefined)(`npm run screenshots${skipped}`, () => {
  const seen: { path: string; authorization: string | undefined }[] = [];
  /** What arrived at another host. */
  const strayed: string[] = [];
  const other = createServer((request, response) => {
    strayed.push(`${request.method} ${request.url}`);
    response.end('stray');
  });
  const addressOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const server = fakeGrafana(seen, () => addressOf(other));
  let folder = '';
  let url = '';
  /** One for all tests. */
  let browser: Chromium;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'screenshots-'));
    for (const each of [server, other]) await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
    url = addressOf(server);
    browser = await startChromium(process.env, { asRoot: process.getuid?.() === 0, pictureLimit: 2000 });
  });
  afterAll(async () => {
    await browser?.close();
    server.close();
    other.close();
    await rm(folder, { recursive: true, force: true });
  });
  const shoot = (...args: string[]) =>
    screenshots([...args, '--out', folder], { GRAFANA_URL: url, GRAFANA_TOKEN: 'glsa_canary' }, async () => ({
      ...browser,
      close: async () => undefined,
    }));

  test('writes a picture of the whole dashboard, of the asked width, and sends the token', async () => {
    const { code, stdout } = await shoot('well', '--width', '800');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${join(folder, 'well.png')}  800 × 544\n` });
    const png = await readFile(join(folder, 'well.png'));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([800, 544]);
    expect(new Set(seen.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer glsa_canary']));
  });

  test('fails on a panel without data, and names it; what only says that nothing fires is fine', async () => {
    const { code, stdout } = await shoot('well', 'empty');
    expect(code).toBe(1);
    expect(stdout.split('\n').filter((line) => line.startsWith('  !'))).toEqual(['  ! panel "Errors" has no data']);
  });

  test('fails on a panel that shows an error', async () => {
    const { code, stdout } = await shoot('failing');
    expect(code).toBe(1);
    expect(stdout).toContain('panel "Errors" shows an error');
  });

  test('waits for what is loading', async () => {
    expect((await shoot('slow')).stdout).toContain('panel "Errors" has no data');
  });

  test('gives up on what never loads, and says what to do', async () => {
    const { code, stderr } = await shoot('stuck', '--timeout', '2s');
    expect(code).toBe(1);
    expect(stderr).toContain('I004 stuck was not drawn within 2 s');
  });

  test('asks for a UID as it is, whatever its letters, and writes into the folder only', async () => {
    const { stderr } = await shoot('../../up?x=1');
    expect(stderr).toContain('I003 ');
    expect(seen.at(-1)?.path).toBe('/api/dashboards/uid/..%2F..%2Fup%3Fx%3D1');
    const { stdout } = await shoot('a/b');
    expect(stdout).toContain(`${join(folder, 'a_b.png')}  `);
  });

  test('sends nothing to any other host, however a page asks for it, and the token with all that it sends', async () => {
    seen.length = 0;
    const { stdout } = await shoot('escaping', '--timeout', '10s');
    expect(stdout).toContain(`${join(folder, 'escaping.png')}  `);
    const paths = seen.map(({ path }) => path);
    for (const way of ['style', 'image', 'frame', 'inner', 'fetch']) expect(paths).toContain(`/redirect?${way}`);
    expect(strayed).toEqual([]);
    expect(new Set(seen.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer glsa_canary']));
  });

  test('draws a Grafana behind TLS whose host only we can reach', async () => {
    const shown = await browser.photograph({
      url: 'https://grafana.example.com/d/well',
      theme: 'dark',
      width: 500,
      height: 400,
      panels: 1,
      timeout: 10_000,
      answer: async () => ({
        status: 200,
        headers: { 'content-type': 'text/html' },
        body: Buffer.from(panel('A', '1')),
      }),
    });
    expect(shown).toMatchObject({ outcome: 'drawn', width: 500, problems: [] });
  });

  test('gives up on a page that computes for ever', async () => {
    const { code, stderr } = await shoot('busy', '--timeout', '1s');
    expect(code).toBe(1);
    expect(stderr).toContain('I004 busy was not drawn within 1 s');
    // The next one is not held up.
    expect((await shoot('well')).code).toBe(0);
  });

  test('names a panel in text that no terminal obeys', async () => {
    expect((await shoot('odd')).stdout).toMatch(/panel "Errors\\+u[^\n]*001b[^\n]*" has no data/);
  });

  test('says which dashboard or panel does not exist', async () => {
    expect((await shoot('nope')).stderr).toContain(`I003 ${url} has no dashboard nope (status 404)`);
    expect((await shoot('well', '--panel', 'Eror')).stderr).toContain('Its panels: "Errors", "Latency"');
  });
});

describe('npm run screenshots refuses', () => {
  test.each([
    ['K010 --from 1h is not before --to 2h', ['--from', '1h', '--to', '2h']],
    [
      'K010 --from 2026-03-16T14:00:00Z is not before',
      ['--from', '2026-03-16T14:00:00Z', '--to', '2026-03-16T14:00:00Z'],
    ],
    ['I003 --panel "Error rate" is a panel of one dashboard', ['--panel', 'Error rate']],
    ['I003 --panel "Error rate" is a panel of one dashboard', ['one', 'two', '--panel', 'Error rate']],
  ])('%s', async (message, args) => {
    const { code, stderr } = await screenshots(args, { GRAFANA_URL: 'http://127.0.0.1:1' });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

test('npm run screenshots without a Grafana says what is missing', async () => {
  const { code, stderr } = await screenshots([], {});
  expect(code).toBe(2);
  expect(stderr).toContain('GRAFANA_URL');
});

describe('npm run screenshots ends its browser', () => {
  const dashboard = JSON.stringify({ dashboard: { title: 'A dashboard', panels: [] } });
  /** Takes pictures with a browser of a test, of a Grafana that always answers the same. */
  const shoot = async (
    photograph: Chromium['photograph'],
    { body = dashboard, status = 200, stop = new AbortController() } = {},
  ) => {
    let closed = 0;
    const close = async () => {
      closed += 1;
    };
    const served = await serveListener((_, response) => response.writeHead(status).end(body));
    const environment = { GRAFANA_URL: served.url };
    const start = async () => ({ photograph, close });
    const { code, stderr } = await screenshots(['well', 'other'], environment, start, stop.signal);
    await served.close();
    return { code, stderr: stderr.replaceAll(served.url, 'GRAFANA'), closed: closed > 0 };
  };

  test('when a picture fails', async () => {
    const found = await shoot(() => Promise.reject(new Error('crashed')));
    expect(found).toMatchObject({ code: 1, closed: true });
  });

  test('with Ctrl-C, in the middle of a picture', async () => {
    const stop = new AbortController();
    const photograph = async () => {
      stop.abort();
      throw new Error('Target page, context or browser has been closed');
    };
    expect(await shoot(photograph, { stop })).toEqual({ code: 130, stderr: '', closed: true });
  });

  test.each([
    [401, '{}', 'I002 GRAFANA does not let us see well (status 401)'],
    [200, 'no JSON', 'I003 GRAFANA has no dashboard well (status 200)'],
  ])('when Grafana answers %s %s', async (status, body, message) => {
    const found = await shoot(async () => ({ outcome: 'late' }), { status, body });
    expect(found).toMatchObject({ code: 1, closed: true, stderr: expect.stringContaining(message) });
  });

  test('when Grafana does not answer', async () => {
    const start = async () => ({
      photograph: async () => ({ outcome: 'late' }) as const,
      close: async () => undefined,
    });
    const { code, stderr } = await screenshots(['well'], { GRAFANA_URL: 'http://127.0.0.1:1' }, start);
    expect(code).toBe(1);
    expect(stderr).toContain('I002 http://127.0.0.1:1 cannot be reached (ECONNREFUSED)');
  });

  test('after it warned of a token that travels in the clear', async () => {
    const environment = { GRAFANA_URL: 'http://grafana.invalid', GRAFANA_TOKEN: 'glsa_canary' };
    const start = async () => ({
      photograph: async () => ({ outcome: 'late' }) as const,
      close: async () => undefined,
    });
    expect((await screenshots(['well'], environment, start)).stderr).toContain('travels in the clear');
  });
});

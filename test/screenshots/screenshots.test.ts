import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from '../../scripts/support/screenshots/browser.ts';
import { run } from '../support/run.ts';

const chromium = await findChromium(process.env);

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
};

/** Answers as Grafana does, and remembers what it was asked with. */
function fakeGrafana(seen: { path: string; authorization: string | undefined }[]): Server {
  return createServer((request, response) => {
    const path = request.url ?? '';
    seen.push({ path, authorization: request.headers.authorization });
    const uid = /^\/(?:api\/dashboards\/uid|d|d-solo)\/([^?]+)/.exec(path)?.[1] ?? '';
    const page = PAGES[decodeURIComponent(uid)];
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
  const server = fakeGrafana(seen);
  let folder = '';
  let url = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'screenshots-'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  const shoot = (...args: string[]) =>
    run('screenshots', [...args, '--out', folder], { GRAFANA_URL: url, GRAFANA_TOKEN: 'glsa_canary', CI: 'true' });

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

  test('says which dashboard or panel does not exist', async () => {
    expect((await shoot('nope')).stderr).toContain(`I003 ${url} has no dashboard nope (status 404)`);
    expect((await shoot('well', '--panel', 'Eror')).stderr).toContain('Its panels: "Errors", "Latency"');
  });
});

describe('npm run screenshots refuses', () => {
  test.each([
    ['K010 --from 1h is not before --to 2h', ['--from', '1h', '--to', '2h']],
    [
      'K010 --from 2025-12-15T14:00:00Z is not before',
      ['--from', '2025-12-15T14:00:00Z', '--to', '2025-12-15T14:00:00Z'],
    ],
    ['I003 --panel "Error rate" is a panel of one dashboard', ['--panel', 'Error rate']],
    ['I003 --panel "Error rate" is a panel of one dashboard', ['one', 'two', '--panel', 'Error rate']],
  ])('%s', async (message, args) => {
    const { code, stderr } = await run('screenshots', args, { GRAFANA_URL: 'http://127.0.0.1:1' });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

test('npm run screenshots without a Grafana says what is missing', async () => {
  const { code, stderr } = await run('screenshots', []);
  expect(code).toBe(2);
  expect(stderr).toContain('GRAFANA_URL');
});

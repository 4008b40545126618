import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { serve } from '../../src/preview/containers/serve.ts';
import { pagerRoutes } from '../../src/preview/index.ts';

const GRAFANA = 'http://127.0.0.1:3000';
let server: Server | undefined;
afterEach(() => server?.close());

async function start(): Promise<string> {
  server = await serve(
    pagerRoutes(GRAFANA, () => new Date('2026-11-24T05:08:00Z')),
    '127.0.0.1:0',
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A notification as Grafana 12.4 sends it, with fields that nobody needs. */
function notification(status: 'firing' | 'resolved', summary = 'Users see errors') {
  return {
    receiver: 'bank-pager',
    status,
    orgId: 1,
    alerts: [
      {
        status,
        labels: { alertname: 'ServiceErrorRateHigh', service: 'user-account', severity: 'critical' },
        annotations: { summary, runbook_url: 'javascript:alert(1)' },
        startsAt: '2026-11-24T05:07:40Z',
        dashboardURL: 'http://grafana:3000/d/bank-user-account?orgId=1',
        generatorURL: 'http://grafana:3000/alerting/grafana/bank-user-account-errors/view',
        fingerprint: 'abc',
      },
    ],
  };
}

const post = (url: string, body: unknown) => fetch(`${url}/preview`, { method: 'POST', body: JSON.stringify(body) });

describe('the pager', () => {
  test('says that nothing arrived before something does', async () => {
    const page = await (await fetch(await start())).text();
    expect(page).toContain('Nothing has arrived yet');
  });

  test('shows who was paged, when, for which alert, with links that the browser can follow', async () => {
    const url = await start();
    expect((await post(url, notification('firing'))).status).toBe(200);
    const page = await (await fetch(url)).text();
    for (const text of [
      'ServiceErrorRateHigh',
      'user-account',
      'critical: pages',
      'bank-pager',
      '05:08:00',
      '1 firing',
    ])
      expect(page).toContain(text);
    expect(page).toContain('href="http://127.0.0.1:3000/d/bank-user-account?orgId=1"');
    expect(page).not.toContain('javascript:');
  });

  test('counts an alert no longer once it is resolved', async () => {
    const url = await start();
    await post(url, notification('firing'));
    await post(url, notification('resolved'));
    expect(await (await fetch(url)).text()).toContain('Nothing fires.');
  });

  test('shows what an alert says as text, never as markup', async () => {
    const url = await start();
    await post(url, notification('firing', '<script>alert(1)</script>'));
    expect(await (await fetch(url)).text()).toContain('&lt;script&gt;');
  });

  test('gives the same as JSON', async () => {
    const url = await start();
    await post(url, notification('firing'));
    expect(await (await fetch(`${url}/notifications`)).json()).toMatchObject([
      { alert: 'ServiceErrorRateHigh', service: 'user-account', status: 'firing', arrived: '2026-11-24T05:08:00.000Z' },
    ]);
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['something else', '{"text":"hello"}'],
    ['too much', `"${'x'.repeat(2 ** 21)}"`],
  ])('refuses %s and goes on', async (_, body) => {
    const url = await start();
    expect((await fetch(`${url}/preview`, { method: 'POST', body })).status).toBe(400);
    expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
  });

  test('has nothing anywhere else', async () => {
    const url = await start();
    expect((await fetch(`${url}/constructor`)).status).toBe(404);
    expect((await fetch(`${url}/preview`)).status).toBe(404);
  });
});

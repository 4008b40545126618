/** Requests: what is repeated, how long is waited, and how hard is pushed. */
import { type AxiosAdapter, AxiosError, AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';
import { describe, expect, test } from 'vitest';
import { openGrafanaClient } from '../../src/targets/grafana/client.ts';
import { createPressure } from '../../src/targets/grafana/pressure.ts';
import { httpWorld } from '../support/http-world.ts';

interface Scripted {
  readonly status?: number;
  readonly data?: string;
  readonly headers?: Record<string, string>;
  readonly broken?: string;
}

/** A server that answers as the script says, and the client's waits. */
function scripted(...script: Scripted[]) {
  const sent: string[] = [];
  const adapter: AxiosAdapter = async (config: InternalAxiosRequestConfig) => {
    sent.push(`${config.method?.toUpperCase()} ${config.url}`);
    const { status = 200, data = '{}', headers = {}, broken } = script.shift() ?? {};
    if (broken !== undefined) throw new AxiosError('broken', broken, config);
    return { status, data, statusText: '', headers: AxiosHeaders.from(headers), config };
  };
  const world = httpWorld({ now: () => NOON });
  const client = openGrafanaClient({ url: 'http://fake.example/', token: { reveal: () => 'x' }, adapter, world });
  return { client, waits: world.waits, sent };
}

const NOON = Date.parse('2026-01-14T12:00:00Z');

describe('a request', () => {
  test('waits as long as Retry-After says', async () => {
    const { client, waits } = scripted({ status: 429, headers: { 'retry-after': '7' } }, { status: 200 });
    expect((await client.request('GET', '/a')).status).toBe(200);
    expect(waits).toEqual([7000]);
  });

  test('waits until the moment that Retry-After names, by the clock of the server', async () => {
    const headers = { 'retry-after': 'Wed, 14 Jan 2026 13:00:09 GMT', date: 'Wed, 14 Jan 2026 13:00:00 GMT' };
    const { client, waits } = scripted({ status: 503, headers }, { status: 200 });
    await client.request('GET', '/a');
    expect(waits).toEqual([9000]);
  });

  test('does not come again at once where Retry-After is zero, or past', async () => {
    const past = { 'retry-after': 'Wed, 14 Jan 2026 11:00:00 GMT' };
    const { client, waits } = scripted(
      { status: 429, headers: { 'retry-after': '0' } },
      { status: 429, headers: past },
    );
    await client.request('GET', '/a');
    expect(waits).toEqual([250, 250]);
  });

  test('that is late comes again once', async () => {
    const { client, sent } = scripted(...Array.from({ length: 9 }, () => ({ broken: 'ETIMEDOUT' })));
    await expect(client.request('GET', '/a')).rejects.toMatchObject({ code: 'G001' });
    expect(sent).toHaveLength(2);
  });

  test('gives up where Retry-After asks for more than a minute', async () => {
    const { client, waits } = scripted({ status: 503, headers: { 'retry-after': '3600' } });
    await expect(client.request('GET', '/a')).rejects.toMatchObject({ code: 'G011', status: 503 });
    expect(waits).toEqual([]);
  });

  test('waits twice as long each time, five times at most', async () => {
    const { client, waits, sent } = scripted(...Array.from({ length: 9 }, () => ({ broken: 'ECONNRESET' })));
    await expect(client.request('GET', '/a')).rejects.toMatchObject({ code: 'G001' });
    expect(sent).toHaveLength(5);
    expect(waits).toEqual([250, 500, 1000, 2000]);
  });

  test.each(['PUT', 'DELETE'] as const)('a %s comes again after a broken connection', async (method) => {
    const { client, sent } = scripted({ broken: 'ECONNRESET' }, { status: 502, data: '<html>' }, { status: 200 });
    await client.request(method, '/a');
    expect(sent).toHaveLength(3);
  });

  test('a POST comes again only after 429, which says that nothing was done', async () => {
    const cut = scripted({ broken: 'ECONNRESET' });
    await expect(cut.client.request('POST', '/a')).rejects.toMatchObject({ code: 'G001' });
    expect(cut.sent).toHaveLength(1);
    const busy = scripted({ status: 429 }, { status: 201 });
    expect((await busy.client.request('POST', '/a')).status).toBe(201);
    expect(busy.sent).toHaveLength(2);
  });

  test('an answer that is refused does not come again', async () => {
    const { client, sent } = scripted({ status: 400, data: '{"message":"bad title"}' });
    await expect(client.request('PUT', '/a')).rejects.toMatchObject({
      code: 'G012',
      message: expect.stringContaining('bad title'),
    });
    expect(sent).toHaveLength(1);
  });

  test('half an answer counts as none', async () => {
    const { client, sent } = scripted({ data: '{"items":[' }, { data: '{"items":[]}' });
    expect((await client.request('GET', '/a')).body).toEqual({ items: [] });
    expect(sent).toHaveLength(2);
  });

  test('Ctrl-C ends the waiting for another try', async () => {
    const { client, sent } = scripted({ broken: 'ECONNRESET' }, { status: 200 });
    const stop = new AbortController();
    stop.abort();
    await expect(client.request('PUT', '/a', { signal: stop.signal })).rejects.toMatchObject({ code: 'G001' });
    expect(sent).toHaveLength(1);
  });
});

describe('pressure', () => {
  /** The most writes that ran at once. */
  async function peak(pressure: ReturnType<typeof createPressure>, writes: number): Promise<number> {
    let running = 0;
    let most = 0;
    const write = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
    };
    await Promise.all(Array.from({ length: writes }, () => pressure.run(write)));
    return most;
  }

  test('starts with two writers, goes on with one when it is too much, and comes back to two', async () => {
    const pressure = createPressure();
    expect(await peak(pressure, 6)).toBe(2);
    pressure.tooMuch();
    expect(await peak(pressure, 6)).toBe(1);
    expect(await peak(pressure, 6)).toBe(2);
  });

  test('a locked database is too much', async () => {
    const { client } = scripted({ status: 500, data: '{"message":"database is locked"}' }, { status: 200 });
    expect(client.pressure.most()).toBe(2);
    await client.request('PUT', '/a');
    expect(client.pressure.most()).toBe(1);
  });
});

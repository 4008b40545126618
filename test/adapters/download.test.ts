import { describe, expect, test } from 'vitest';
import { download, type ServerName } from '../../src/adapters/http/index.ts';
import { httpWorld } from '../support/http-world.ts';
import { listen } from '../support/loopback.ts';

const codes = { unreachable: 'T101', late: 'T101', tls: 'T101', redirect: 'T101', large: 'T101', unreadable: 'T101' };
const server: ServerName = {
  name: 'the release',
  addressSetting: 'the address',
  caSetting: 'NODE_EXTRA_CA_CERTS',
  addressHint: '',
  codes: { ...codes, 'web page': 'T101' },
};

describe('a file', () => {
  const bytes = Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256));

  test('comes byte by byte as it is, from where a redirect leads', async () => {
    const store = await listen((_, response) => response.end(bytes));
    const front = await listen((_, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${store.port}/file?signed=1` }).end(),
    );
    const got = await download(`http://127.0.0.1:${front.port}/file`, { world: httpWorld(), server });
    expect(Buffer.compare(got, bytes)).toBe(0);
    expect(store.seen.map(({ url, headers }) => [url, headers.authorization])).toEqual([['/file?signed=1', undefined]]);
  });

  test('that is led in circles, too large, or not there is an error', async () => {
    const circle = await listen((_, response) => response.writeHead(302, { location: '/again' }).end());
    const large = await listen((_, response) => response.end(bytes));
    const none = await listen((_, response) => response.writeHead(404).end());
    const get = ({ port }: { readonly port: number }, limit?: number) =>
      download(`http://127.0.0.1:${port}/f`, { world: httpWorld(), server, ...(limit === undefined ? {} : { limit }) });
    await expect(get(circle)).rejects.toMatchObject({ code: 'T101' });
    expect(circle.seen).toHaveLength(6);
    await expect(get(large, 500)).rejects.toThrow('more than 500 bytes');
    await expect(get(none)).rejects.toMatchObject({ code: 'T101', status: 404 });
  });
});

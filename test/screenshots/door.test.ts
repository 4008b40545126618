import { describe, expect, test } from 'vitest';
import type { PassageAnswer, PassageRequest } from '../../src/adapters/http/index.ts';
import { openDoor } from '../../src/app/grafana-door.ts';

const answer = (status: number, headers: Record<string, string> = {}, body = ''): PassageAnswer => ({
  status,
  headers,
  body: Buffer.from(body),
});
const get = (url: string, more: Partial<PassageRequest> = {}): PassageRequest => ({
  method: 'GET',
  url,
  headers: {},
  body: undefined,
  ...more,
});

/** A way to a Grafana that answers by address, and what was sent there. */
function doorTo(url: string, answers: Readonly<Record<string, PassageAnswer>> = {}) {
  const sent: PassageRequest[] = [];
  const door = openDoor(url, async (request) => {
    sent.push(request);
    return answers[request.url] ?? answer(200, { 'content-type': 'text/html' }, 'drawn');
  });
  return { door, sent, urls: () => sent.map((each) => each.url) };
}

describe('what a page asks of its Grafana', () => {
  test('is passed on, and the answer comes back whole', async () => {
    const { door, sent } = doorTo('https://grafana.example.com', {
      'https://grafana.example.com/api/ds/query': answer(200, { 'content-type': 'application/json' }, '{}'),
    });
    const headers = { 'content-type': 'application/json', 'x-dashboard-uid': 'well' };
    const body = Buffer.from('{"queries":[]}');
    const found = await door(get('https://grafana.example.com/api/ds/query', { method: 'POST', headers, body }));
    expect(found).toEqual(answer(200, { 'content-type': 'application/json' }, '{}'));
    expect(sent).toEqual([{ method: 'POST', url: 'https://grafana.example.com/api/ds/query', headers, body }]);
  });

  test('carries no credential of its own, and begins no session', async () => {
    const set = { 'set-cookie': 'grafana_session=x', 'content-encoding': 'gzip', 'content-type': 'text/css' };
    const { door, sent } = doorTo('http://127.0.0.1:3000', { 'http://127.0.0.1:3000/a': answer(200, set) });
    const headers = { Authorization: 'Bearer of-the-page', cookie: 'a=b', 'Proxy-Authorization': 'x', accept: '*/*' };
    expect((await door(get('http://127.0.0.1:3000/a', { headers })))?.headers).toEqual({ 'content-type': 'text/css' });
    expect(sent[0]?.headers).toEqual({ accept: '*/*' });
  });

  test.each(['PUT', 'PATCH', 'DELETE', 'CONNECT'])('changes nothing: %s is refused', async (method) => {
    const { door, sent } = doorTo('http://127.0.0.1:3000');
    expect(await door(get('http://127.0.0.1:3000/api/dashboards/uid/well', { method }))).toBeUndefined();
    expect(sent).toEqual([]);
  });
});

describe('nothing goes anywhere else', () => {
  test.each([
    ['another host', 'https://evil.example/t.png'],
    ['a host that begins alike', 'https://grafana.example.com.evil.example/grafana/t.png'],
    ['a host before an @', 'https://grafana.example.com@evil.example/grafana/t.png'],
    ['a user in the address', 'https://me@grafana.example.com/grafana/t.png'],
    ['another port', 'https://grafana.example.com:8443/grafana/t.png'],
    ['the scheme without TLS', 'http://grafana.example.com/grafana/t.png'],
    ['another path of the host', 'https://grafana.example.com/wiki/t.png'],
    ['a path that begins alike', 'https://grafana.example.com/grafana-old/t.png'],
    ['a way up', 'https://grafana.example.com/grafana/../wiki/t.png'],
    ['an encoded way up', 'https://grafana.example.com/grafana/%2e%2e/wiki/t.png'],
    ['no address at all', 'file:///etc/passwd'],
  ])('asked for or redirected to: %s', async (_, url) => {
    const start = 'https://grafana.example.com/grafana/avatar/1';
    const { door, sent, urls } = doorTo('https://grafana.example.com/grafana', {
      [start]: answer(302, { location: url }),
    });
    expect(await door(get(url))).toBeUndefined();
    expect(sent).toEqual([]);
    expect(await door(get(start))).toBeUndefined();
    expect(urls()).toEqual([start]);
  });

  test('by a redirect that leads on to another host from within', async () => {
    const { door, urls } = doorTo('http://127.0.0.1:3000', {
      'http://127.0.0.1:3000/a': answer(301, { location: '/b' }),
      'http://127.0.0.1:3000/b': answer(307, { location: '//evil.example/c' }),
    });
    expect(await door(get('http://127.0.0.1:3000/a'))).toBeUndefined();
    expect(urls()).toEqual(['http://127.0.0.1:3000/a', 'http://127.0.0.1:3000/b']);
  });
});

describe('redirects within the Grafana', () => {
  test('are followed here, and the browser sees the end only', async () => {
    const { door } = doorTo('http://127.0.0.1:3000', {
      'http://127.0.0.1:3000/d/well': answer(302, { location: '/d/well/a-dashboard' }),
    });
    expect((await door(get('http://127.0.0.1:3000/d/well')))?.body.toString()).toBe('drawn');
  });

  test.each([
    [302, 'GET', undefined],
    [303, 'GET', undefined],
    [307, 'POST', 'question'],
    [308, 'POST', 'question'],
  ])('with status %s go on by %s', async (status, method, body) => {
    const { door, sent } = doorTo('http://127.0.0.1:3000', {
      'http://127.0.0.1:3000/a': answer(status, { location: 'b' }),
    });
    await door(get('http://127.0.0.1:3000/a', { method: 'POST', body: Buffer.from('question') }));
    expect(sent[1]).toMatchObject({ method, url: 'http://127.0.0.1:3000/b' });
    expect(sent[1]?.body?.toString()).toBe(body);
  });

  test('that never end are refused', async () => {
    const { door, sent } = doorTo('http://127.0.0.1:3000', {
      'http://127.0.0.1:3000/a': answer(302, { location: '/a' }),
    });
    expect(await door(get('http://127.0.0.1:3000/a'))).toBeUndefined();
    expect(sent.length).toBe(6);
  });

  test('to what is no address are refused', async () => {
    const { door } = doorTo('http://127.0.0.1:3000', {
      'http://127.0.0.1:3000/a': answer(302, { location: 'http://[' }),
    });
    expect(await door(get('http://127.0.0.1:3000/a'))).toBeUndefined();
  });
});

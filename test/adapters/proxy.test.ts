import { describe, expect, test } from 'vitest';
import { proxyFor } from '../../src/adapters/http/proxy.ts';

type Environment = Readonly<Record<string, string>>;

function proxy(url: string, environment: Environment): string | undefined {
  return proxyFor(new URL(url), environment)?.url.href;
}

const PROXY = 'http://proxy:3128';

describe('the proxy for an address', () => {
  test.each<[string, string, Environment, string | undefined]>([
    ['is that of its scheme', 'https://a.example', { HTTPS_PROXY: PROXY, HTTP_PROXY: 'http://other' }, `${PROXY}/`],
    ['is that of its scheme', 'http://a.example', { HTTPS_PROXY: 'http://other', HTTP_PROXY: PROXY }, `${PROXY}/`],
    [
      'may be named in small letters, which come first',
      'http://a.example',
      { http_proxy: PROXY, HTTP_PROXY: 'http://other' },
      `${PROXY}/`,
    ],
    ['may be one for all', 'https://a.example', { ALL_PROXY: PROXY }, `${PROXY}/`],
    ['needs no scheme', 'https://a.example', { HTTPS_PROXY: 'proxy:3128' }, `${PROXY}/`],
    ['is none where an empty variable names it', 'https://a.example', { HTTPS_PROXY: ' ' }, undefined],
    ['is none for this machine', 'https://127.0.0.1', { HTTPS_PROXY: PROXY }, undefined],
    ['is none for this machine', 'http://grafana.localhost:3000', { HTTP_PROXY: PROXY }, undefined],
    ['is none for this machine', 'http://[::1]:3000', { HTTP_PROXY: PROXY }, undefined],
    [
      'is one for a host that only looks like this machine',
      'http://127.0.0.1.example',
      { HTTP_PROXY: PROXY },
      `${PROXY}/`,
    ],
  ])('%s: %s', (_, url, environment, expected) => {
    expect(proxy(url, environment)).toBe(expected);
  });

  test.each([
    ['https://a.example', 'a.example', true],
    ['https://b.a.example', 'a.example', true],
    ['https://ba.example', 'a.example', false],
    ['https://A.Example', 'x, a.EXAMPLE y', true],
    ['https://a.example', '.a.example', false],
    ['https://b.a.example', '.a.example', true],
    ['https://b.a.example', '*.a.example', true],
    ['https://a.example', '*', true],
    ['https://a.example', 'a.example:443', true],
    ['https://a.example:8443', 'a.example:443', false],
    ['https://10.1.2.3', '10.0.0.0/8', true],
    ['https://11.1.2.3', '10.0.0.0/8', false],
    ['https://10.1.2.3:8443', '10.1.2.3', true],
    ['https://10.1.2.3', '2.3', false],
    ['https://[fd00::7]', 'fd00::/8', true],
    ['https://[fd00::7]:3000', '[fd00::7]:3000', true],
    ['https://a.example', '', false],
  ])('is not used for %s with NO_PROXY=%s: %s', (url, list, excepted) => {
    expect(proxy(url, { HTTPS_PROXY: PROXY, NO_PROXY: list }) === undefined).toBe(excepted);
  });

  test.each(['socks5://proxy:1080', 'http://', 'http://canary 51c2'])('that cannot be used is refused: %s', (value) => {
    expect(() => proxy('https://a.example', { HTTPS_PROXY: value })).toThrow(
      'HTTPS_PROXY is not an http or https address',
    );
  });
});

import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openPrometheus, type PrometheusOptions } from '../../src/adapters/prometheus/index.ts';
import { ExplainedError } from '../../src/model/explained-error.ts';
import { type FilledPrometheus, freePort, startPrometheus } from '../support/filled-prometheus.ts';
import { httpWorld } from '../support/http-world.ts';
import { passedOn, type Reply, type Seen, type StandIn, startStandIn } from '../support/stand-in.ts';

const NOON = Date.parse('2026-01-14T12:00:00Z') / 1000;
/** Of the password "test", from Prometheus' own documentation of basic authentication. */
const BCRYPT = '$2b$12$hNf2lSsxfm0.i4a.1kVpSOVyBCfIB51VRjgBUyv6kdnyTlgWj81Ay';
const revealed = (value: string) => ({ reveal: () => value });

let prometheus: FilledPrometheus;
let locked: FilledPrometheus;
beforeAll(async () => {
  const samples = [0, 60, 120].map((second) => `a{x="1"} ${second} ${NOON + second}\n`).join('');
  const lines = [`# TYPE a unknown\n${samples}`];
  [prometheus, locked] = await Promise.all([
    startPrometheus(lines),
    startPrometheus(lines, { webConfig: `basic_auth_users:\n  reader: ${BCRYPT}\n` }),
  ]);
});
afterAll(() => Promise.all([prometheus.stop(), locked.stop()]));

const proxies: StandIn[] = [];
afterEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.stop()));
});
async function standIn(answer: (request: Seen) => Promise<Reply> | Reply): Promise<StandIn> {
  const proxy = await startStandIn(answer);
  proxies.push(proxy);
  return proxy;
}

function open(url: string, options: Partial<PrometheusOptions> = {}) {
  return openPrometheus({ url, world: httpWorld(), ...options });
}

async function failureOf(promise: Promise<unknown>): Promise<ExplainedError> {
  const error = await promise.catch((thrown: unknown) => thrown);
  if (!(error instanceof ExplainedError)) throw new Error(`not an ExplainedError: ${String(error)}`);
  return error;
}

describe('a query', () => {
  test('at one time gives a value for each series', async () => {
    const { series, warnings } = await open(`${prometheus.url}/`).instant('a', NOON + 60);
    expect(series).toEqual([{ labels: { __name__: 'a', x: '1' }, points: [{ at: NOON + 60, value: 60 }] }]);
    expect(warnings).toEqual([]);
  });

  test('over a range gives a value for each step', async () => {
    const span = { from: NOON, until: NOON + 120, step: 60 };
    const { series } = await open(prometheus.url).range('a / 0', span);
    expect(series[0]?.points.map(({ value }) => value)).toEqual([
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
  });

  test('that is longer than some proxies let an address be arrives whole', async () => {
    const long = Array.from({ length: 3000 }, () => 'a').join(' or ');
    expect((await open(prometheus.url).instant(long, NOON)).series).toHaveLength(1);
  });

  test('that Prometheus cannot read is explained with its own words', async () => {
    const error = await failureOf(open(prometheus.url).instant('sum(', NOON));
    expect(error).toMatchObject({ code: 'K007', kind: 'access' });
    expect(error.message).toContain('parse error');
  });
});

describe('access', () => {
  test('by user and password is let in by a real Prometheus, and without is refused', async () => {
    const password = revealed('test');
    expect((await open(locked.url, { user: 'reader', password }).instant('a', NOON)).series).toHaveLength(1);
    for (const options of [{}, { user: 'reader', password: revealed('wrong') }, { token: revealed('t') }]) {
      const error = await failureOf(open(locked.url, options).instant('a', NOON));
      expect(error).toMatchObject({ code: 'K003', kind: 'access' });
      expect(error.remedy).toContain('PROMETHEUS_TOKEN');
    }
  });

  test('by bearer token and tenant is sent as gateways and Mimir want it', async () => {
    const proxy = await standIn((request) => {
      if (request.headers['x-scope-orgid'] === undefined) return { status: 401, body: 'no org id\n' };
      if (request.headers.authorization !== 'Bearer canary-51') return { status: 401, body: '{"error":"who?"}' };
      return passedOn(request, prometheus.url);
    });
    const token = revealed('canary-51');
    expect((await open(proxy.url, { token, tenant: 'bank', user: 'x' }).instant('a', NOON)).series).toHaveLength(1);
    expect(proxy.seen[0]?.headers).toMatchObject({ authorization: 'Bearer canary-51', 'x-scope-orgid': 'bank' });
    const noTenant = await failureOf(open(proxy.url, { token }).instant('a', NOON));
    expect(noTenant).toMatchObject({ code: 'K004', kind: 'access' });
    expect(noTenant.remedy).toContain('PROMETHEUS_TENANT');
    const noToken = await failureOf(open(proxy.url, { tenant: 'bank' }).instant('a', NOON));
    expect(noToken).toMatchObject({ code: 'K003' });
  });

  test('is never part of an error', async () => {
    const secrets = { user: 'reader', password: revealed('canary-52') };
    const error = await failureOf(open(locked.url, secrets).instant('a', NOON));
    expect(inspect(error, { depth: 9 })).not.toContain('canary-52');
  });

  test('is not carried to another place by a redirect', async () => {
    const other = await standIn(() => ({ status: 200, body: '{}' }));
    const proxy = await standIn(() => ({ status: 302, body: '', headers: { location: other.url } }));
    const error = await failureOf(open(proxy.url, { token: revealed('t') }).instant('a', NOON));
    expect(error).toMatchObject({ code: 'K005', kind: 'usage' });
    expect(other.seen).toEqual([]);
  });
});

describe('a Prometheus', () => {
  test('that is down is asked three times, and then explained', async () => {
    const down = open(`http://127.0.0.1:${await freePort()}`);
    const error = await failureOf(down.instant('a', NOON));
    expect(error).toMatchObject({ code: 'K001', kind: 'access' });
    expect(error.message).toContain('ECONNREFUSED');
    expect(down.requests()).toBe(3);
  });

  test('of an unknown host is not asked again', async () => {
    const nowhere = open('http://prometheus.invalid');
    const error = await failureOf(nowhere.instant('a', NOON));
    expect(error).toMatchObject({ code: 'K001' });
  });

  test('that starts is asked again until it answers', async () => {
    let asked = 0;
    const proxy = await standIn((request) => {
      asked += 1;
      return asked < 3 ? { status: 503, body: 'Service Unavailable' } : passedOn(request, prometheus.url);
    });
    expect((await open(proxy.url).instant('a', NOON)).series).toHaveLength(1);
    expect(asked).toBe(3);
  });

  test('that stays busy is no result', async () => {
    const proxy = await standIn(() => ({ status: 429, body: '{"error":"too many requests"}' }));
    expect(await failureOf(open(proxy.url).instant('a', NOON))).toMatchObject({ code: 'K006', kind: 'access' });
  });

  test('that does not answer in time is no result', async () => {
    const proxy = await standIn(async () => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      return { status: 200, body: '{}' };
    });
    const error = await failureOf(open(proxy.url, { deadline: 100 }).instant('a', NOON));
    expect(error).toMatchObject({ code: 'K002', kind: 'access' });
    expect(error.message).toContain('within 0.1 s');
    expect(proxy.seen).toHaveLength(1);
  });

  test('whose answer is only a part says so; mere hints do not count', async () => {
    const warnings = ['store 10.0.0.7 did not answer', 'PromQL info: metric might not be a counter'];
    const proxy = await standIn((request) =>
      passedOn(request, prometheus.url, (body) => JSON.stringify({ ...(JSON.parse(body) as object), warnings })),
    );
    expect((await open(proxy.url).instant('a', NOON)).warnings).toEqual(['store 10.0.0.7 did not answer']);
  });

  test.each([
    ['a web page', '<html>Sign in</html>', 200],
    ['another API', '{"status":"ok"}', 200],
    ['nothing at this place', '404 page not found', 404],
  ])('that is none, but %s, is a wrong address', async (_, body, status) => {
    const proxy = await standIn(() => ({ status, body }));
    const error = await failureOf(open(proxy.url).instant('a', NOON));
    expect(error).toMatchObject({ code: 'K005', kind: 'usage' });
    expect(error.remedy).toContain('/prometheus');
  });
});

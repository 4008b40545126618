/** The fake is held to what a real Grafana 12.4 answered. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ADMIN, createFakeGrafana, TOKENS } from '../support/fake-grafana/index.ts';

interface Exchange {
  readonly story: string;
  readonly as: 'admin' | 'editor' | 'viewer' | 'nobody';
  readonly request: { readonly method: string; readonly path: string; readonly body?: unknown };
  readonly response: { readonly status: number; readonly body: unknown };
  readonly after_s?: number;
}

const file = new URL('../fixtures/grafana-12.4-exchanges.json', import.meta.url);
const { exchanges } = JSON.parse(readFileSync(file, 'utf8')) as { readonly exchanges: readonly Exchange[] };

const AUTHORIZATION: Readonly<Record<Exchange['as'], string>> = {
  admin: `Basic ${Buffer.from(`${ADMIN.user}:${ADMIN.password}`).toString('base64')}`,
  editor: `Bearer ${TOKENS.editor}`,
  viewer: `Bearer ${TOKENS.viewer}`,
  nobody: 'Bearer wrong',
};

/** Answers whose lists depend on what else is installed. */
const OPEN: ReadonlySet<string> = new Set(['/apis']);

/** What kind of thing a value is, to the last field; not the value. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, shapeOf(inner)]));
}

/** Versions that the recording gave out, and the ones that the fake gives out in their place. */
function translate(value: unknown, versions: ReadonlyMap<string, string>): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
    key === 'resourceVersion' && typeof inner === 'string' ? (versions.get(inner) ?? inner) : inner,
  );
}

function versionsIn(value: unknown): string[] {
  const found: string[] = [];
  JSON.stringify(value, (key, inner: unknown) => {
    if (key === 'resourceVersion' && typeof inner === 'string') found.push(inner);
    return inner;
  });
  return found;
}

test('the fake knows the version that Grafana gave to a mute timing', async () => {
  const fake = createFakeGrafana();
  const recorded = exchanges.find(({ request }) => request.method === 'POST' && request.path.endsWith('/mute-timings'));
  const answer = await fake.app.request('/api/v1/provisioning/mute-timings', {
    method: 'POST',
    headers: { authorization: AUTHORIZATION.editor, 'content-type': 'application/json' },
    body: JSON.stringify(recorded?.request.body),
  });
  expect(await answer.json()).toEqual(recorded?.response.body);
});

describe('the fake answers as the real Grafana did', () => {
  const fake = createFakeGrafana();
  const versions = new Map<string, string>();
  test.each(
    exchanges.map((exchange, index) => ({
      name: `${index} ${exchange.story}: ${exchange.request.method} as ${exchange.as}`,
      exchange,
    })),
  )('$name', async ({ exchange }) => {
    const { request, response, as, after_s: seconds = 0 } = exchange;
    fake.wait(seconds * 1000);
    // The recording waited for the scheduler here; the fake has none.
    if (exchange.story === 'alert states') {
      fake.state.alerts.set('shop-user-service-latency', { state: 'pending', since: '2026-11-23T05:14:30Z' });
    }
    const body = request.body === undefined ? {} : { body: JSON.stringify(translate(request.body, versions)) };
    const answer = await fake.app.request(request.path, {
      method: request.method,
      headers: { authorization: AUTHORIZATION[as], 'content-type': 'application/json' },
      ...body,
    });
    const text = await answer.text();
    const found: unknown = text === '' ? null : JSON.parse(text);
    expect(answer.status).toBe(response.status);
    if (!OPEN.has(request.path)) expect(shapeOf(found)).toEqual(shapeOf(response.body));
    versionsIn(response.body).forEach((version, index) => {
      const own = versionsIn(found)[index];
      if (own !== undefined) versions.set(version, own);
    });
  });
});

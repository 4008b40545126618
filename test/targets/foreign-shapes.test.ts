/** Whatever others have in a Grafana, of any form: the plan is the same as without it, byte for byte. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plan } from '../../src/sync/index.ts';
import { openGrafana } from '../../src/targets/grafana/index.ts';
import { adapterTo } from '../support/fake-grafana/adapter.ts';
import { createFakeGrafana, type FakeGrafana, TOKENS } from '../support/fake-grafana/index.ts';
import { httpWorld } from '../support/http-world.ts';
import { after, before, OWNER, secretValues } from '../support/small-estate.ts';

type Answer = { items?: unknown[]; data?: { groups: unknown[] } } & Record<string, unknown>;

/** Puts something into every list that a plan reads. */
function withForeign(path: string, answer: Answer | unknown[], foreign: unknown): unknown {
  if (Array.isArray(answer)) return [foreign, ...answer, foreign];
  if (answer.items !== undefined) return { ...answer, items: [foreign, ...answer.items, foreign] };
  if (path.startsWith('/api/prometheus/') && answer.data !== undefined) {
    const groups = [foreign, { name: 'theirs', rules: foreign }, { rules: [foreign] }, ...answer.data.groups];
    return { ...answer, data: { ...answer.data, groups } };
  }
  if (path.startsWith('/api/ruler/grafana/api/v1/rules')) {
    return { Theirs: foreign, ...answer, Others: [foreign, { name: 'theirs', rules: foreign }, { rules: [foreign] }] };
  }
  return answer;
}

function opened(fake: FakeGrafana, change: (path: string, body: unknown) => unknown = (_, body) => body) {
  const inner = adapterTo(fake);
  return openGrafana({
    url: 'http://fake.example',
    token: { reveal: () => TOKENS.editor },
    owner: OWNER,
    ownerTag: `as-code:${OWNER}`,
    commit: 'abc1234',
    secret: (name) => ({ reveal: () => secretValues[name] ?? '' }),
    world: httpWorld(),
    adapter: async (config) => {
      const answer = await inner(config);
      const path = config.url ?? '';
      if (path.startsWith('/api/access-control') || path.startsWith('/api/frontend') || path === '/api/health')
        return answer;
      if (answer.status !== 200) return answer;
      return { ...answer, data: JSON.stringify(change(path, JSON.parse(String(answer.data)))) };
    },
  });
}

async function planned(fake: FakeGrafana, change?: (path: string, body: unknown) => unknown) {
  const target = opened(fake, change);
  const prepared = target.prepare?.(after) ?? after;
  return plan(prepared, await target.read(prepared, {}), target.identity, { scope: {}, maxDeletes: 100 });
}

/** The estate as it was, and a minute later. */
async function synced(): Promise<FakeGrafana> {
  const { apply } = await import('../../src/sync/index.ts');
  const fake = createFakeGrafana();
  const target = opened(fake);
  const prepared = target.prepare?.(before) ?? before;
  const made = plan(prepared, await target.read(prepared, {}), target.identity, { scope: {} });
  expect((await apply(made, target)).failed).toEqual([]);
  fake.wait(180_000);
  return fake;
}

const ODD: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['a number', 7],
  ['a text', 'theirs'],
  ['a list', [[]]],
  ['an empty object', {}],
  ['no metadata', { spec: {} }],
  ['metadata that is a list', { metadata: [], spec: {} }],
  ['a name that is a number', { metadata: { name: 7 }, spec: {} }],
  ['annotations that are null', { metadata: { name: 'theirs', annotations: null }, spec: { title: 'x' } }],
  ['an annotation that is a number', { metadata: { name: 'theirs', annotations: { a: 1 } }, spec: { title: 'x' } }],
  ['a generation that is null', { metadata: { name: 'theirs', generation: null }, spec: { title: 'x' } }],
  ['no spec', { metadata: { name: 'theirs' } }],
  ['tags that are an object', { metadata: { name: 'theirs' }, spec: { title: { toString: 1 }, tags: { a: 1 } } }],
  ['a rule whose labels are a list', { grafana_alert: { uid: 'theirs', title: 'x', version: 1 }, labels: [] }],
  ['a rule without a UID', { grafana_alert: { title: 'x' } }],
  ['a contact point without settings', { uid: 'theirs', name: 'theirs', type: 'email', settings: null }],
];

describe('foreign objects', () => {
  test.each(ODD)('%s: the plan is the same as without it', async (_, foreign) => {
    const fake = await synced();
    const without = JSON.stringify(await planned(fake));
    const made = await planned(fake, (path, body) => withForeign(path, body as Answer, foreign));
    expect(JSON.stringify(made)).toBe(without);
  });

  test('of any JSON form: the plan is the same as without them', async () => {
    const fake = await synced();
    const without = JSON.stringify(await planned(fake));
    const name = fc.oneof(fc.string(), fc.constantFrom('theirs', '__proto__', 'constructor', ''), fc.integer());
    const known = fc.record(
      {
        metadata: fc.oneof(fc.record({ name, annotations: fc.jsonValue() }, { requiredKeys: [] }), fc.jsonValue()),
        spec: fc.jsonValue(),
        uid: name,
        name,
        type: fc.jsonValue(),
        settings: fc.jsonValue(),
        rules: fc.jsonValue(),
        interval: fc.jsonValue(),
        alerts: fc.jsonValue(),
        labels: fc.jsonValue(),
        grafana_alert: fc.oneof(fc.record({ uid: name, title: fc.jsonValue() }, { requiredKeys: [] }), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), known), async (foreign) => {
        const made = await planned(fake, (path, body) => withForeign(path, body as Answer, foreign));
        expect(JSON.stringify(made)).toBe(without);
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});

describe('an object of ours without a known form', () => {
  const spoilt = (list: string, spoil: (item: Record<string, unknown>) => unknown) => (path: string, body: unknown) =>
    path.startsWith(list) && Array.isArray((body as Answer).items)
      ? { ...(body as Answer), items: (body as { items: Record<string, unknown>[] }).items.map(spoil) }
      : body;

  test('is held up alone, and says what is wrong with it', async () => {
    const fake = await synced();
    const made = await planned(
      fake,
      spoilt('/apis/dashboard.grafana.app/', (item) =>
        (item['metadata'] as { name: string }).name === 'bank-a' ? { ...item, spec: null } : item,
      ),
    );
    const blocked = made.changes.flatMap((change) => (change.action === 'blocked' ? [change] : []));
    expect(blocked.map(({ uid, diagnostic }) => [uid, diagnostic.code, diagnostic.message])).toEqual([
      ['bank-a', 'G009', expect.stringContaining('cannot be read: spec')],
    ]);
    expect(made.changes.some(({ action, uid }) => action === 'create' && uid === 'bank-d')).toBe(true);
  });

  test('that the code does not have is named, and not deleted', async () => {
    const fake = await synced();
    const made = await planned(
      fake,
      spoilt('/apis/dashboard.grafana.app/', (item) =>
        (item['metadata'] as { name: string }).name === 'bank-c' ? { ...item, spec: 7 } : item,
      ),
    );
    expect(made.changes.filter(({ uid }) => uid === 'bank-c')).toEqual([]);
    expect(made.notes).toMatchObject([{ code: 'G009', level: 'warning', subject: 'dashboard bank-c' }]);
  });

  test('an unreadable rule of somebody in a group of ours keeps the group from being written whole', async () => {
    const fake = await synced();
    const odd = { grafana_alert: { uid: 'theirs', title: 'Theirs' }, labels: [] };
    const change = (path: string, body: unknown): unknown => {
      if (!path.startsWith('/api/ruler/')) return body;
      const groups = body as Record<string, { name: string; rules: unknown[] }[]>;
      return Object.fromEntries(
        Object.entries(groups).map(([folder, list]) => [
          folder,
          list.map((group) => (group.name === 'whole' ? { ...group, rules: [...group.rules, odd] } : group)),
        ]),
      );
    };
    const target = opened(fake, change);
    const prepared = target.prepare?.(after) ?? after;
    const made = plan(prepared, await target.read(prepared, {}), target.identity, { scope: {}, maxDeletes: 100 });
    const labels = (await target.steps(made)).map(({ label }) => label);
    expect(labels).toContain('rule Alert-bank-r3 in the shared group whole');
    expect(labels).not.toContain('rule group whole');
  });
});

describe('rules whose query fails', () => {
  test('are named with service and the way to look, though the server says they are well', async () => {
    const fake = await synced();
    fake.state.failing.set('bank-r3', 'Normal (Error, KeepLast)');
    fake.state.failing.set('bank-r4', 'Normal (NoData, KeepLast)');
    // This one fires because its query fails, as it is meant to.
    fake.state.failing.set('bank-r5', 'Pending (Error)');
    const requests = fake.log.length;
    const made = await planned(fake);
    expect(made.notes).toMatchObject([
      {
        code: 'G020',
        level: 'warning',
        subject: expect.stringContaining('alert rule Alert-bank-r3'),
        message: expect.stringContaining('Normal (Error, KeepLast)'),
        remedy: expect.stringContaining('/alerting/grafana/bank-r3/view'),
      },
    ]);
    fake.state.failing.clear();
    const [first, second] = [fake.log.length - requests, await planned(fake).then(() => fake.log.length)];
    expect(second - requests).toBe(2 * first);
  });
});

/** The history of a dashboard, as far as an account may see it. */
import type { AxiosAdapter } from 'axios';
import { expect, test } from 'vitest';
import { apply, plan } from '../../src/sync/index.ts';
import { openGrafana } from '../../src/targets/grafana/index.ts';
import { adapterTo } from '../support/fake-grafana/adapter.ts';
import { ADMIN, createFakeGrafana, type FakeGrafana, TOKENS } from '../support/fake-grafana/index.ts';
import { httpWorld } from '../support/http-world.ts';
import { after, before, OWNER, secretValues } from '../support/small-estate.ts';

function opened(fake: FakeGrafana, token: string, adapter: AxiosAdapter = adapterTo(fake)) {
  return openGrafana({
    url: 'http://fake.example',
    token: { reveal: () => token },
    owner: OWNER,
    ownerTag: `as-code:${OWNER}`,
    commit: 'abc1234',
    secret: (name) => ({ reveal: () => secretValues[name] ?? '' }),
    world: httpWorld(),
    adapter,
  });
}

/** An estate of which somebody edited one dashboard. */
async function edited(storage: 'unified' | 'legacy'): Promise<FakeGrafana> {
  const fake = createFakeGrafana({ storage });
  const target = opened(fake, TOKENS.editor);
  const prepared = target.prepare?.(before) ?? before;
  await apply(plan(prepared, await target.read(prepared, {}), target.identity, { scope: {} }), target);
  fake.wait(180_000);
  const authorization = `Basic ${Buffer.from(`${ADMIN.user}:${ADMIN.password}`).toString('base64')}`;
  const dashboard = { ...fake.state.dashboards.get('bank-a')?.spec, uid: 'bank-a', title: 'By hand' };
  const body = JSON.stringify({ dashboard, folderUid: 'bank-services', message: 'tweak', overwrite: true });
  const headers = { authorization, 'content-type': 'application/json' };
  expect((await fake.app.request('/api/dashboards/db', { method: 'POST', headers, body })).status).toBe(200);
  return fake;
}

/** Refuses what a path begins with. */
function without(fake: FakeGrafana, ...parts: readonly string[]): AxiosAdapter {
  const inner = adapterTo(fake);
  return async (config) => {
    const answer = await inner(config);
    return parts.some((part) => config.url?.includes(part) === true) ? { ...answer, status: 403, data: '{}' } : answer;
  };
}

async function planned(target: ReturnType<typeof openGrafana>) {
  const prepared = target.prepare?.(after) ?? after;
  return plan(prepared, await target.read(prepared, {}), target.identity, { scope: {}, maxDeletes: 100 });
}

test.each(['unified', 'legacy'] as const)('%s storage: a Viewer is told who edited what, and when', async (storage) => {
  const { drift } = await planned(opened(await edited(storage), TOKENS.viewer));
  expect(drift).toMatchObject([
    {
      uid: 'bank-a',
      by: 'admin',
      at: '2026-01-05T10:03:00Z',
      message: 'tweak',
      meanings: [{ kind: 'retitled', change: { from: 'A', to: 'By hand' } }],
    },
  ]);
});

test('where Grafana does not say what an account is called, its UID stands for it', async () => {
  const fake = await edited('unified');
  const { drift } = await planned(opened(fake, TOKENS.viewer, without(fake, '/display')));
  expect(drift).toMatchObject([{ uid: 'bank-a', by: 'user:cg54z1gg38bnke' }]);
});

test('an Editor of a Grafana without that history gets it by the older route', async () => {
  const fake = await edited('legacy');
  const { drift, notes } = await planned(opened(fake, TOKENS.editor, without(fake, 'get-history')));
  expect(drift).toMatchObject([{ uid: 'bank-a', by: 'admin', message: 'tweak' }]);
  expect(notes).toEqual([]);
});

test('a plan survives a history that nobody shows: the dashboard is kept, with a warning', async () => {
  const fake = await edited('unified');
  const made = await planned(opened(fake, TOKENS.viewer, without(fake, 'get-history')));
  expect(made.notes).toMatchObject([{ code: 'G021', level: 'warning', subject: 'dashboard By hand' }]);
  expect(made.changes.filter(({ action }) => action === 'blocked')).toMatchObject([{ uid: 'bank-a' }]);
  expect(made.changes.some(({ action, uid }) => action === 'create' && uid === 'bank-d')).toBe(true);
});

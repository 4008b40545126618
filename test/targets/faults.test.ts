/**
 * Syncs that are cut off: at every request in turn, and in a thousand random schedules. A run either succeeds or says
 * what is left; the next one without faults converges; nothing foreign is touched; nothing is applied twice.
 */
import { type AxiosAdapter, AxiosHeaders } from 'axios';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Desired } from '../../src/model/resource.ts';
import { apply, plan } from '../../src/sync/index.ts';
import { openGrafana } from '../../src/targets/grafana/index.ts';
import { adapterTo, FAULTS, type Fault, Killed } from '../support/fake-grafana/adapter.ts';
import { createFakeGrafana, type FakeGrafana, TOKENS } from '../support/fake-grafana/index.ts';
import type { State } from '../support/fake-grafana/state.ts';
import { httpWorld } from '../support/http-world.ts';
import { after, before, OWNER, secretValues } from '../support/small-estate.ts';

type FaultOf = (request: number, method: string) => Fault | undefined;
type Ended = { readonly said: readonly string[]; readonly changes: number; readonly requests: number };

/** One run, as the command does it. Answers with all that it says went wrong. */
async function run(fake: FakeGrafana, desired: Desired, faultOf: FaultOf = () => undefined): Promise<Ended> {
  const target = openGrafana({
    url: 'http://fake.example',
    token: { reveal: () => TOKENS.editor },
    owner: OWNER,
    ownerTag: `as-code:${OWNER}`,
    commit: 'abc1234',
    secret: (name) => ({ reveal: () => secretValues[name] ?? '' }),
    adapter: adapterTo(fake, faultOf),
    world: httpWorld(),
  });
  const requests = () => target.requests?.() ?? 0;
  try {
    const prepared = target.prepare?.(desired) ?? desired;
    const live = await target.read(prepared, {});
    const made = plan(prepared, live, target.identity, { scope: {}, maxDeletes: 100 });
    const { failed, skipped } = await apply(made, target);
    const changes = made.changes.filter(({ action }) => action !== 'unchanged').length;
    const said = [...failed.map(({ error }) => String(error)), ...skipped.map(({ because }) => because)];
    return { said, changes, requests: requests() };
  } catch (error) {
    if (!(error instanceof Killed) && !('remedy' in (error as Error))) throw error;
    return { said: [String(error)], changes: -1, requests: requests() };
  }
}

const foreign = {
  dashboard: 'theirs',
  rule: 'theirs-rule',
  integration: 'theirs-1',
} as const;

/** Everything of others, to the last version. */
function theirs({ dashboards, rules, integrations, folders }: State): string {
  return JSON.stringify([
    dashboards.get(foreign.dashboard),
    rules.get(foreign.rule),
    integrations.get(foreign.integration),
    folders.get('theirs-folder'),
  ]);
}

async function ask(
  fake: FakeGrafana,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<void> {
  const authorization = `Basic ${Buffer.from('admin:admin').toString('base64')}`;
  const answer = await fake.app.request(path, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

async function withForeigners(fake: FakeGrafana): Promise<void> {
  const metadata = { name: foreign.dashboard, annotations: { 'grafana.app/folder': 'bank-services' } };
  await ask(fake, '/apis/dashboard.grafana.app/v0alpha1/namespaces/default/dashboards', {
    metadata,
    spec: { title: 'Theirs', panels: [] },
  });
  const rule = {
    uid: foreign.rule,
    title: 'Theirs',
    for: '1m',
    noDataState: 'OK',
    execErrState: 'OK',
    folderUID: 'bank-services',
    ruleGroup: 'mixed',
    data: [],
  };
  await ask(fake, '/api/v1/provisioning/alert-rules', rule, { 'x-disable-provenance': '1' });
  await ask(fake, '/api/v1/provisioning/contact-points', {
    uid: foreign.integration,
    name: 'bank-chat',
    type: 'email',
    settings: { addresses: 'a@b.example' },
  });
  await ask(fake, '/apis/folder.grafana.app/v1beta1/namespaces/default/folders', {
    metadata: { name: 'theirs-folder', annotations: { 'grafana.app/folder': 'bank-services' } },
    spec: { title: 'Theirs' },
  });
}

/** Runs with faults, then without, and checks what has to hold. */
async function survives(base: State, desired: Desired, faultOf: FaultOf): Promise<void> {
  const fake = createFakeGrafana({}, base);
  const others = theirs(base);
  const saves = new Map([...base.dashboards.values()].map(({ name, history }) => [name, history.length]));
  const first = await run(fake, desired, faultOf);
  expect(theirs(fake.state)).toBe(others);
  const second = await run(fake, desired);
  expect(second.said).toEqual([]);
  // A run that said nothing left nothing.
  if (first.said.length === 0) expect(second.changes).toBe(0);
  if (second.changes !== 0) expect(await run(fake, desired)).toMatchObject({ said: [], changes: 0 });
  expect(theirs(fake.state)).toBe(others);
  for (const { name, history } of fake.state.dashboards.values()) {
    expect(history.length - (saves.get(name) ?? 0)).toBeLessThanOrEqual(1);
  }
  const integrations = [...fake.state.integrations.values()].filter(({ uid }) => uid !== foreign.integration);
  expect(integrations.map(({ name }) => name).sort()).toEqual(
    desired.resources.filter(({ kind }) => kind === 'contact-point').map(({ uid }) => uid),
  );
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe.each(['unified', 'legacy'] as const)('with %s storage', (storage) => {
  let empty: State;
  let synced: State;
  beforeAll(async () => {
    empty = createFakeGrafana({ storage }).state;
    const fake = createFakeGrafana({ storage });
    expect((await run(fake, before)).said).toEqual([]);
    await withForeigners(fake);
    fake.wait(60_000);
    synced = fake.state;
  });

  test.each(FAULTS)('a first sync survives "%s" at any request', async (fault) => {
    const { requests } = await run(createFakeGrafana({}, empty), before);
    for (let at = 0; at < requests; at += 1) {
      await survives(empty, before, (request) => (request === at ? fault : undefined));
    }
  });

  test.each(FAULTS)('an update survives "%s" at any request', async (fault) => {
    const { requests, said } = await run(createFakeGrafana({}, synced), after);
    expect(said).toEqual([]);
    for (let at = 0; at < requests; at += 1) {
      await survives(synced, after, (request) => (request === at ? fault : undefined));
    }
  });

  test('a hundred and fifty random schedules of faults', async () => {
    for (let seed = 1; seed <= 150; seed += 1) {
      const next = random(seed * (storage === 'unified' ? 1 : 7919));
      const rate = next() * 0.5;
      const schedule: FaultOf = () => (next() < rate ? FAULTS[Math.floor(next() * FAULTS.length)] : undefined);
      try {
        await survives(seed % 4 === 0 ? empty : synced, seed % 4 === 0 ? before : after, schedule);
      } catch (cause) {
        throw new Error(`schedule ${seed} on ${storage} storage`, { cause });
      }
    }
  }, 60_000);
});

test.each(['unified', 'legacy'] as const)(
  'a new folder stays while it may hide something, with %s storage',
  async (storage) => {
    const fake = createFakeGrafana({ storage });
    await run(fake, before);
    const metadata = { name: foreign.dashboard, annotations: { 'grafana.app/folder': 'bank-services' } };
    const board = { metadata, spec: { title: 'Theirs', panels: [] } };
    await ask(fake, '/apis/dashboard.grafana.app/v0alpha1/namespaces/default/dashboards', board);
    // Nobody waited: lists and counts leave out what is in the folder, and older storage deletes it with the folder.
    expect((await run(fake, { resources: [] })).said).toEqual([]);
    expect([...fake.state.dashboards.keys()]).toContain(foreign.dashboard);
    fake.wait(61_000);
    expect((await run(fake, { resources: [] })).said).toEqual([]);
    expect([...fake.state.dashboards.keys()]).toEqual([foreign.dashboard]);
    expect(fake.state.folders.has('bank-services')).toBe(true);
  },
);

test.each<[string, (token: string) => string]>([
  ['repeats its token', () => 'again'],
  ['has a new token for ever', (token) => `${token}x`],
])('a list that %s is an error, and nothing is written', async (_, next) => {
  const fake = createFakeGrafana();
  const inner = adapterTo(fake);
  const adapter: AxiosAdapter = async (config) => {
    if (config.url?.includes('/dashboards?') !== true) return inner(config);
    const token = /continue=([^&]*)/.exec(config.url)?.[1] ?? '';
    const data = JSON.stringify({ metadata: { continue: next(token) }, items: [] });
    return { status: 200, data, statusText: '', headers: AxiosHeaders.from({}), config };
  };
  const target = openGrafana({
    url: 'http://fake.example',
    token: { reveal: () => TOKENS.editor },
    owner: OWNER,
    ownerTag: `as-code:${OWNER}`,
    commit: 'abc1234',
    secret: () => undefined,
    adapter,
    world: httpWorld(),
  });
  await expect(target.read(before, {})).rejects.toMatchObject({ code: 'G019' });
  expect(fake.log.every(({ method }) => method === 'GET')).toBe(true);
});

import { expect, test } from 'vitest';
import { openDeployments } from '../../src/targets/grafana/deployments.ts';
import { adapterTo } from '../support/fake-grafana/adapter.ts';
import { TOKENS } from '../support/fake-grafana/index.ts';
import { httpWorld, sleep } from '../support/http-world.ts';
import { asAdmin, fakeSite, realSite, type Site } from './site.ts';

const real = realSite();
const sites: readonly Site[] = [fakeSite('unified'), ...(real === undefined ? [] : [real])];

const MINUTE = 60_000;
const NOON = Date.parse('2026-01-14T12:00:00Z');
let count = 0;

/** A service of its own for each test: marks outlive tests on a real Grafana. */
function aDeployment(version = 'v1.2.3', at = NOON) {
  return { service: { id: `svc-${process.pid}-${count}`, title: 'User <Service>' }, version, at };
}

function open(site: Site, token = site.token) {
  count += 1;
  return openDeployments({
    url: site.url,
    token: { reveal: () => token },
    world: httpWorld(site.fake === undefined ? { sleep } : {}),
    ...(site.fake === undefined ? {} : { adapter: adapterTo(site.fake) }),
  });
}

interface Mark {
  readonly time: number;
  readonly timeEnd: number;
  readonly text: string;
  readonly tags: readonly string[];
}

/** The marks that a service's dashboard shows. */
async function shown(site: Site, service: string): Promise<readonly Mark[]> {
  const query = `tags=deployment&tags=${encodeURIComponent(`service:${service}`)}&type=annotation`;
  return (await asAdmin(site, 'GET', `/api/annotations?${query}`)).body as readonly Mark[];
}

test.each(sites)('$name: a deployment is marked once, however often it is repeated', async (site) => {
  const marks = open(site);
  const deployment = { ...aDeployment(), sha: '3f2a9c1d4e5f67890', link: 'https://ci.example.com/run?a=1&b=2' };
  expect(await marks.mark(deployment)).toEqual({ outcome: 'marked', from: NOON });
  const again = { ...deployment, at: NOON + 5 * MINUTE, link: 'https://ci.example.com/run/other' };
  expect(await marks.mark(again)).toEqual({ outcome: 'already marked', from: NOON });
  const { sha: _unused, ...without } = again;
  expect(await marks.mark(without)).toMatchObject({ outcome: 'already marked' });
  const [mark, ...others] = await shown(site, deployment.service.id);
  expect(others).toEqual([]);
  expect([...(mark?.tags ?? [])].sort()).toEqual([
    'deployment',
    `service:${deployment.service.id}`,
    'sha:3f2a9c1d4e5f',
    'version:v1.2.3',
  ]);
  expect(mark?.text).toBe(
    'User &lt;Service&gt; v1.2.3 (3f2a9c1d4e5f)\n<a href="https://ci.example.com/run?a=1&amp;b=2" target="_blank">ci.example.com</a>',
  );
});

test.each(sites)('$name: the tag of an image and its digest are marked once, and taken back', async (site) => {
  const marks = open(site);
  const deployment = { ...aDeployment('registry/user-account:v1.2.3'), sha: 'sha256:3f2a9c1d4e5f67890' };
  expect((await marks.mark(deployment)).outcome).toBe('marked');
  expect((await marks.mark({ ...deployment, at: NOON + MINUTE })).outcome).toBe('already marked');
  const other = { ...deployment, version: 'registry/user-account:v1.2.4', at: NOON + 2 * MINUTE };
  expect((await marks.mark(other)).outcome).toBe('marked');
  expect((await marks.close({ ...deployment, at: NOON + 3 * MINUTE })).outcome).toBe('closed');
  expect((await shown(site, deployment.service.id)).map(({ text }) => text.split('\n')[0])).toEqual(
    expect.arrayContaining([expect.stringContaining('registry/user-account:v1.2.3 (3f2a9c1d4e5f)')]),
  );
});

test.each(sites)('$name: a repeat from a machine whose clock is behind writes nothing', async (site) => {
  const marks = open(site);
  const deployment = aDeployment();
  await marks.mark(deployment);
  expect((await marks.mark({ ...deployment, at: NOON - MINUTE })).outcome).toBe('already marked');
  expect(await shown(site, deployment.service.id)).toHaveLength(1);
});

test.each(sites)(
  '$name: a mark of long ago is found behind a hundred later ones',
  { timeout: 60_000 },
  async (site) => {
    const marks = open(site);
    const deployment = aDeployment();
    await marks.mark(deployment);
    for (let index = 1; index <= 101; index += 1)
      await marks.mark({ ...deployment, version: `v2.${index}`, at: NOON + index * MINUTE });
    expect((await marks.mark({ ...deployment, at: NOON + 1000 })).outcome).toBe('already marked');
    expect((await marks.close({ ...deployment, at: NOON + 2000 })).outcome).toBe('closed');
  },
);

test.each(sites)('$name: a rollback makes the mark a region, once', async (site) => {
  const marks = open(site);
  const deployment = aDeployment();
  await marks.mark(deployment);
  const later = { ...deployment, at: NOON + 120 * MINUTE };
  expect(await marks.close(later)).toEqual({ outcome: 'closed', from: NOON, until: later.at });
  const again = { ...deployment, at: NOON + 180 * MINUTE };
  expect(await marks.close(again)).toEqual({ outcome: 'already closed', from: NOON, until: later.at });
  expect(await marks.mark(deployment)).toEqual({ outcome: 'already marked', from: NOON });
  const [mark, ...others] = await shown(site, deployment.service.id);
  expect(others).toEqual([]);
  expect(mark).toMatchObject({ time: NOON, timeEnd: later.at, text: 'User &lt;Service&gt; v1.2.3\nrolled back' });
});

test.each(sites)(
  '$name: the same version after a rollback, or after another one, is a deployment of its own',
  async (site) => {
    const marks = open(site);
    const at = (version: string, minutes: number) => aDeployment(version, NOON + minutes * MINUTE);
    expect((await marks.mark(at('v1', 0))).outcome).toBe('marked');
    expect((await marks.mark(at('v2', 10))).outcome).toBe('marked');
    expect((await marks.close(at('v2', 20))).outcome).toBe('closed');
    expect((await marks.mark(at('v1', 20))).outcome).toBe('marked');
    expect((await marks.mark(at('v2', 30))).outcome).toBe('marked');
    expect((await marks.mark(at('v2', 31))).outcome).toBe('already marked');
    expect(await shown(site, at('v1', 0).service.id)).toHaveLength(4);
  },
);

test.each(sites)(
  '$name: of two marks of one moment the later one counts, and a rollback closes the one before it',
  async (site) => {
    const marks = open(site);
    await marks.mark(aDeployment('v1'));
    await marks.mark(aDeployment('v2'));
    expect((await marks.mark(aDeployment('v2', NOON + MINUTE))).outcome).toBe('already marked');
    await marks.mark(aDeployment('v3', NOON + 5 * MINUTE));
    await marks.mark(aDeployment('v2', NOON + 10 * MINUTE));
    const closed = await marks.close(aDeployment('v2', NOON + 4 * MINUTE));
    expect(closed).toMatchObject({ outcome: 'closed', from: NOON, until: NOON + 4 * MINUTE });
  },
);

test.each(sites)('$name: a tag that moves to another commit is a deployment of its own', async (site) => {
  const marks = open(site);
  await marks.mark({ ...aDeployment('latest'), sha: 'aaaaaaaaaaaaaaaa' });
  const moved = { ...aDeployment('latest', NOON + MINUTE), sha: 'bbbbbbbbbbbbbbbb' };
  expect((await marks.mark(moved)).outcome).toBe('marked');
});

test.each(sites)('$name: what was never marked, or began later, cannot be closed', async (site) => {
  const marks = open(site);
  await marks.mark(aDeployment('v1'));
  await expect(marks.close(aDeployment('v2'))).rejects.toMatchObject({ code: 'N002' });
  await expect(marks.close(aDeployment('v1', NOON - MINUTE))).rejects.toMatchObject({ code: 'N003' });
});

test('an account without the right is told which one it needs', async () => {
  const site = fakeSite('unified');
  await expect(open(site, TOKENS.viewer).mark(aDeployment())).rejects.toMatchObject({ code: 'G006', kind: 'access' });
});

test.each(sites)(
  '$name: two environments mark one version each for itself, and a rollback of one leaves the other',
  async (site) => {
    const marks = open(site);
    const deployment = aDeployment();
    const [production, staging] = ['acme', 'acmestg'].map((mark) => ({ ...deployment, tags: [`as-code:${mark}`] }));
    if (production === undefined || staging === undefined) throw new Error('there are two');
    expect(await marks.mark(staging)).toEqual({ outcome: 'marked', from: NOON });
    expect(await marks.mark({ ...production, at: NOON + 5 * MINUTE })).toEqual({
      outcome: 'marked',
      from: NOON + 5 * MINUTE,
    });
    await marks.close({ ...production, at: NOON + 10 * MINUTE });
    const seen = await shown(site, deployment.service.id);
    const regions = seen.filter(({ time, timeEnd }) => timeEnd > time);
    expect(regions.map(({ tags }) => tags.filter((tag) => tag.startsWith('as-code:')))).toEqual([['as-code:acme']]);
    expect(seen).toHaveLength(2);
  },
);

/** Two environments in one Grafana, whose marks begin alike: the same against the fake and a real one, see behaviour.test.ts. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { buildFrom } from '../../src/app/build-project.ts';
import type { Desired } from '../../src/model/resource.ts';
import { only, retitled, withThreshold } from '../support/estate.ts';
import { bankServices, project, sourceOf } from '../support/world.ts';
import { editRule, FOLDERS, readBoard, rulesOfGroup, saveByHand } from './foreign.ts';
import { asAdmin, fakeSite, planFor, problems, realSite, type Site, sync, told } from './site.ts';

const real = process.env['MODE'] === 'contract';
const found = real ? realSite() : undefined;
if (real && found === undefined) {
  test.skip('needs GRAFANA_URL, GRAFANA_TOKEN, GRAFANA_USER and GRAFANA_PASSWORD', () => undefined);
}
const sites: readonly Site[] = real ? (found === undefined ? [] : [found]) : [fakeSite('unified'), fakeSite('legacy')];
const user = 'user-account';
const services = bankServices.filter(({ id }) => id === user || id === 'offer-service');

/** What a project of two environments describes in each. */
function builtFor(production: string, staging: string): readonly [production: Desired, staging: Desired] {
  const environment = (mark: string, name: string) => ({
    mark,
    dataSource: project.dataSource,
    folder: { uid: `${mark}-services`, title: `Bank of ${mark}` },
    labels: { environment: name },
  });
  const environments = {
    production: environment(production, 'production'),
    staging: environment(staging, 'staging'),
  };
  const [first, second] = ['production', 'staging'].map((name) => {
    const built = buildFrom({ ...sourceOf(services), environments }, name);
    if (!built.ok) throw new Error(built.problems.map(({ message }) => message).join('\n'));
    return built.desired;
  });
  if (first === undefined || second === undefined) throw new Error('there are two environments');
  return [first, second];
}

describe.each(sites)('on $name, two environments whose marks begin alike', { sequential: true }, (site) => {
  // The shorter one is the beginning of the longer one.
  const production = `e${randomBytes(3).toString('hex')}`;
  const staging = `${production}st`;
  const [desired, staged] = builtFor(production, staging);

  /** Nothing is to be done for an environment, and nothing of it was edited. */
  async function isAsWanted(mark: string, wanted: Desired): Promise<void> {
    const { plan } = await planFor(site, mark, wanted);
    expect([mark, told(plan.changes), plan.drift, plan.repairs]).toEqual([mark, [], [], []]);
  }

  test('are synced beside each other, and neither sees the other', async () => {
    for (const [mark, wanted] of [
      [production, desired],
      [staging, staged],
    ] as const) {
      await sync(
        site,
        mark,
        only(wanted, ({ kind }) => kind === 'folder'),
      );
    }
    await site.settle();
    const first = await sync(site, production, desired);
    expect(problems(first.outcome)).toEqual([]);
    const second = await sync(site, staging, staged);
    expect(problems(second.outcome)).toEqual([]);
    expect(second.plan.changes.filter(({ action }) => action !== 'create' && action !== 'unchanged')).toEqual([]);
    await isAsWanted(production, desired);
    await isAsWanted(staging, staged);
    const seen = (await planFor(site, production, desired)).live.objects.filter(({ owned }) => owned);
    expect(seen.filter(({ uid }) => !uid.startsWith(`${production}-`))).toEqual([]);
  }, 300_000);

  test('an edit by hand in one is drift of it alone, and overwriting drift elsewhere leaves it', async () => {
    const board = `${production}-${user}`;
    await saveByHand(site, board, `${production}-services`, 'tweak', (spec) => {
      spec['title'] = 'Edited by hand';
    });
    await editRule(site, `${production}-${user}-errors`, { for: '45m' });
    await isAsWanted(staging, staged);
    const other = await sync(site, staging, retitled(staged, `${staging}-${user}`, 'A new title'), {
      overwriteDrift: true,
    });
    expect(told(other.plan.changes)).toEqual([`update dashboard ${staging}-${user}`]);
    const { plan } = await planFor(site, production, desired);
    expect(plan.drift.map(({ uid }) => uid).sort()).toEqual([board, `${board}-errors`]);
    await sync(site, production, desired, { overwriteDrift: true });
    await sync(site, staging, staged);
    await isAsWanted(production, desired);
    await isAsWanted(staging, staged);
  }, 300_000);

  test('a change and a prune of one leave the other as it is, whichever mark is the longer', async () => {
    for (const [mark, wanted, others, theirs] of [
      [production, desired, staging, staged],
      [staging, staged, production, desired],
    ] as const) {
      const less = only(
        withThreshold(wanted, `${mark}-${user}-errors`, 0.07),
        (resource) => !('service' in resource) || resource.service === user,
      );
      const pruned = await sync(site, mark, less, { maxDeletes: 100 });
      expect(problems(pruned.outcome)).toEqual([]);
      expect(told(pruned.plan.changes).every((line) => line.includes(` ${mark}-`))).toBe(true);
      expect(pruned.plan.changes.some(({ action, kind }) => action === 'delete' && kind === 'dashboard')).toBe(true);
      await isAsWanted(others, theirs);
      const back = await sync(site, mark, wanted);
      expect(problems(back.outcome)).toEqual([]);
    }
  }, 300_000);

  test('all of one can go, folder and contact points too, and the other stays', async () => {
    const gone = await sync(site, production, { resources: [] }, { maxDeletes: Number.MAX_SAFE_INTEGER });
    expect(problems(gone.outcome)).toEqual([]);
    await site.settle();
    await site.settle();
    await sync(site, production, { resources: [] }, { maxDeletes: Number.MAX_SAFE_INTEGER });
    expect(await readBoard(site, `${production}-${user}`)).toBeUndefined();
    expect((await asAdmin(site, 'GET', `${FOLDERS}/${production}-services`)).status).toBe(404);
    await isAsWanted(staging, staged);
    expect((await rulesOfGroup(site, `${staging}-services`, user)).length).toBeGreaterThan(0);
    await sync(site, staging, { resources: [] }, { maxDeletes: Number.MAX_SAFE_INTEGER });
    await sync(site, staging, { resources: [] }, { maxDeletes: Number.MAX_SAFE_INTEGER });
  }, 600_000);
});

/** Time intervals on a Grafana: the same against the fake and a real one, see behaviour.test.ts. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Interval } from '../../src/model/kinds/time-interval.ts';
import type { Desired, Resource, RuleResource } from '../../src/model/resource.ts';
import { changeText } from '../../src/report/common/words.ts';
import { apply } from '../../src/sync/index.ts';
import { changed, estateOf } from '../support/estate.ts';
import { bankServices } from '../support/world.ts';
import { editRule, foreignRule } from './foreign.ts';
import { asAdmin, fakeSite, open, ownersOn, planFor, problems, realSite, type Site, sync, told } from './site.ts';

const real = process.env['MODE'] === 'contract';
const found = real ? realSite() : undefined;
if (real && found === undefined) {
  test.skip('needs GRAFANA_URL, GRAFANA_TOKEN, GRAFANA_USER and GRAFANA_PASSWORD', () => undefined);
}
const sites: readonly Site[] = real ? (found === undefined ? [] : [found]) : [fakeSite('unified'), fakeSite('legacy')];
const user = 'user-account';
const service = bankServices.filter(({ id }) => id === user);
const MUTE_TIMINGS = '/api/v1/provisioning/mute-timings';
const OWNERS = 11;

/** Everything that Grafana prints in its own way, and what it keeps. */
const NIGHTS: readonly Interval[] = [
  {
    times: [
      { startTime: '22:00', endTime: '24:00' },
      { startTime: '00:00', endTime: '06:00' },
    ],
    weekdays: ['monday:friday', 'sunday'],
    location: 'Europe/Berlin',
  },
  { daysOfMonth: ['24:26', '-1'], months: ['12', '1:3'], years: ['2026:2030'] },
];

describe.each(sites)('time intervals on $name', (site) => {
  const owners: string[] = [];

  beforeAll(async () => {
    owners.push(...(await ownersOn(site, OWNERS)));
  }, 300_000);

  /** An estate with a time interval, in which warnings of a service are silent. */
  function estate(intervals: readonly Interval[] = NIGHTS): { owner: string; desired: Desired; nights: string } {
    const owner = owners.pop();
    if (owner === undefined) throw new Error(`the suite needs more than ${OWNERS} owners`);
    const nights = `${owner}-nights`;
    return { owner, nights, desired: withNights(owner, intervals) };
  }

  function withNights(owner: string, intervals: readonly Interval[], muted = true): Desired {
    const name = `${owner}-nights`;
    const about = { kind: 'time-interval', uid: name, title: name, source: 'alerts/routing.ts' } as const;
    const resources = estateOf(owner, service).resources.map((resource): Resource => {
      if (!muted || resource.kind !== 'rule' || resource.rule.severity !== 'warning') return resource;
      const notification = { ...resource.rule.notification, muteTimeIntervals: [name] };
      return { ...resource, rule: { ...resource.rule, notification } };
    });
    return { resources: [{ ...about, timeInterval: { name, intervals } }, ...resources] };
  }

  const without = ({ resources }: Desired, nights: string): Desired => ({
    resources: resources
      .filter(({ uid }) => uid !== nights)
      .map((resource): Resource => {
        if (resource.kind !== 'rule') return resource;
        const { muteTimeIntervals: _muted, ...notification } = resource.rule.notification;
        return { ...resource, rule: { ...resource.rule, notification } };
      }),
  });

  const timingsOf = async (name: string) => {
    const { body } = await asAdmin(site, 'GET', MUTE_TIMINGS);
    return (body as { name: string; provenance?: string; version: string }[]).filter((timing) => timing.name === name);
  };

  test('are written before the rules that name them, and a second sync sends no write', async () => {
    const { owner, desired, nights } = estate();
    const first = await sync(site, owner, desired);
    expect(problems(first.outcome)).toEqual([]);
    const paths = first.writes().map(({ path }) => path);
    expect(paths.findIndex((path) => path.includes('mute-timings'))).toBeLessThan(
      paths.findIndex((path) => path.includes('rule-groups')),
    );
    expect(await timingsOf(nights)).toMatchObject([{ name: nights, provenance: 'api' }]);
    const second = await sync(site, owner, desired);
    expect(told(second.plan.changes)).toEqual([]);
    expect(second.writes()).toEqual([]);
  });

  test('that change are updated in one write, after a backup, and the plan says that it affects paging', async () => {
    const { owner, desired, nights } = estate();
    await sync(site, owner, desired);
    const backups: string[] = [];
    const update = await sync(site, owner, withNights(owner, [{ weekdays: ['saturday', 'sunday'] }]), {
      apply: { backUp: async (resources) => String(backups.push(...resources.map(({ uid }) => uid))) },
    });
    expect(problems(update.outcome)).toEqual([]);
    expect(told(update.plan.changes)).toEqual([`update time-interval ${nights}`]);
    expect(update.writes().map(({ method }) => method)).toEqual(['PUT']);
    expect(backups).toEqual([nights]);
    const [change] = update.plan.changes.filter(({ action }) => action === 'update');
    const meanings = change?.action === 'update' ? change.meanings : [];
    expect(meanings.map((meaning) => [meaning.paging, changeText(meaning)])).toEqual([
      [true, expect.stringContaining('saturday sunday UTC')],
    ]);
  });

  test('that left the code go after the rules that named them, and come back from the backup', async () => {
    const { owner, desired, nights } = estate();
    await sync(site, owner, desired);
    let kept: readonly Resource[] = [];
    const backUp = async (resources: readonly Resource[]) => {
      kept = resources.filter(({ kind }) => kind === 'time-interval');
      return 'backup';
    };
    const left = await sync(site, owner, without(desired, nights), { apply: { backUp } });
    expect(problems(left.outcome)).toEqual([]);
    expect(told(left.plan.changes)).toContain(`delete time-interval ${nights}`);
    expect(left.writes().at(-1)).toMatchObject({ method: 'DELETE' });
    expect(await timingsOf(nights)).toEqual([]);
    const back = await sync(site, owner, { resources: [...without(desired, nights).resources, ...kept] });
    expect(told(back.plan.changes)).toEqual([`create time-interval ${nights}`]);
    expect(problems(back.outcome)).toEqual([]);
    expect(told((await planFor(site, owner, withNights(owner, NIGHTS, false))).plan.changes)).toEqual([]);
  });

  test('a mute of a rule that comes or goes is a change of whom it pages', async () => {
    const { owner, nights, desired } = estate();
    await sync(site, owner, without(desired, nights));
    const { plan } = await planFor(site, owner, desired);
    const updates = plan.changes.filter((change) => change.action === 'update');
    expect(updates.length).toBeGreaterThan(0);
    for (const { kind, meanings } of updates) {
      expect(kind).toBe('rule');
      expect(meanings.map((meaning) => [meaning.paging, changeText(meaning)])).toEqual([
        [true, expect.stringMatching(/^mute time intervals .*nights.* added$/)],
      ]);
    }
  });

  test('changed by somebody else are put right, with what they had kept in the backup', async () => {
    const { owner, desired, nights } = estate();
    await sync(site, owner, desired);
    const body = { name: nights, time_intervals: [{ months: ['june:august'] }] };
    expect((await asAdmin(site, 'PUT', `${MUTE_TIMINGS}/${nights}`, body)).status).toBe(202);
    const { plan } = await planFor(site, owner, desired);
    expect(plan.changes.filter(({ action }) => action !== 'unchanged')).toMatchObject([
      { action: 'update', uid: nights, overwrites: { timeInterval: { intervals: [{ months: ['6:8'] }] } } },
    ]);
    expect(problems((await sync(site, owner, desired)).outcome)).toEqual([]);
    expect(told((await planFor(site, owner, desired)).plan.changes)).toEqual([]);
  });

  test('of the same name that were made in the editor are left alone, and hold up what needs them', async () => {
    const { owner, desired, nights } = estate();
    const body = { name: nights, time_intervals: [{ weekdays: ['friday'] }] };
    const made = await asAdmin(site, 'POST', MUTE_TIMINGS, body, { 'X-Disable-Provenance': 'true' });
    expect(made.status).toBe(201);
    const before = await timingsOf(nights);
    const { plan } = await sync(site, owner, desired);
    const blocked = plan.changes.filter((change) => change.action === 'blocked');
    expect(blocked.map(({ kind, diagnostic }) => `${kind} ${diagnostic.code}`)).toContain('time-interval S001');
    expect(blocked.filter(({ kind }) => kind === 'rule').every(({ diagnostic }) => diagnostic.code === 'S007')).toBe(
      true,
    );
    // Not in the code any more, it is still not ours.
    await sync(site, owner, { resources: desired.resources.filter(({ kind }) => kind === 'folder') });
    expect(await timingsOf(nights)).toEqual(before);
    await asAdmin(site, 'DELETE', `${MUTE_TIMINGS}/${nights}`, undefined, { 'X-Disable-Provenance': 'true' });
  });

  test('that changed after the plan are refused, whether they were to be updated or deleted', async () => {
    const { owner, desired, nights } = estate();
    await sync(site, owner, desired);
    const update = await planFor(site, owner, withNights(owner, [{ weekdays: ['saturday'] }]));
    const remove = await planFor(site, owner, without(desired, nights));
    const body = { name: nights, time_intervals: [{ months: ['6'] }] };
    await asAdmin(site, 'PUT', `${MUTE_TIMINGS}/${nights}`, body);
    for (const { plan, target } of [update, remove]) {
      const { failed } = await apply(plan, target);
      expect(failed.map(({ error }) => error)).toMatchObject([{ code: 'S004' }]);
    }
    expect(await timingsOf(nights)).toHaveLength(1);
  });

  test('in use by a rule or a policy of somebody else stay, and the plan says by whom', async () => {
    const { owner, desired, nights } = estate();
    await sync(site, owner, desired);
    const left = without(desired, nights);
    const early = await planFor(site, owner, left);
    await foreignRule(site, `x${owner}-rule`, `${owner}-services`, 'theirs');
    const settings = { receiver: `${owner}-chat`, mute_time_intervals: [nights] };
    await editRule(site, `x${owner}-rule`, { notification_settings: settings });
    const blocked = (await planFor(site, owner, left)).plan.changes.flatMap((change) =>
      change.action === 'blocked' ? [`${change.diagnostic.code} ${change.diagnostic.message}`] : [],
    );
    expect(blocked).toEqual(['S008 left the code and is still used by alert rule Theirs']);
    const { failed } = await apply(early.plan, early.target);
    expect(failed.map(({ error }) => error)).toMatchObject([{ code: 'S008' }]);
    await asAdmin(site, 'DELETE', `/api/v1/provisioning/alert-rules/x${owner}-rule`);
    expect(problems((await sync(site, owner, left)).outcome)).toEqual([]);
    expect(await timingsOf(nights)).toEqual([]);
  });

  test('a part of a sync makes them where they are missing, and leaves them as they are otherwise', async () => {
    const { owner, desired, nights } = estate();
    const part = await sync(site, owner, desired, { scope: { service: user } });
    expect(told(part.plan.changes)).toContain(`create time-interval ${nights}`);
    const other = withNights(owner, [{ weekdays: ['saturday'] }]);
    expect(told((await planFor(site, owner, other, { scope: { service: user } })).plan.changes)).toEqual([]);
    const boards = await planFor(site, owner, other, { scope: { only: 'dashboards' } });
    expect(told(boards.plan.changes)).toEqual([`create dashboard ${owner}-overview`]);
    const alerts = await planFor(site, owner, other, { scope: { only: 'alerts' } });
    expect(told(alerts.plan.changes).filter((line) => !line.includes(' rule '))).toEqual(
      expect.arrayContaining([`update time-interval ${nights}`]),
    );
  });

  test('a rule of which somebody took the mute is a hand edit, and kept', async () => {
    const { owner, desired } = estate();
    await sync(site, owner, desired);
    const rule = desired.resources.find(
      (resource): resource is RuleResource => resource.kind === 'rule' && resource.rule.severity === 'warning',
    );
    if (rule === undefined) throw new Error('no warning in the estate');
    const { receiver } = rule.rule.notification;
    await editRule(site, rule.uid, { notification_settings: { receiver } });
    const { plan } = await planFor(site, owner, desired);
    expect(plan.drift.map(({ uid, kept }) => [uid, kept])).toEqual([[rule.uid, true]]);
    expect(told(plan.changes)).toEqual([`blocked rule ${rule.uid}`]);
    const again = changed(desired, rule.uid, (resource) => resource);
    expect(problems((await sync(site, owner, again, { overwriteDrift: true })).outcome)).toEqual([]);
  });

  test('are read with the rights of a Viewer', async () => {
    if (site.viewer === undefined) return;
    const { owner, desired, nights } = estate();
    await sync(site, owner, desired);
    const { target } = open(site, owner, undefined, false, site.viewer);
    const { objects } = await target.read(target.prepare?.(desired) ?? desired, {});
    expect(objects.filter(({ uid }) => uid === nights)).toMatchObject([{ owned: true, kind: 'time-interval' }]);
  });
});

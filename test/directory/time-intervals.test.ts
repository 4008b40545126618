/** Time intervals as files of Grafana's provisioning. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import type { Interval } from '../../src/model/kinds/time-interval.ts';
import { isNoOp, type Plan } from '../../src/model/plan.ts';
import type { Desired, RuleResource, TimeIntervalResource } from '../../src/model/resource.ts';
import { apply, type Outcome, plan } from '../../src/sync/index.ts';
import { openDirectory } from '../../src/targets/directory/index.ts';
import { SELF } from '../support/run.ts';
import { desiredOf } from '../support/world.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'time-intervals-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
});

const FILE = 'grafana/alerting/bank-time-intervals.yaml';
const NIGHTS: readonly Interval[] = [
  { times: [{ startTime: '22:00', endTime: '24:00' }], weekdays: ['monday:friday'], location: 'Europe/Berlin' },
  { daysOfMonth: ['1:7', '-1'], months: ['1:3'], years: ['2026'] },
];

const rule = desiredOf().resources.find((resource): resource is RuleResource => resource.kind === 'rule');

/** A time interval, and a rule that is muted in it. */
function estate(intervals: readonly Interval[] | undefined = NIGHTS): Desired {
  if (rule === undefined) throw new Error('the bank has no rule');
  const about = { kind: 'time-interval', uid: 'bank-nights', title: 'bank-nights', source: 'test' } as const;
  const nights: TimeIntervalResource = { ...about, timeInterval: { name: 'bank-nights', intervals } };
  const notification = { ...rule.rule.notification, muteTimeIntervals: ['bank-nights'] };
  const folder = { kind: 'folder', uid: rule.folderUid, title: 'Bank', source: 'test' } as const;
  return { resources: [folder, nights, { ...rule, rule: { ...rule.rule, notification } }] };
}

const unmuted = (): Desired => ({
  resources: estate().resources.flatMap((resource) =>
    resource.kind === 'time-interval' ? [] : resource.kind === 'rule' && rule !== undefined ? [rule] : [resource],
  ),
});

const target = () => openDirectory({ root, owner: 'bank', ownerTag: 'as-code:bank', self: SELF });

async function planned(desired: Desired): Promise<Plan> {
  const to = target();
  return plan(desired, await to.read(desired, {}), to.identity, { scope: {} });
}

async function sync(desired: Desired): Promise<{ made: Plan; outcome: Outcome }> {
  const made = await planned(desired);
  return { made, outcome: await apply(made, target()) };
}

const text = (path: string) => readFile(join(root, path), 'utf8');

describe('a time interval', () => {
  test('is a mute time of Grafana’s, in a file of its own, and a second sync writes nothing', async () => {
    const { outcome } = await sync(estate());
    expect(outcome.failed).toEqual([]);
    expect(parse(await text(FILE))).toEqual({
      apiVersion: 1,
      muteTimes: [
        {
          orgId: 1,
          name: 'bank-nights',
          time_intervals: [
            {
              times: [{ start_time: '22:00', end_time: '24:00' }],
              weekdays: ['monday:friday'],
              location: 'Europe/Berlin',
            },
            { days_of_month: ['1:7', '-1'], months: ['1:3'], years: ['2026'] },
          ],
        },
      ],
    });
    expect(isNoOp(await planned(estate()))).toBe(true);
  });

  test('has no text that an older reader of YAML takes for a number', async () => {
    await sync(estate());
    // YAML 1.1 counts 22:00 in sixties, and a year is a number in either.
    const loose = parse(await text(FILE), { version: '1.1' }) as {
      muteTimes: { time_intervals: Record<string, unknown>[] }[];
    };
    expect(loose.muteTimes[0]?.time_intervals).toMatchObject([
      { times: [{ start_time: '22:00', end_time: '24:00' }] },
      { days_of_month: ['1:7', '-1'], months: ['1:3'], years: ['2026'] },
    ]);
  });

  test('stands in the notification settings of the rule that it mutes', async () => {
    await sync(estate());
    const path = (await readdir(join(root, 'grafana/alerting'))).find((name) => name.startsWith('bank-rules-'));
    const file = parse(await text(`grafana/alerting/${path}`)) as {
      groups: { rules: { notification_settings: Record<string, unknown> }[] }[];
    };
    expect(file.groups[0]?.rules[0]?.notification_settings).toMatchObject({ mute_time_intervals: ['bank-nights'] });
  });

  test('that left the code is never listed for deletion: a Grafana in which a rule names it would not start', async () => {
    await sync(estate());
    const { made, outcome } = await sync(unmuted());
    expect(outcome.failed).toEqual([]);
    expect(made.changes.filter(({ action }) => action === 'delete').map(({ uid }) => uid)).toEqual(['bank-nights']);
    expect(made.notes).toMatchObject([
      { code: 'D012', subject: 'time interval bank-nights', remedy: expect.stringContaining('deleteMuteTimes') },
    ]);
    for (const name of await readdir(join(root, 'grafana/alerting'))) {
      expect(name).not.toContain('time-intervals');
      expect(await text(`grafana/alerting/${name}`)).not.toContain('MuteTimes');
    }
    expect(isNoOp(await planned(unmuted()))).toBe(true);
  });

  test('that was edited in its file is put right, and the plan says so', async () => {
    await sync(estate());
    await writeFile(join(root, FILE), (await text(FILE)).replace('22:00', '20:00'));
    const made = await planned(estate());
    expect(made.changes.filter(({ action }) => action !== 'unchanged')).toMatchObject([
      { action: 'update', kind: 'time-interval', repair: `${FILE} was changed since the last sync` },
    ]);
    await sync(estate());
    expect(await text(FILE)).toContain('22:00');
  });

  test('of the same name in a file of somebody else holds up ours alone', async () => {
    const path = join(root, 'grafana/alerting/theirs.yaml');
    await mkdir(dirname(path), { recursive: true });
    const theirs = 'apiVersion: 1\nmuteTimes:\n  - name: bank-nights\n    time_intervals: []\n';
    await writeFile(path, theirs);
    const { made } = await sync(estate());
    const blocked = made.changes.flatMap((change) =>
      change.action === 'blocked' ? [`${change.kind} ${change.diagnostic.code}`] : [],
    );
    expect(blocked).toEqual(['time-interval S001', 'rule S007']);
    expect(await readFile(path, 'utf8')).toBe(theirs);
  });
});

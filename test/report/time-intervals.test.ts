/** Time intervals in reviews, in plans, and in the files that reviews and restores are read from. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readRenderedAt } from '../../src/app/rendered-at.ts';
import { buildDiff } from '../../src/diff/index.ts';
import type { Interval } from '../../src/model/kinds/time-interval.ts';
import type { Resource, RuleResource, TimeIntervalResource } from '../../src/model/resource.ts';
import { renderDiffMarkdown, renderDiffText } from '../../src/report/index.ts';
import { parseBackup } from '../../src/report/plan/saved-plan.ts';
import { renderedFiles } from '../../src/report/rendered/files.ts';
import { desiredOf, project, rulesOf, sourceOf } from '../support/world.ts';

const BASE = { ref: 'main', commit: '3f2a9c1' };
const WEEKENDS: readonly Interval[] = [{ weekdays: ['saturday', 'sunday'], location: 'Europe/Berlin' }];

function nights(intervals: readonly Interval[] = WEEKENDS): TimeIntervalResource {
  const about = {
    kind: 'time-interval',
    uid: 'bank-nights',
    title: 'bank-nights',
    source: 'alerts/routing.ts',
  } as const;
  return { ...about, timeInterval: { name: 'bank-nights', intervals } };
}

const { resources } = desiredOf();
const [rule] = resources.filter((resource): resource is RuleResource => resource.kind === 'rule');

/** Everything, with one rule that is muted. */
const muted: readonly Resource[] = resources.map((resource) =>
  resource === rule && rule !== undefined
    ? {
        ...rule,
        rule: { ...rule.rule, notification: { ...rule.rule.notification, muteTimeIntervals: ['bank-nights'] } },
      }
    : resource,
);

describe('a time interval in a review', () => {
  test('that came says what it is, and that the rule is muted in it: both affect paging', () => {
    const text = renderDiffText(buildDiff(resources, [nights(), ...muted], BASE));
    expect(text).toContain('! time interval bank-nights');
    expect(text).toContain('new: saturday sunday Europe/Berlin');
    expect(text).toContain('mute time intervals bank-nights added');
    expect(text).toContain('1 alert rule, 1 time interval');
  });

  test('that changed shows both versions in one line', () => {
    const other: readonly Interval[] = [{ times: [{ startTime: '22:00', endTime: '24:00' }], months: ['12'] }];
    const report = buildDiff([nights(), ...resources], [nights(other), ...resources], BASE);
    expect(renderDiffText(report)).toContain('intervals saturday sunday Europe/Berlin → 22:00-24:00 months 12 UTC');
    expect(renderDiffMarkdown(report)).toContain('time interval bank-nights');
  });

  test('that went says what no longer holds', () => {
    const text = renderDiffText(buildDiff([nights(), ...resources], resources, BASE));
    expect(text).toContain('removed: it silences nothing any more (was saturday sunday Europe/Berlin)');
  });
});

describe('a time interval in a file', () => {
  /** A repository with some files in its only commit. */
  async function committed(files: readonly { readonly path: string; readonly content: string }[]): Promise<string> {
    const root = await mkdtemp(join(tmpdir(), 'time-intervals-'));
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    for (const { path, content } of files) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    }
    const git = (...args: string[]) => execFileSync('git', ['-C', root, ...args], { stdio: 'ignore' });
    git('init', '-q');
    git('add', '-A');
    git('-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-qm', 'x');
    return root;
  }

  const placeOf = (root: string) => ({ root, environment: process.env });

  test('of another commit comes back as it was built', async () => {
    const before = renderedFiles({ resources: [nights()] }, project);
    const root = await committed(before);
    const now = renderedFiles({ resources: [nights([{ months: ['1'] }])] }, project);
    const read = await readRenderedAt('HEAD', now, { project, source: sourceOf() }, placeOf(root));
    expect(read.filter(({ kind }) => kind === 'time-interval')).toMatchObject([
      { uid: 'bank-nights', timeInterval: { name: 'bank-nights', intervals: WEEKENDS } },
    ]);
  });

  test('that a rule is muted in comes back with the rule, so that a review sees it come and go', async () => {
    const [rule] = rulesOf(desiredOf());
    if (rule === undefined) throw new Error('no rule');
    const notification = { ...rule.rule.notification, muteTimeIntervals: ['bank-nights'] };
    const muted = { ...rule, rule: { ...rule.rule, notification } };
    const files = renderedFiles({ resources: [muted] }, project);
    const read = await readRenderedAt('HEAD', files, { project, source: sourceOf() }, placeOf(await committed(files)));
    expect(read.find(({ kind }) => kind === 'rule')).toMatchObject({ rule: { notification } });
  });

  test('of a commit that did not know the kind yet is taken to be as it is now', async () => {
    const all = renderedFiles({ resources: [nights()] }, project);
    const root = await committed(all.filter(({ path }) => !path.includes('_time-intervals')));
    const read = await readRenderedAt('HEAD', all, { project, source: sourceOf() }, placeOf(root));
    expect(read).toEqual([nights()]);
  });

  test('of a backup is read, and one that is none is refused with its place', () => {
    const target = { kind: 'grafana', name: 'x' };
    const backup = (resource: unknown) =>
      parseBackup(JSON.stringify({ format: 'grafana-as-code/backup', version: 1, target, resources: [resource] }));
    expect(backup(nights())).toMatchObject({ backup: { resources: [nights()] } });
    const broken = { ...nights(), timeInterval: { name: 'bank-nights', intervals: [{ weekdays: 'monday' }] } };
    expect(backup(broken)).toEqual({
      problem: expect.stringContaining('resources.0.timeInterval.intervals.0.weekdays: has to be a list'),
    });
  });
});

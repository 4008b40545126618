import { describe, expect, test } from 'vitest';
import { buildFrom } from '../../src/app/build-project.ts';
import { buildTimeIntervals, defineAlerts, defineTimeInterval } from '../../src/build/index.ts';
import type { Severity } from '../../src/model/alert-rule.ts';
import { canonical, type Interval } from '../../src/model/kinds/time-interval.ts';
import { ofKind, type RuleResource } from '../../src/model/resource.ts';
import { sourceOf } from '../support/world.ts';

const nights = defineTimeInterval({ name: 'nights', intervals: [{ weekdays: ['saturday'] }] });
const fairs = defineTimeInterval({ name: 'trade-fairs', intervals: [{ months: ['may'] }] });

/** The bank with time intervals, in which its warnings or one of its alerts are silent. */
function bank(choice: Partial<ReturnType<typeof defineAlerts>>) {
  const source = sourceOf();
  return { ...source, alerts: { ...source.alerts, ...choice } };
}

function mutes(rules: readonly RuleResource[], severity: Severity): (readonly string[] | undefined)[] {
  const some = rules.filter(({ rule }) => rule.severity === severity);
  return [...new Set(some.map(({ rule }) => rule.notification.muteTimeIntervals?.join()))].map((names) =>
    names?.split(','),
  );
}

function built(choice: Partial<ReturnType<typeof defineAlerts>>) {
  const result = buildFrom(bank(choice));
  if (!result.ok) throw new Error(result.problems.map(({ code, message }) => `${code} ${message}`).join('\n'));
  return result.desired.resources;
}

describe('a time interval', () => {
  test('gets the mark as prefix, and the file that defines it', () => {
    expect(buildTimeIntervals({ timeIntervals: [nights] }, { mark: 'acme' })).toMatchObject([
      {
        kind: 'time-interval',
        uid: 'acme-nights',
        title: 'acme-nights',
        source: expect.stringContaining('time-intervals.test.ts'),
        timeInterval: { name: 'acme-nights', intervals: [{ weekdays: ['saturday'] }] },
      },
    ]);
  });

  test.each<[Interval, Interval]>([
    [{ months: ['january:march', 'december'] }, { months: ['1:3', '12'] }],
    [{ weekdays: ['monday:monday'], months: [], times: [] }, { weekdays: ['monday'] }],
    [{ daysOfMonth: ['01:07', '-1:-1'] }, { daysOfMonth: ['1:7', '-1'] }],
    [
      { years: ['2027:2027'], location: 'UTC' },
      { years: ['2027'], location: 'UTC' },
    ],
  ])('is stated as Grafana gives it back: %j', (stated, stored) => {
    expect(canonical(stated)).toEqual(stored);
    expect(canonical(stored)).toEqual(stored);
  });

  test('is none by default, and no rule is muted', () => {
    const resources = built({});
    expect(ofKind(resources, 'time-interval')).toEqual([]);
    expect(ofKind(resources, 'rule').some(({ rule }) => 'muteTimeIntervals' in rule.notification)).toBe(false);
    const { critical, warning } = sourceOf().alerts.receivers;
    const alerts = defineAlerts({ service: [], project: [], receivers: { critical, warning, none: undefined } });
    expect([alerts.timeIntervals, alerts.muteTimeIntervals]).toEqual([[], {}]);
  });

  test('mutes the alerts of a severity, and those alone', () => {
    const rules = ofKind(built({ timeIntervals: [nights], muteTimeIntervals: { warning: [nights] } }), 'rule');
    expect(mutes(rules, 'warning')).toEqual([['bank-nights']]);
    expect(mutes(rules, 'critical')).toEqual([undefined]);
  });

  test('mutes one alert besides those of its severity, each once', () => {
    const { service } = sourceOf().alerts;
    const [first, ...others] = service;
    if (first === undefined) throw new Error('the bank has no alert');
    const rules = ofKind(
      built({
        timeIntervals: [nights, fairs],
        muteTimeIntervals: { critical: [nights], warning: [nights] },
        service: [{ ...first, muteTimeIntervals: [fairs, nights] }, ...others],
      }),
      'rule',
    );
    const names = new Set(
      rules.filter(({ title }) => title === first.alert).map(({ rule }) => rule.notification.muteTimeIntervals?.join()),
    );
    expect([...names]).toEqual(['bank-nights,bank-trade-fairs']);
  });
});

describe('what is wrong with a time interval is said before anything is written', () => {
  const problemsOf = (choice: Partial<ReturnType<typeof defineAlerts>>): string[] => {
    const result = buildFrom(bank(choice));
    if (result.ok) return [];
    const errors = result.problems.filter(({ level }) => level === 'error');
    return errors.map(({ code, subject, message }) => `${code} ${subject} ${message}`);
  };
  const faulty = (intervals: readonly unknown[], name = 'nights') =>
    problemsOf({ timeIntervals: [defineTimeInterval({ name, intervals: intervals as readonly Interval[] })] });

  test.each<[string, readonly unknown[], string]>([
    ['a night in one', [{ times: [{ startTime: '22:00', endTime: '06:00' }] }], '22:00 to 24:00 and 00:00 to 06:00'],
    ['a time that is none', [{ times: [{ startTime: '8:00', endTime: '9:60' }] }], '"8:00" is no time of a day'],
    ['24:30', [{ times: [{ startTime: '22:00', endTime: '24:30' }] }], '"24:30" is no time of a day'],
    ['a day that is none', [{ weekdays: ['munday'] }], '"munday" is none of its weekdays'],
    ['a week that begins on Monday', [{ weekdays: ['saturday:sunday'] }], 'saturday:sunday ends before it begins'],
    ['a day 0', [{ daysOfMonth: ['0'] }], '"0" is none of its days of a month'],
    ['a day 32', [{ daysOfMonth: ['1:32'] }], '"32" is none of its days of a month'],
    ['days that end before they begin', [{ daysOfMonth: ['-1:-7'] }], '-1:-7 ends before it begins'],
    ['days that February would not have', [{ daysOfMonth: ['28:-1'] }], '28:-1 ends before it begins'],
    ['days from the end to the beginning', [{ daysOfMonth: ['-31:5'] }], 'has to end with a day from the end'],
    ['a month that is none', [{ months: ['janvier'] }], '"janvier" is none of its months'],
    ['a month 13', [{ months: ['13'] }], '"13" is none of its months'],
    ['a range of three', [{ years: ['2026:2027:2028'] }], 'is none of its years'],
    ['a zone that nobody knows', [{ months: ['1'], location: 'Europe/Atlantis' }], 'is no time zone'],
    ['an offset, which Go does not know', [{ months: ['1'], location: '+01:00' }], 'is no time zone'],
    ['an interval that is always', [{ location: 'UTC' }], 'states no time: it would always be that time'],
    ['no interval', [], 'is empty: it would never be that time'],
  ])('%s', (_what, intervals, message) => {
    expect(faulty(intervals)).toEqual([expect.stringMatching(/^R018 time interval bank-nights intervals/)]);
    expect(faulty(intervals)[0]).toContain(message);
  });

  test('a name that would not stand in an address', () => {
    expect(faulty([{ months: ['1'] }], 'Nights & days')).toEqual([
      'R018 time interval bank-Nights & days name has other signs in it than a-z, 0-9 and single hyphens',
    ]);
  });

  test('all of a month from either end, and all days of the year, are fine', () => {
    const fine: Interval = {
      times: [{ startTime: '00:00', endTime: '24:00' }],
      weekdays: ['sunday:saturday'],
      daysOfMonth: ['1:-1', '-7:-1', '1:31'],
      months: ['january:december'],
      years: ['2026:2030'],
      location: 'America/New_York',
    };
    expect(faulty([fine])).toEqual([]);
  });

  test('an alert that is muted in one which is not listed, rule by rule', () => {
    const found = problemsOf({ muteTimeIntervals: { critical: [nights] } });
    expect(found.length).toBeGreaterThan(0);
    for (const problem of found)
      expect(problem).toMatch(/^R019 alert .* is muted in the time interval bank-nights, which is not among/);
  });

  test('two of one name', () => {
    const twin = defineTimeInterval({ name: 'nights', intervals: [{ months: ['june'] }] });
    expect(problemsOf({ timeIntervals: [nights, twin] })).toEqual([
      expect.stringMatching(/^B001 time-interval bank-nights has the same UID bank-nights/),
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import type { AlertSpan } from '../../src/model/replay.ts';
import { modelNotifications, type NotifyingAlert } from '../../src/replay/notifications.ts';

function alert(
  service: string,
  spans: readonly AlertSpan[],
  change: Partial<NotifyingAlert['rule']> = {},
): NotifyingAlert {
  return {
    rule: {
      alert: 'Bad',
      severity: 'critical',
      paused: false,
      labels: { service, system: 'bank' },
      notification: {
        receiver: 'on-call',
        groupBy: ['alertname', 'grafana_folder', 'system'],
        groupWait: '10s',
        groupInterval: '5m',
        repeatInterval: '4h',
      },
      ...change,
    },
    series: {},
    spans,
  };
}

const HOUR = 3600;
function told(alerts: readonly NotifyingAlert[], until = HOUR) {
  return modelNotifications(alerts, until).map(({ at, kind, firing, resolved }) => [
    at,
    kind,
    [...firing],
    [...resolved],
  ]);
}

describe('notifications', () => {
  it('come `groupWait` after the first alert of a group, and again when it is resolved', () => {
    expect(told([alert('a', [{ pending: 0, firing: 60, resolved: 700 }])])).toEqual([
      [70, 'first', ['a'], []],
      [970, 'resolved', [], ['a']],
    ]);
  });

  it('are one message for alerts that begin within `groupWait`', () => {
    const both = [alert('a', [{ pending: 0, firing: 60 }]), alert('b', [{ pending: 0, firing: 65 }])];
    expect(told(both)).toEqual([[70, 'first', ['a', 'b'], []]]);
  });

  it('tell of an alert that joins, or resolves, at the next `groupInterval`', () => {
    const both = [alert('a', [{ pending: 0, firing: 60, resolved: 600 }]), alert('b', [{ pending: 60, firing: 120 }])];
    expect(told(both)).toEqual([
      [70, 'first', ['a'], []],
      [370, 'changed', ['a', 'b'], []],
      [670, 'changed', ['b'], ['a']],
    ]);
  });

  it('are repeated at the group’s first turn after more than `repeatInterval`', () => {
    expect(told([alert('a', [{ pending: 0, firing: 60 }])], 5 * HOUR).map(([at, kind]) => [at, kind])).toEqual([
      [70, 'first'],
      [70 + 4 * HOUR + 300, 'repeat'],
    ]);
  });

  it('say nothing of an alert that is over before `groupWait`, or only pending, or paused', () => {
    expect(told([alert('a', [{ pending: 0, firing: 60, resolved: 65 }])])).toEqual([]);
    expect(told([alert('a', [{ pending: 0, resolved: 65 }])])).toEqual([]);
    expect(told([alert('a', [{ pending: 0, firing: 60 }], { paused: true })])).toEqual([]);
  });

  it('begin anew when an alert fires after its group has ended', () => {
    const spans = [
      { pending: 0, firing: 60, resolved: 120 },
      { pending: 900, firing: 960 },
    ];
    expect(told([alert('a', spans)]).map(([at, kind]) => [at, kind])).toEqual([
      [70, 'first'],
      [370, 'resolved'],
      [970, 'first'],
    ]);
  });

  it('keep rules apart that differ in a wait, though they have a receiver and a name in common', () => {
    const span = [{ pending: 0, firing: 60 }];
    const patient = { ...alert('a', span).rule.notification, groupWait: '30s' as const };
    expect(told([alert('a', span), alert('b', span, { notification: patient })])).toEqual([
      [70, 'first', ['a'], []],
      [90, 'first', ['b'], []],
    ]);
  });

  it('keep other names and other receivers apart', () => {
    const span = [{ pending: 0, firing: 60 }];
    const chat = { ...alert('a', span).rule.notification, receiver: 'chat' };
    const all = [alert('a', span), alert('b', span, { alert: 'Worse' }), alert('c', span, { notification: chat })];
    expect(modelNotifications(all, HOUR).map(({ alert: name, receiver }) => `${name} ${receiver}`)).toEqual([
      'Bad on-call',
      'Worse on-call',
      'Bad chat',
    ]);
  });
});

/**
 * A small model of Grafana's Alertmanager: which messages a contact point gets. Alerts of the same receiver and the
 * same values of the `groupBy` labels are one group. A new group waits `groupWait` for others and is sent; from then
 * on it is looked at every `groupInterval`, and sent again if an alert joined or resolved, or if more than
 * `repeatInterval` has passed: `4h` is 4h05m with looks every 5m. Rules whose waits differ are groups apart. A group without firing alerts ends with its last message. Labels that rules do not carry, such as
 * `grafana_folder`, are the same for all of them here.
 */
import type { AlertRule } from '../model/alert-rule.ts';
import { toSeconds } from '../model/duration.ts';
import { groupBy } from '../model/group-by.ts';
import { type AlertSpan, formatSubject, type ReplayedNotification, type Second } from '../model/replay.ts';

/** A series of a rule, with its spans. */
export interface NotifyingAlert {
  readonly rule: Pick<AlertRule, 'alert' | 'labels' | 'notification' | 'severity' | 'paused'>;
  readonly series: Readonly<Record<string, string>>;
  readonly spans: readonly AlertSpan[];
}

/** The messages of a time, the earliest first. */
export function modelNotifications(alerts: readonly NotifyingAlert[], until: Second): readonly ReplayedNotification[] {
  const groups = groupBy(
    alerts.filter(({ rule }) => !rule.paused),
    ({ rule, series }) => {
      const labels: Readonly<Record<string, string>> = { ...rule.labels, ...series, alertname: rule.alert };
      // Each distinct setting is a route of its own: alerts that differ in their waits never share a message.
      const { receiver, groupBy: by, groupWait, groupInterval, repeatInterval } = rule.notification;
      return JSON.stringify([receiver, groupWait, groupInterval, repeatInterval, by.map((name) => labels[name] ?? '')]);
    },
  );
  return [...groups.values()].flatMap((members) => ofGroup(members, until)).sort((left, right) => left.at - right.at);
}

function ofGroup(members: readonly NotifyingAlert[], until: Second): ReplayedNotification[] {
  const [first] = members;
  if (first === undefined) return [];
  const { rule } = first;
  const [wait, interval, repeat] = (['groupWait', 'groupInterval', 'repeatInterval'] as const).map((name) =>
    toSeconds(rule.notification[name]),
  ) as [number, number, number];
  const starts = members
    .flatMap(({ spans }) => spans.flatMap(({ firing }) => firing ?? []))
    .sort((left, right) => left - right);
  const messages: ReplayedNotification[] = [];
  let free = Number.NEGATIVE_INFINITY;
  for (const start of starts) {
    if (start < free) continue;
    let notified: ReadonlySet<string> | undefined;
    let lastTold = 0;
    let at = start + wait;
    for (; at <= until; at += interval) {
      const firing = subjects(members, at);
      if (notified === undefined && firing.length === 0) break;
      const before = notified ?? new Set<string>();
      const joined = firing.some((one) => !before.has(one));
      const resolved = [...before].filter((one) => !firing.includes(one));
      // The last message left a moment after its look at the group: at the very interval it is not old enough yet.
      if (joined || resolved.length > 0 || at - lastTold > repeat) {
        const kind =
          firing.length === 0
            ? 'resolved'
            : notified === undefined
              ? 'first'
              : joined || resolved.length > 0
                ? 'changed'
                : 'repeat';
        const { alert, severity, notification } = rule;
        messages.push({ at, receiver: notification.receiver, severity, alert, kind, firing, resolved });
        lastTold = at;
        notified = new Set(firing);
      }
      if (firing.length === 0) break;
    }
    // The group is gone: an alert that fires after this waits `groupWait` again.
    free = at;
  }
  return messages;
}

function subjects(members: readonly NotifyingAlert[], at: Second): string[] {
  const firing = members.filter(({ spans }) =>
    spans.some(({ firing: since, resolved }) => since !== undefined && since <= at && (resolved ?? Infinity) > at),
  );
  return firing.map(({ rule, series }) => formatSubject(rule.labels['service'] ?? 'project', series)).sort();
}

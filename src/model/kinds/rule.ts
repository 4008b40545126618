import { type AlertRule, limitText } from '../alert-rule.ts';
import type { JsonObject } from '../json.ts';
import { aNumber, aText, aUid, listOf, optional, recordOf, withFields } from './form.ts';
import { type Common, type KindSpec, resourceKey } from './kind.ts';

export interface RuleResource extends Common {
  readonly kind: 'rule';
  readonly folderUid: string;
  readonly service?: string;
  readonly rule: AlertRule;
  /** Why its states are not KeepLast, for those that differ. */
  readonly absenceReason?: string;
}

const problems = withFields({
  folderUid: aUid,
  rule: withFields({
    uid: aUid,
    alert: aText,
    group: aUid,
    expr: aText,
    threshold: aNumber,
    for: aText,
    evaluationInterval: aText,
    labels: recordOf(aText),
    annotations: recordOf(aText),
    notification: withFields({ receiver: aText, muteTimeIntervals: optional(listOf(aText)) }),
  }),
});

export const rule: KindSpec<RuleResource> = {
  name: 'alert',
  counted: 'alert rule',
  part: 'alerts',
  shared: false,
  content: ({ folderUid, rule: stated }) => ({ folderUid, rule: stated as unknown as JsonObject }),
  needs: ({ folderUid, rule: { notification } }) => [
    resourceKey({ kind: 'folder', uid: folderUid }),
    resourceKey({ kind: 'contact-point', uid: notification.receiver }),
    ...(notification.muteTimeIntervals ?? []).map((uid) => resourceKey({ kind: 'time-interval', uid })),
  ],
  // As people think of them: a service that leaves takes one dashboard and one group with it.
  weighs: ({ rule: { group } }) => `group/${group}`,
  wayOut: 'rename the service in services/, or delete the other rule; if it is ours, give it its label as_code again',
  effect: {
    of: (content) => {
      const { rule: stated } = content as unknown as { readonly rule: AlertRule };
      const { severity, notification, paused } = stated;
      const muted = notification.muteTimeIntervals ?? [];
      const silent = muted.length === 0 ? '' : `, not in ${muted.join(', ')}`;
      return `${severity}, to ${notification.receiver}, ${limitText(stated)}${silent}${paused ? ', paused' : ''}`;
    },
    gone: 'nobody is notified any more',
  },
  problems,
};

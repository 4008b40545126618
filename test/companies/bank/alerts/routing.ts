import { type ContactPointFacts, defineContactPoint, pagerDuty, secret, slack } from 'grafana-as-code/alerts';

/** Wakes somebody up. `pagerDuty`, `webhook`, `slack` and `email` can stand here, several at once. */
export const onCall = defineContactPoint('on-call', [pagerDuty({ integrationKey: secret('PAGERDUTY_KEY') })]);

/** Read in working hours. */
export const chat = defineContactPoint('chat', [slack({ url: secret('SLACK_WEBHOOK_URL') })]);

/**
 * Notified every few minutes that alerting works; it raises the alarm when it is not. A service outside of Grafana
 * (a dead man's switch) belongs here. Without one there is no watchdog rule.
 *
 * @example defineContactPoint('heartbeat', [webhook({ url: secret('HEARTBEAT_URL') })])
 */
export const heartbeat: ContactPointFacts | undefined = undefined;

/** Every contact point. */
export const contactPoints: readonly ContactPointFacts[] = [onCall, chat, heartbeat].filter(
  (point) => point !== undefined,
);

/** Who is notified, by severity. */
export const receivers = { critical: onCall, warning: chat, none: heartbeat } as const;

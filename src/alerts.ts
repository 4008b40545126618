/** Alerts: those that the engine offers, by name, and what people state their own with. */
export {
  type Alert,
  type AlertChoice,
  type AlertFacts,
  type ChosenAlerts,
  type ContactPointFacts,
  defineAlert,
  defineAlerts,
  defineContactPoint,
  defineTimeInterval,
  email,
  pagerDuty,
  type Receivers,
  slack,
  type TimeIntervalFacts,
  webhook,
} from './build/index.ts';
export * from './defaults/alerts.ts';
export type { AbsenceState, Severity } from './model/alert-rule.ts';
export { secret } from './model/contact-point.ts';
export type { Interval } from './model/kinds/time-interval.ts';

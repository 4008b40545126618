/** The JSON that `replay --format json` prints. Loaded by readers only; what renders text needs the types alone. */
import { z } from 'zod';

/** A time of the scenario's day. @example '14:38' */
const time = z.string();
const moment = time.nullable();
const severity = z.enum(['critical', 'warning', 'none']);
const series = z.record(z.string(), z.string());

const span = z.object({ pending: moment, firing: moment, resolved: moment });

const alert = z.object({
  uid: z.string(),
  alert: z.string(),
  /** The service's id, or `project`. */
  service: z.string(),
  severity,
  series,
  /** Minutes before the page of that day. */
  lead: z.number().nullable(),
  spans: z.array(span),
  prometheus: z.array(span),
  threshold: z.number(),
  comparison: z.enum(['gt', 'gte', 'lt']),
  unit: z.enum(['ratio', 'seconds', 'count', 'factor']),
});

const broken = z.object({
  scenario: z.string(),
  alert: z.string(),
  service: z.string(),
  expected: z.string(),
  seen: z.string(),
  because: z.string(),
});

const scenario = z.object({
  id: z.string(),
  title: z.string(),
  day: z.string(),
  engine: z.enum(['promtool', 'grafana']),
  rules: z.number(),
  firstWarning: moment,
  firstPage: moment,
  messages: z.object({ pages: z.number(), warnings: z.number() }),
  alerts: z.array(alert),
  silent: z.array(z.string()),
  notifications: z.array(
    z.object({
      at: time,
      receiver: z.string(),
      severity,
      alert: z.string(),
      kind: z.enum(['first', 'changed', 'repeat', 'resolved']),
      firing: z.array(z.string()),
      resolved: z.array(z.string()),
    }),
  ),
  broken: z.array(broken),
});

const firingChange = z.object({
  scenario: z.string(),
  alert: z.string(),
  service: z.string(),
  series,
  severity,
  formerSeverity: severity.optional(),
  before: z.array(span),
  after: z.array(span),
});

export const replayJsonSchema = z.object({
  format: z.literal('grafana-as-code/replay'),
  version: z.literal(1),
  holds: z.boolean(),
  scenarios: z.array(scenario),
  against: z.object({ ref: z.string(), commit: z.string(), changes: z.array(firingChange) }).optional(),
});

export type ReplayJson = z.infer<typeof replayJsonSchema>;

const firing = z.array(span.pick({ firing: true }));

/** As much of it as a diff needs: a replay of an earlier or a later version has it too. */
export const replayFindingsSchema = replayJsonSchema.pick({ format: true }).extend({
  scenarios: z.array(
    scenario.pick({ id: true }).extend({
      alerts: z.array(alert.pick({ alert: true, service: true }).extend({ spans: firing })).default([]),
      broken: z.array(
        broken.pick({ alert: true, service: true, expected: true, seen: true }).partial({ service: true }),
      ),
    }),
  ),
  against: z
    .object({
      commit: z.string(),
      changes: z.array(
        firingChange.pick({ scenario: true, alert: true, service: true }).extend({ before: firing, after: firing }),
      ),
    })
    .optional(),
});

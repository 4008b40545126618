/** The JSON that `plan` and `sync` print with `--format json`. docs/plan-json.md tells it to people; a test holds both to it. */
import { z } from 'zod';

const kind = z.enum(['folder', 'contact-point', 'rule', 'dashboard']);
const step = z.union([z.string(), z.number(), z.strictObject({ id: z.string() })]);
const path = z.array(step);
const edit = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('add'), path, after: z.json() }),
  z.strictObject({ op: z.literal('remove'), path, before: z.json() }),
  z.strictObject({ op: z.literal('replace'), path, before: z.json(), after: z.json() }),
  z.strictObject({ op: z.literal('order'), path, before: z.array(z.string()), after: z.array(z.string()) }),
]);
const meaning = z.strictObject({
  /** What kind of change it is, such as `threshold`; more kinds may come. */
  kind: z.string(),
  subject: z.string(),
  text: z.string(),
  paging: z.boolean(),
  query: z.strictObject({ before: z.string(), after: z.string() }).optional(),
});
const alertState = z.strictObject({ state: z.enum(['firing', 'pending']), since: z.string().optional() });
const diagnostic = z.strictObject({
  code: z.string(),
  level: z.enum(['error', 'warning']),
  file: z.string().optional(),
  subject: z.string(),
  message: z.string(),
  remedy: z.string(),
});
const about = {
  kind,
  uid: z.string(),
  title: z.string(),
  service: z.string().optional(),
  source: z.string().optional(),
};

const change = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('create'), ...about }),
  z.strictObject({
    action: z.literal('update'),
    ...about,
    repair: z.string().optional(),
    meanings: z.array(meaning),
    edits: z.array(edit),
    restarts: alertState.optional(),
    restartsIn: z.array(alertState.extend({ title: z.string(), service: z.string().optional() })).optional(),
  }),
  z.strictObject({ action: z.literal('delete'), ...about, reason: z.string(), resolves: alertState.optional() }),
  z.strictObject({ action: z.literal('unchanged'), ...about }),
  z.strictObject({ action: z.literal('blocked'), ...about, diagnostic, withheld: z.array(meaning).optional() }),
]);

const outcome = z.strictObject({
  applied: z.array(
    z.strictObject({ action: z.enum(['create', 'update', 'delete']), kind, uid: z.string(), title: z.string() }),
  ),
  failed: z.array(z.strictObject({ label: z.string(), message: z.string(), remedy: z.string().optional() })),
  skipped: z.array(z.strictObject({ label: z.string(), because: z.string() })),
  interrupted: z.boolean(),
  links: z.array(z.string()),
  requests: z.number().int().optional(),
  seconds: z.number(),
});

/** Strict: what it does not name is not in the JSON. */
export const planJsonSchema = z.strictObject({
  format: z.literal('grafana-as-code/plan'),
  version: z.literal(1),
  target: z.strictObject({ kind: z.enum(['directory', 'grafana']), name: z.string() }),
  scope: z.strictObject({ only: z.enum(['dashboards', 'alerts']).optional(), service: z.string().optional() }),
  changed: z.boolean(),
  counts: z.strictObject({
    create: z.number(),
    update: z.number(),
    delete: z.number(),
    unchanged: z.number(),
    blocked: z.number(),
  }),
  changes: z.array(change),
  drift: z.array(
    z.strictObject({
      kind,
      uid: z.string(),
      title: z.string(),
      service: z.string().optional(),
      source: z.string().optional(),
      by: z.string(),
      at: z.string(),
      message: z.string(),
      meanings: z.array(meaning),
      kept: z.boolean(),
    }),
  ),
  repairs: z.array(z.strictObject({ subject: z.string(), problem: z.string() })),
  notes: z.array(diagnostic),
  outcome: outcome.optional(),
});

/**
 * The JSON of a plan: `plan --format json` without the resources, `plan --save` with them. docs/plan-json.md describes
 * the first to people, and a test holds both to it. Loaded by readers only; what renders text needs the types alone.
 */
import { z } from 'zod';
import type { JsonObject } from '../../model/json.ts';
import { KINDS, specOf } from '../../model/resource.ts';

const kind = z.enum(KINDS);
/** No part of a path: files and addresses are made of it. */
const uid = z.string().regex(/^(?!\.+$)[^/\\\p{Cc}]+$/u, 'has to be a UID or a name');
const step = z.union([z.string(), z.number(), z.strictObject({ id: z.string() })]);
const path = z.array(step);
const at = z.number().int().nonnegative().optional();
const edit = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('add'), path, after: z.json(), at }),
  z.strictObject({ op: z.literal('remove'), path, before: z.json(), at }),
  z.strictObject({ op: z.literal('replace'), path, before: z.json(), after: z.json() }),
  z.strictObject({ op: z.literal('order'), path, before: z.array(z.string()), after: z.array(z.string()) }),
]);

const about = z
  .union([
    z.strictObject({ what: z.enum(['panel', 'row']), title: z.string() }),
    z.strictObject({ what: z.literal('panels'), count: z.number() }),
  ])
  .optional();
/** What changed, as data. More kinds may come, with fields of their own. */
const changed = z.looseObject({ what: z.string() });
const meaning = z.strictObject({
  /** What kind of change it is, such as `threshold`; more kinds may come. */
  kind: z.string(),
  about,
  row: z.string().optional(),
  change: changed,
  paging: z.boolean(),
  query: z.strictObject({ before: z.string(), after: z.string() }).optional(),
});
/** With its words, for programs that only show it. */
const wordedMeaning = meaning.extend({ subject: z.string(), text: z.string() });

const alertState = z.strictObject({ state: z.enum(['firing', 'pending']), since: z.string().optional() });
const restarts = alertState.optional();
const restartsIn = z.array(alertState.extend({ title: z.string(), service: z.string().optional() })).optional();
const diagnostic = z.strictObject({
  code: z.string(),
  level: z.enum(['error', 'warning']),
  file: z.string().optional(),
  subject: z.string(),
  message: z.string(),
  remedy: z.string(),
});
const named = {
  kind,
  uid,
  title: z.string(),
  service: z.string().optional(),
  source: z.string().optional(),
};

const change = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('create'), ...named }),
  z.strictObject({
    action: z.literal('update'),
    ...named,
    repair: z.string().optional(),
    meanings: z.array(wordedMeaning),
    edits: z.array(edit),
    restarts,
    restartsIn,
  }),
  z.strictObject({ action: z.literal('delete'), ...named, reason: z.string(), resolves: alertState.optional() }),
  z.strictObject({ action: z.literal('unchanged'), ...named }),
  z.strictObject({ action: z.literal('blocked'), ...named, diagnostic, withheld: z.array(wordedMeaning).optional() }),
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

const drift = z.strictObject({
  ...named,
  by: z.string(),
  at: z.string(),
  message: z.string(),
  sources: z.array(z.string()).optional(),
  meanings: z.array(meaning),
  kept: z.boolean(),
});

const target = z.strictObject({ kind: z.enum(['directory', 'grafana']), name: z.string() });
const head = {
  format: z.literal('grafana-as-code/plan'),
  version: z.literal(1),
  target,
  scope: z.strictObject({ only: z.enum(['dashboards', 'alerts']).optional(), service: z.string().optional() }),
  repairs: z.array(z.strictObject({ subject: z.string(), problem: z.string() })),
  notes: z.array(diagnostic),
};

/** Strict: what it does not name is not in the JSON. */
export const planJsonSchema = z.strictObject({
  ...head,
  changed: z.boolean(),
  counts: z.strictObject({
    create: z.number(),
    update: z.number(),
    delete: z.number(),
    unchanged: z.number(),
    blocked: z.number(),
  }),
  changes: z.array(change),
  drift: z.array(drift.extend({ meanings: z.array(wordedMeaning) })),
  outcome: outcome.optional(),
});

/** A resource as files hold it: what its kind says of its form. */
const resource = z
  .looseObject({ kind, uid, title: z.string(), source: z.string() })
  .superRefine((value, { addIssue }) => {
    for (const { path: place, message } of specOf(value.kind).problems(value as unknown as JsonObject))
      addIssue({ code: 'custom', path: [...place], message });
  });

const pin = z.string();
const savedChange = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('create'), ...named, desired: resource }),
  z.strictObject({
    action: z.literal('update'),
    ...named,
    desired: resource,
    pin,
    edits: z.array(edit),
    meanings: z.array(meaning),
    restarts,
    restartsIn,
    overwrites: resource.optional(),
    repair: z.string().optional(),
  }),
  z.strictObject({
    action: z.literal('delete'),
    ...named,
    pin,
    reason: z.string(),
    live: resource,
    resolves: alertState.optional(),
  }),
  z.strictObject({ action: z.literal('unchanged'), ...named, desired: resource, pin }),
  z.strictObject({
    action: z.literal('blocked'),
    ...named,
    diagnostic,
    live: resource.optional(),
    withheld: z.array(meaning).optional(),
  }),
]);

/** A plan with the resources in it, as `plan --save` keeps it for `sync --plan`. */
export const savedPlanSchema = z.strictObject({ ...head, changes: z.array(savedChange), drift: z.array(drift) });

/** What a sync deleted or overwrote. */
export const backupSchema = z.looseObject({
  format: z.literal('grafana-as-code/backup'),
  version: z.literal(1),
  target: z.looseObject({ kind: z.enum(['directory', 'grafana']), name: z.string() }),
  resources: z.array(resource),
});

/** Plans and backups come back from files: unknown until they are checked. */
import { z } from 'zod';
import type { Plan } from '../../model/plan.ts';
import { KINDS, type Resource } from '../../model/resource.ts';

const kind = z.enum(KINDS);
/** No part of a path: files and addresses are made of it. */
const uid = z.string().regex(/^(?!\.+$)[^/\\\p{Cc}]+$/u, 'has to be a UID or a name');
const common = { uid, title: z.string(), source: z.string() };
const integration = z.looseObject({ type: z.string(), settings: z.record(z.string(), z.unknown()) });
const rule = z.looseObject({
  uid,
  alert: z.string(),
  group: uid,
  expr: z.string(),
  threshold: z.number(),
  for: z.string(),
  evaluationInterval: z.string(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  notification: z.looseObject({ receiver: z.string() }),
});

/** A resource as files hold it. */
export const resourceSchema = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('folder'), ...common }),
  z.looseObject({
    kind: z.literal('contact-point'),
    ...common,
    contactPoint: z.looseObject({ name: z.string(), integrations: z.array(integration) }),
  }),
  z.looseObject({ kind: z.literal('rule'), ...common, folderUid: uid, rule }),
  z.looseObject({ kind: z.literal('dashboard'), ...common, folderUid: uid, spec: z.looseObject({}) }),
]);

const about = { kind, uid, title: z.string() };
const edits = z.array(z.looseObject({ op: z.string(), path: z.array(z.unknown()) }));
const change = z.discriminatedUnion('action', [
  z.looseObject({ action: z.literal('create'), ...about, desired: resourceSchema }),
  z.looseObject({
    action: z.literal('update'),
    ...about,
    desired: resourceSchema,
    pin: z.string(),
    edits,
    meanings: z.array(z.looseObject({ subject: z.string(), text: z.string(), paging: z.boolean() })),
    overwrites: resourceSchema.optional(),
  }),
  z.looseObject({ action: z.literal('delete'), ...about, pin: z.string(), reason: z.string(), live: resourceSchema }),
  z.looseObject({ action: z.literal('unchanged'), ...about, desired: resourceSchema, pin: z.string() }),
  z.looseObject({ action: z.literal('blocked'), ...about, diagnostic: z.looseObject({ code: z.string() }) }),
]);

const planSchema = z.looseObject({
  format: z.literal('grafana-as-code/plan'),
  version: z.literal(1),
  target: z.strictObject({ kind: z.enum(['directory', 'grafana']), name: z.string() }),
  scope: z.strictObject({ only: z.enum(['dashboards', 'alerts']).optional(), service: z.string().optional() }),
  changes: z.array(change),
  drift: z.array(z.looseObject(about)),
  repairs: z.array(z.strictObject({ subject: z.string(), problem: z.string() })),
  notes: z.array(z.looseObject({ code: z.string(), message: z.string() })),
});

const backupSchema = z.looseObject({
  format: z.literal('grafana-as-code/backup'),
  version: z.literal(1),
  target: z.looseObject({ kind: z.enum(['directory', 'grafana']), name: z.string() }),
  resources: z.array(resourceSchema),
});

/** What a sync deleted or overwrote. */
export interface Backup {
  readonly target: Plan['target'];
  readonly resources: readonly Resource[];
}

/** Reads a saved plan, or says why it is not one. */
export function parsePlan(text: string): { readonly plan: Plan } | { readonly problem: string } {
  const read = parseAs(planSchema, text, 'a plan of this version');
  return 'problem' in read ? read : { plan: read.value as unknown as Plan };
}

/** Reads a backup, or says why it is not one. */
export function parseBackup(text: string): { readonly backup: Backup } | { readonly problem: string } {
  const read = parseAs(backupSchema, text, 'a backup of this version');
  return 'problem' in read ? read : { backup: read.value as unknown as Backup };
}

function parseAs<T>(schema: z.ZodType<T>, text: string, what: string): { value: T } | { problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { problem: 'is not JSON: it was cut off or edited' };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { value: parsed.data };
  const [issue] = parsed.error.issues;
  return { problem: `is not ${what} (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''})` };
}

/** Plans and backups come back from files: unknown until they are checked. */
import type { z } from 'zod';
import { parseJson } from '../../model/json.ts';
import type { Plan } from '../../model/plan.ts';
import type { Resource } from '../../model/resource.ts';
import { backupSchema, savedPlanSchema } from './schema.ts';

/** What a sync deleted or overwrote. */
export interface Backup {
  readonly target: Plan['target'];
  readonly resources: readonly Resource[];
}

/** Reads a saved plan, or says why it is not one. */
export function parsePlan(text: string): { readonly plan: Plan } | { readonly problem: string } {
  const read = parseAs(savedPlanSchema, text, 'a plan of this version');
  // The schema leaves the inside of rules and dashboards to the target, which sends them as they are.
  return 'problem' in read ? read : { plan: read.value as unknown as Plan };
}

/** Reads a backup, or says why it is not one. */
export function parseBackup(text: string): { readonly backup: Backup } | { readonly problem: string } {
  const read = parseAs(backupSchema, text, 'a backup of this version');
  return 'problem' in read ? read : { backup: read.value as unknown as Backup };
}

function parseAs<T>(schema: z.ZodType<T>, text: string, what: string): { value: T } | { problem: string } {
  const json = parseJson(text);
  if (json === undefined) return { problem: 'is not JSON: it was cut off or edited' };
  const parsed = schema.safeParse(json);
  if (parsed.success) return { value: parsed.data };
  const [issue] = parsed.error.issues;
  return { problem: `is not ${what} (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''})` };
}

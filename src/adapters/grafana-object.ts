/** What folders and dashboards have in common below `/apis`. */
import { z } from 'zod';
import type { Manager } from '../model/plan.ts';

/** The annotations of Grafana's own that are read. */
export const ANNOTATION = {
  folder: 'grafana.app/folder',
  message: 'grafana.app/message',
  createdBy: 'grafana.app/createdBy',
  updatedBy: 'grafana.app/updatedBy',
  updatedAt: 'grafana.app/updatedTimestamp',
  managedBy: 'grafana.app/managedBy',
  managerId: 'grafana.app/managerId',
  sourcePath: 'grafana.app/sourcePath',
} as const;

/** Where the name of such an object stands. */
export const NAME_AT = ['metadata', 'name'] as const;

export const metadata = z.looseObject({
  name: z.string(),
  uid: z.string().default(''),
  resourceVersion: z.string().default(''),
  generation: z.number().default(0),
  creationTimestamp: z.string().nullish(),
  annotations: z.record(z.string(), z.string()).default({}),
});
export type Metadata = z.infer<typeof metadata>;

/** Who else writes an object, if anybody does. */
export function managerOf(annotations: Metadata['annotations']): { readonly manager: Manager } | Record<never, never> {
  const kind = annotations[ANNOTATION.managedBy];
  if (kind === undefined) return {};
  const source = annotations[ANNOTATION.sourcePath];
  const id = annotations[ANNOTATION.managerId] ?? '';
  return { manager: { kind, id, ...(source === undefined ? {} : { source }) } };
}

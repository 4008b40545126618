import { type ContactPointResource, contactPoint } from './kinds/contact-point.ts';
import { type DashboardResource, dashboard } from './kinds/dashboard.ts';
import { type FolderResource, folder } from './kinds/folder.ts';
import type { KindSpec } from './kinds/kind.ts';
import { type RuleResource, rule } from './kinds/rule.ts';
import { type TimeIntervalResource, timeInterval } from './kinds/time-interval.ts';

export type { ContactPointResource } from './kinds/contact-point.ts';
export type { DashboardResource } from './kinds/dashboard.ts';
export type { FolderResource } from './kinds/folder.ts';
export { type KindSpec, resourceKey } from './kinds/kind.ts';
export type { RuleResource } from './kinds/rule.ts';
export type { TimeIntervalResource } from './kinds/time-interval.ts';

/** One object of Grafana's that the code describes. A new kind is a file of `kinds/`, a member here, and one below. */
export type Resource = FolderResource | ContactPointResource | TimeIntervalResource | RuleResource | DashboardResource;

/** What we put into Grafana. */
export type Kind = Resource['kind'];

/** A resource of one kind. */
export type ResourceOf<K extends Kind> = Extract<Resource, { readonly kind: K }>;

/** What each kind says of itself, in the order of writing; deletes go the other way. */
const SPECS: { readonly [K in Kind]: KindSpec<ResourceOf<K>> } = {
  folder,
  'contact-point': contactPoint,
  'time-interval': timeInterval,
  rule,
  dashboard,
};

/** The kinds in the order of writing. */
export const KINDS = Object.keys(SPECS) as readonly Kind[];

/** What a kind says of itself. @example specOf('rule').name // 'alert' */
export function specOf(kind: Kind): KindSpec<Resource> {
  // Whoever asks has a resource of that very kind.
  return SPECS[kind] as unknown as KindSpec<Resource>;
}

/** All that should exist. */
export interface Desired {
  readonly resources: readonly Resource[];
}

/** The service that a resource belongs to; undefined for what belongs to all. */
export function serviceOf(resource: Resource): string | undefined {
  return 'service' in resource ? resource.service : undefined;
}

/** The resources of one kind. */
export function ofKind<K extends Kind>(resources: readonly Resource[], kind: K): readonly ResourceOf<K>[] {
  return resources.filter((resource): resource is ResourceOf<K> => resource.kind === kind);
}

/** What cannot be missing when a resource is written, by key. */
export function needsOf(resource: Resource): readonly string[] {
  return specOf(resource.kind).needs?.(resource) ?? [];
}

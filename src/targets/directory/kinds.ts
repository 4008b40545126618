/** Every kind of resource, as a directory holds it. */
import { KINDS, type Kind } from '../../model/resource.ts';
import { contactPoints } from './contact-point.ts';
import { dashboards } from './dashboard.ts';
import { folders } from './folder.ts';
import type { DirectoryKind } from './kind.ts';
import { rules } from './rule.ts';
import { timeIntervals } from './time-interval.ts';

export const DIRECTORY_KINDS: { readonly [K in Kind]: DirectoryKind<K> } = {
  folder: folders,
  'contact-point': contactPoints,
  'time-interval': timeIntervals,
  rule: rules,
  dashboard: dashboards,
};

/** The kind that a file in a place holds; undefined for what serves them all. */
export function kindAt(path: string, owner: string): Kind | undefined {
  return KINDS.find((kind) => DIRECTORY_KINDS[kind].holds(path, owner));
}

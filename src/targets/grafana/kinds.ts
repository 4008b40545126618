/** Every kind of resource, as a Grafana over HTTP has it. */
import type { Kind } from '../../model/resource.ts';
import { contactPoints } from './contact-point.ts';
import { dashboards } from './dashboard.ts';
import { folders } from './folder.ts';
import type { GrafanaKind } from './kind.ts';
import { rules } from './rule-write.ts';
import { timeIntervals } from './time-interval.ts';

export const GRAFANA_KINDS: Readonly<Record<Kind, GrafanaKind>> = {
  folder: folders,
  'contact-point': contactPoints,
  'time-interval': timeIntervals,
  rule: rules,
  dashboard: dashboards,
};

/** What the pages say of the rules: facts of each rule, in words. */
import { pageLatency } from '../model/alert-rule.ts';
import { type Duration, isDuration, toSeconds } from '../model/duration.ts';
import { groupBy } from '../model/group-by.ts';
import type { Project } from '../model/project.ts';
import { formatQuantity } from '../model/quantity.ts';
import type { DashboardResource, Desired, RuleResource } from '../model/resource.ts';
import { type Catalog, findService } from '../model/service.ts';
import type { RunbookFact } from '../report/runbook/facts.ts';
import { parseQuery } from '../validate/promql.ts';
import type { IncidentLookup } from './incident.ts';

/** What a rule's fact is taken from. */
export interface FactSource {
  readonly desired: Desired;
  readonly catalog: Catalog;
  readonly project: Project;
}

/** What a page says of one rule. */
export function factOf(
  { rule, service }: RuleResource,
  { desired, catalog, project }: FactSource,
  incident: IncidentLookup,
): RunbookFact {
  const dashboard = desired.resources.find(
    (one): one is DashboardResource => one.kind === 'dashboard' && one.uid === rule.dashboardUid,
  );
  const panel = dashboard === undefined ? undefined : panelsOf(dashboard).find(({ id }) => id === rule.panelId);
  return {
    subject: service === undefined ? project.folder.title : (findService(catalog, service)?.title ?? service),
    rule,
    windows: windowsOf(rule.expr),
    notifiesWithin: pageLatency(rule, project),
    dashboard: dashboard?.title ?? '',
    panel: panel?.title ?? '',
    incident: incident(rule) ?? [],
  };
}

/**
 * What the facts of each alert say, as a person would write it. Limits without a unit, such as "above 0", are no words
 * that could be mistaken for them.
 */
export function statedOf({ resources }: Desired): ReadonlyMap<string, readonly string[]> {
  const rules = resources.flatMap((resource) => (resource.kind === 'rule' ? [resource.rule] : []));
  return new Map(
    [...groupBy(rules, ({ alert }) => alert)].map(([alert, members]) => [
      alert,
      members.flatMap(({ unit, threshold, for: duration, expr, notification }) => [
        ...(unit === 'count' ? [] : [formatQuantity({ unit, value: threshold })]),
        duration,
        ...windowsOf(expr),
        notification.receiver,
      ]),
    ]),
  );
}

function windowsOf(expression: string): readonly Duration[] {
  const ranges = parseQuery(expression).selectors.flatMap(({ range }) => (isDuration(range) ? [range] : []));
  return [...new Set(ranges)].sort((left, right) => toSeconds(left) - toSeconds(right));
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
}

/** The panels of a dashboard, rows among them. */
export function panelsOf({ spec }: DashboardResource): readonly Panel[] {
  return (spec['panels'] ?? []) as unknown as readonly Panel[];
}

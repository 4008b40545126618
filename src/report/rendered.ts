import { pageLatency } from '../model/alert-rule.ts';
import { groupBy } from '../model/group-by.ts';
import type { JsonObject } from '../model/json.ts';
import type { Project } from '../model/project.ts';
import type { DashboardResource, Desired, RuleResource } from '../model/resource.ts';
import { renderYaml } from './yaml.ts';

/** A file of the repository that shows what was built. */
export interface RenderedFile {
  /** Relative to the project. */
  readonly path: string;
  readonly content: string;
  /** What it shows. */
  readonly resources: readonly (DashboardResource | RuleResource)[];
}

const NOTE = '# Built by `npm run render`; edit services/, dashboards/ or alerts/ instead.';

/**
 * What is built, as files for pull requests: dashboards in Grafana's JSON, rules in the house model, one file per
 * group. The same code gives the same bytes.
 */
export function renderedFiles(desired: Desired, project: Project): readonly RenderedFile[] {
  const dashboards = desired.resources.filter((resource) => resource.kind === 'dashboard');
  const rules = desired.resources.filter((resource) => resource.kind === 'rule');
  const groups = groupBy(rules, ({ rule }) => rule.group);
  return [
    ...dashboards.map((resource) => ({
      path: `dashboards/rendered/${resource.uid}.json`,
      content: `${JSON.stringify(resource.spec, null, 2)}\n`,
      resources: [resource],
    })),
    ...[...groups].map(([group, members]) => ({
      path: `alerts/rendered/${group}.yaml`,
      content: `${NOTE}\n${renderYaml(groupValue(group, members, project))}`,
      resources: members,
    })),
  ];
}

function groupValue(group: string, members: readonly RuleResource[], project: Project): JsonObject {
  const rules = members.map(({ rule }) => ({ ...rule, notifiesWithin: pageLatency(rule, project) }));
  return { group, rules } as unknown as JsonObject;
}

import { pageLatency } from '../../model/alert-rule.ts';
import { groupBy } from '../../model/group-by.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Project } from '../../model/project.ts';
import type { Desired, Resource, RuleResource } from '../../model/resource.ts';
import { jsonDocument } from '../common/escape.ts';
import { renderYaml } from './yaml.ts';

/** A file of the repository that shows what was built. */
export interface RenderedFile {
  /** Relative to the project. */
  readonly path: string;
  readonly content: string;
  /** What it shows. */
  readonly resources: readonly Resource[];
}

const NOTE = '# Built by the command render; edit services/, dashboards/ or alerts/ instead.';

/** Files that hold no rule group; no group's name begins like that. */
export const CONTACT_POINTS_FILE = 'alerts/rendered/_contact-points.yaml';
export const FOLDERS_FILE = 'alerts/rendered/_folders.yaml';

/**
 * What is built, as files for pull requests: dashboards in Grafana's JSON, rules in the rule model, one file per
 * group, contact points with their secrets by name. The same code gives the same bytes.
 */
export function renderedFiles(desired: Desired, project: Project): readonly RenderedFile[] {
  const dashboards = desired.resources.filter((resource) => resource.kind === 'dashboard');
  const rules = desired.resources.filter((resource) => resource.kind === 'rule');
  const groups = groupBy(rules, ({ rule }) => rule.group);
  const points = desired.resources.filter((resource) => resource.kind === 'contact-point');
  const folders = desired.resources.filter((resource) => resource.kind === 'folder');
  return [
    ...dashboards.map((resource) => ({
      path: `dashboards/rendered/${resource.uid}.json`,
      content: jsonDocument(resource.spec),
      resources: [resource],
    })),
    ...[...groups].map(([group, members]) =>
      yamlFile(`alerts/rendered/${group}.yaml`, members, groupValue(group, members, project)),
    ),
    yamlFile(CONTACT_POINTS_FILE, points, {
      contactPoints: points.map(({ uid, contactPoint }) => ({ uid, ...contactPoint })),
    }),
    yamlFile(FOLDERS_FILE, folders, { folders: folders.map(({ uid, title }) => ({ uid, title })) }),
  ];
}

function yamlFile(path: string, resources: readonly Resource[], value: object): RenderedFile {
  return { path, content: `${NOTE}\n${renderYaml(value as JsonObject)}`, resources };
}

function groupValue(group: string, members: readonly RuleResource[], project: Project): JsonObject {
  const rules = members.map(({ rule }) => ({ ...rule, notifiesWithin: pageLatency(rule, project) }));
  return { group, rules } as unknown as JsonObject;
}

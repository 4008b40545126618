import { pageLatency } from '../../model/alert-rule.ts';
import { groupBy } from '../../model/group-by.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Project } from '../../model/project.ts';
import {
  type Desired,
  KINDS,
  type Kind,
  type KindSpec,
  ofKind,
  type Resource,
  type RuleResource,
  specOf,
} from '../../model/resource.ts';
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

/** The files that show kinds whole, by path; no rule group's name begins like theirs. */
export const LIST_FILES: ReadonlyMap<string, ListedKind> = new Map(
  KINDS.flatMap((kind) => {
    const { rendered } = specOf(kind);
    return rendered === undefined ? [] : [[`alerts/rendered/${rendered.file}`, { kind, ...rendered }] as const];
  }),
);

type ListedKind = { readonly kind: Kind } & NonNullable<KindSpec<Resource>['rendered']>;

/**
 * What is built, as files for pull requests: dashboards in Grafana's JSON, rules in the rule model, one file per
 * group, of other kinds one for all, secrets by name. The same code gives the same bytes.
 */
export function renderedFiles(desired: Desired, project: Project): readonly RenderedFile[] {
  const dashboards = ofKind(desired.resources, 'dashboard');
  const rules = ofKind(desired.resources, 'rule');
  const groups = groupBy(rules, ({ rule }) => rule.group);
  return [
    ...dashboards.map((resource) => ({
      path: `dashboards/rendered/${resource.uid}.json`,
      content: jsonDocument(resource.spec),
      resources: [resource],
    })),
    ...[...groups].map(([group, members]) =>
      yamlFile(`alerts/rendered/${group}.yaml`, members, groupValue(group, members, project)),
    ),
    ...[...LIST_FILES].map(([path, { kind, list }]) => {
      const members = ofKind(desired.resources, kind);
      return yamlFile(path, members, {
        [list]: members.map((member) => ({ uid: member.uid, ...specOf(kind).content(member) })),
      });
    }),
  ];
}

function yamlFile(path: string, resources: readonly Resource[], value: object): RenderedFile {
  return { path, content: `${NOTE}\n${renderYaml(value as JsonObject)}`, resources };
}

function groupValue(group: string, members: readonly RuleResource[], project: Project): JsonObject {
  const rules = members.map(({ rule }) => ({ ...rule, notifiesWithin: pageLatency(rule, project) }));
  return { group, rules } as unknown as JsonObject;
}

/** Resources as the files of a Grafana provisioning folder and of a Prometheus rule directory. */
import { encodePrometheusRules } from '../../encode/index.ts';
import type { JsonObject } from '../../model/json.ts';
import { KINDS, type Kind, ofKind, type Resource, resourceKey } from '../../model/resource.ts';
import type { RenderedFile } from './kind.ts';
import { DIRECTORY_KINDS } from './kinds.ts';
import { mark, yamlFile } from './yaml.ts';

/**
 * UIDs that Grafana is asked to delete: of rules alone. Asked to delete something that a rule or a policy uses, be it made
 * in its editor, Grafana does not start.
 */
export interface Deleted {
  readonly rules: readonly string[];
}

export const PROMETHEUS_RULES = 'prometheus/rules.yml';

/** Folders that are read for what is ours and what stands in its way. */
export const FOLDERS = ['grafana/alerting', 'grafana/dashboards', 'prometheus'] as const;

/** Whether a path is one that we write to. The owner is lower-case letters and digits. */
export function isOurPlace(path: string, owner: string): boolean {
  return (
    path === PROMETHEUS_RULES ||
    path === `grafana/dashboards/${owner}.yaml` ||
    /^grafana\/(datasources|plugins)\/README\.md$/.test(path) ||
    new RegExp(`^grafana/(alerting/${owner}-[^/]+\\.yaml|dashboards/[^/]+/${owner}-[^/]+\\.json)$`).test(path)
  );
}

/** Where Grafana is asked what to delete. */
export function deletedPath(owner: string): string {
  return `grafana/alerting/${owner}-deleted.yaml`;
}

/**
 * Every file for a set of resources. The same resources give the same bytes.
 *
 * @param known titles of folders by UID, where the folders are not among the resources
 */
export function renderFiles(
  unordered: readonly Resource[],
  deleted: Deleted,
  owner: string,
  known: ReadonlyMap<string, string>,
): readonly RenderedFile[] {
  const resources = [...unordered].sort((left, right) => (resourceKey(left) < resourceKey(right) ? -1 : 1));
  const titles = new Map([...known, ...ofKind(resources, 'folder').map(({ uid, title }) => [uid, title] as const)]);
  const files: RenderedFile[] = [];
  const rendered = <K extends Kind>(kind: K) => DIRECTORY_KINDS[kind].render(ofKind(resources, kind), owner, titles);
  for (const kind of KINDS) files.push(...rendered(kind));
  if (deleted.rules.length > 0) files.push(yamlFile(deletedPath(owner), tombstones(deleted), [], owner));
  if (resources.length > 0) files.push(...guides(owner));
  const rules = ofKind(resources, 'rule').map(({ rule }) => rule);
  if (rules.length > 0) files.push(yamlFile(PROMETHEUS_RULES, encodePrometheusRules(rules), [], owner));
  return files;
}

/** Grafana wants these folders to exist, and people want to know what belongs into them. */
function guides(owner: string): RenderedFile[] {
  const guide = (folder: string, text: string): RenderedFile => ({
    path: `grafana/${folder}/README.md`,
    content: `${mark(owner)}\n\n${text}\n`,
    resources: [],
  });
  return [
    guide(
      'datasources',
      'Put the file with your Prometheus data source here, such as `prometheus.yaml`: Grafana’s documentation of provisioning shows one. Its `uid` is that of `dataSource` in grafana.config.ts. Files that the sync did not write are left alone.',
    ),
    guide('plugins', 'Nothing of the project; Grafana reports an error at every start if this folder is missing.'),
  ];
}

function tombstones({ rules }: Deleted): JsonObject {
  return { apiVersion: 1, deleteRules: rules.map((uid) => ({ orgId: 1, uid })) };
}

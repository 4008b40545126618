/** Resources as the files of a Grafana provisioning folder and of a Prometheus rule directory. */
import { Scalar, stringify } from 'yaml';
import { encodeGrafanaRule, encodePrometheusRules } from '../../encode/index.ts';
import { isSecretRef } from '../../model/contact-point.ts';
import { groupBy } from '../../model/group-by.ts';
import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import {
  type ContactPointResource,
  type FolderResource,
  type Resource,
  type RuleResource,
  resourceKey,
} from '../../model/resource.ts';

/** A file to be, and the resources it holds. */
export interface RenderedFile {
  readonly path: string;
  readonly content: string;
  readonly resources: readonly string[];
}

/**
 * UIDs that Grafana is asked to delete. Contact points are not among them: asked to delete one that a rule or a policy
 * uses, be it made in its editor, Grafana does not start.
 */
export interface Deleted {
  readonly rules: readonly string[];
}

export const PROMETHEUS_RULES = 'prometheus/rules.yml';

/** The first line of every YAML file of ours: by it they are known to be ours, even without a manifest. */
export function mark(owner: string): string {
  return `# Written by grafana-as-code for owner "${owner}". Edits are overwritten by the next sync.`;
}

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

export function contactPointsPath(owner: string): string {
  return `grafana/alerting/${owner}-contact-points.yaml`;
}

/** Where Grafana is asked what to delete. */
export function deletedPath(owner: string): string {
  return `grafana/alerting/${owner}-deleted.yaml`;
}

export function dashboardPath(folderUid: string, uid: string): string {
  return `grafana/dashboards/${folderUid}/${uid}.json`;
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
  const folders = resources.filter((resource) => resource.kind === 'folder');
  const points = resources.filter((resource) => resource.kind === 'contact-point');
  const rules = resources.filter((resource) => resource.kind === 'rule');
  const dashboards = resources.filter((resource) => resource.kind === 'dashboard');
  const titles = new Map([...known, ...folders.map(({ uid, title }) => [uid, title] as const)]);
  const files: RenderedFile[] = [];
  if (folders.length > 0) files.push(yamlFile(`grafana/dashboards/${owner}.yaml`, providers(folders), folders, owner));
  if (points.length > 0) files.push(yamlFile(contactPointsPath(owner), contactPoints(points), points, owner));
  for (const [group, members] of groupBy(rules, ({ rule }) => rule.group)) {
    files.push(
      yamlFile(`grafana/alerting/${owner}-rules-${group}.yaml`, ruleGroup(group, members, titles), members, owner),
    );
  }
  if (deleted.rules.length > 0) {
    files.push(yamlFile(deletedPath(owner), tombstones(deleted), [], owner));
  }
  for (const resource of dashboards) {
    const path = dashboardPath(resource.folderUid, resource.uid);
    files.push({ path, content: `${JSON.stringify(resource.spec, null, 2)}\n`, resources: [resourceKey(resource)] });
  }
  if (resources.length > 0) files.push(...guides(owner));
  if (rules.length > 0)
    files.push(yamlFile(PROMETHEUS_RULES, encodePrometheusRules(rules.map(({ rule }) => rule)), [], owner));
  return files;
}

function yamlFile(path: string, content: JsonObject, held: readonly Resource[], owner: string): RenderedFile {
  return { path, content: `${mark(owner)}\n${yamlOf(content)}`, resources: held.map(resourceKey) };
}

/** Signs that Grafana's reader takes for an end of the line, or refuses, where they stand as they are. */
const ESCAPED = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** In a block, blanks of lines that hold nothing else are taken for its indentation. */
const BLANK_LINES = /^[ \t]*\n\s*$/;

/** YAML in which a text is a text for Grafana too: its reader takes `1_000` for a number and `2026-01-05` for a time. */
function yamlOf(content: JsonObject): string {
  const text = stringify(quoted(content), { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  return text.replace(ESCAPED, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same, with what has to be escaped in quotes, where it can be. */
function quoted(value: Json): unknown {
  if (typeof value === 'string') {
    if (value.search(ESCAPED) === -1 && !BLANK_LINES.test(value)) return value;
    const scalar = new Scalar(value);
    scalar.type = 'QUOTE_DOUBLE';
    return scalar;
  }
  if (Array.isArray(value)) return value.map(quoted);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, quoted(inner)]));
}

/**
 * Folders by title alone, and the same title in the alerting files: by `folderUid` Grafana would make a second folder
 * of the same title, because it provisions alerting first, and by title.
 */
function providers(folders: readonly FolderResource[]): JsonObject {
  return {
    apiVersion: 1,
    providers: folders.map(({ uid, title }) => ({
      name: uid,
      orgId: 1,
      type: 'file',
      folder: escaped(title),
      disableDeletion: false,
      allowUiUpdates: false,
      updateIntervalSeconds: 30,
      // Grafana's own variable for its provisioning folder; its docker image sets it.
      options: { path: `$GF_PATHS_PROVISIONING/dashboards/${uid}`, foldersFromFilesStructure: false },
    })),
  };
}

function contactPoints(points: readonly ContactPointResource[]): JsonObject {
  return {
    apiVersion: 1,
    contactPoints: points.map(({ contactPoint }) => ({
      orgId: 1,
      name: escaped(contactPoint.name),
      receivers: contactPoint.integrations.map(({ type, settings }, index) => ({
        uid: integrationUid(contactPoint.name, index),
        type,
        disableResolveMessage: false,
        settings: Object.fromEntries(
          Object.entries(settings).map(([name, value]) => [
            name,
            isSecretRef(value) ? `$${value.secret}` : escapedIfText(value),
          ]),
        ),
      })),
    })),
  };
}

/** The UID of a contact point's integration, by its place. */
export function integrationUid(name: string, index: number): string {
  return `${name}-${index + 1}`;
}

/** Grafana expands `$NAME` in these files, except in annotations and queries; `$$` is a dollar. */
function escaped(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** In alerting files, and only there, the title of a folder is a path: a slash in a title is `\/`. */
function escapedPath(title: string): string {
  return title.replaceAll('/', '\\/');
}

function escapedIfText(value: string | number | boolean): string | number | boolean {
  return typeof value === 'string' ? escaped(value) : value;
}

function ruleGroup(group: string, members: readonly RuleResource[], titles: ReadonlyMap<string, string>): JsonObject {
  const [first] = members;
  const uid = first?.folderUid ?? '';
  return {
    apiVersion: 1,
    groups: [
      {
        orgId: 1,
        name: escaped(group),
        // Rules of a file name their folder by title alone: of one that nobody knows, the title is all there is.
        folder: escaped(escapedPath(titles.get(uid) ?? uid)),
        interval: first?.rule.evaluationInterval ?? '1m',
        rules: members.map(fileRule),
      },
    ],
  };
}

/** Grafana's provisioning API and its files spell some fields differently; this is the file's spelling. */
function fileRule({ rule, folderUid }: RuleResource): JsonObject {
  const form = encodeGrafanaRule(rule, folderUid);
  const { uid, title, condition, data, noDataState, execErrState, annotations, labels, isPaused } = form as Record<
    string,
    JsonObject
  >;
  const settings = form['notification_settings'] as JsonObject;
  return {
    uid,
    title: escaped(String(title)),
    condition,
    data,
    noDataState,
    execErrState,
    for: form['for'],
    keepFiringFor: form['keep_firing_for'],
    missing_series_evals_to_resolve: form['missingSeriesEvalsToResolve'],
    annotations,
    labels: Object.fromEntries(Object.entries(labels ?? {}).map(([name, value]) => [name, escaped(String(value))])),
    isPaused,
    notification_settings: { ...settings, receiver: escaped(String(settings['receiver'])) },
  } as JsonObject;
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

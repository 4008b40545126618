import { z } from 'zod';
import { decodeGrafanaRule, encodeGrafanaRule } from '../../encode/index.ts';
import { type Duration, isDuration } from '../../model/duration.ts';
import { groupBy } from '../../model/group-by.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Resource, RuleResource } from '../../model/resource.ts';
import type { DirectoryKind, ParsedResource } from './kind.ts';
import { escaped, unescaped, yamlFile } from './yaml.ts';

/** In alerting files, and only there, the title of a folder is a path: a slash in a title is `\/`. */
function escapedPath(title: string): string {
  return title.replaceAll('/', '\\/');
}

/** The way back from `\\/`, which keeps Grafana from taking a title for a path. */
function unescapedPath(title: string): string {
  return title.replaceAll('\\/', '/');
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

const rulesFile = z.looseObject({
  groups: z.array(
    z.looseObject({
      name: z.string(),
      folder: z.string(),
      interval: z.string().refine(isDuration),
      rules: z.array(
        z.looseObject({
          title: z.string(),
          keepFiringFor: z.string(),
          missing_series_evals_to_resolve: z.number(),
          labels: z.record(z.string(), z.string()),
          notification_settings: z.looseObject({ receiver: z.string() }),
        }),
      ),
    }),
  ),
});

function parseRules(
  document: unknown,
  path: string,
  folderUids: ReadonlyMap<string, string>,
): readonly ParsedResource[] {
  return rulesFile.parse(document).groups.flatMap(({ name, folder, interval, rules }) =>
    rules.flatMap(({ title: alert, keepFiringFor, missing_series_evals_to_resolve: missing, ...more }) => {
      const { labels, notification_settings: notification, ...fields } = more;
      const title = unescapedPath(unescaped(folder));
      const folderUid = folderUids.get(title) ?? title;
      const form = {
        ...fields,
        title: unescaped(alert),
        labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, unescaped(value)])),
        notification_settings: { ...notification, receiver: unescaped(notification.receiver) },
        keep_firing_for: keepFiringFor,
        missingSeriesEvalsToResolve: missing,
        ruleGroup: unescaped(name),
        folderUID: folderUid,
        orgID: 1,
      } as unknown as JsonObject;
      const decoded = decodeGrafanaRule(form, interval as Duration, folderUid);
      if (decoded === undefined) return [];
      const { rule, rest: unmodelled } = decoded;
      const service = rule.labels['service'];
      const resource: Resource = {
        kind: 'rule',
        uid: rule.uid,
        title: rule.alert,
        folderUid,
        source: path,
        rule,
        ...(service === undefined ? {} : { service }),
      };
      return [{ resource, ...(unmodelled === undefined ? {} : { unmodelled }) }];
    }),
  );
}

const foreignFile = z.looseObject({
  groups: z.array(z.looseObject({ rules: z.array(z.looseObject({ uid: z.string() })) })),
});

export const rules: DirectoryKind<'rule'> = {
  // A file of another name may be a copy: other kinds have one place each.
  holds: (path) => path.startsWith('grafana/alerting/'),
  render: (all, owner, titles) =>
    [...groupBy(all, ({ rule }) => rule.group)].map(([group, members]) =>
      yamlFile(`grafana/alerting/${owner}-rules-${group}.yaml`, ruleGroup(group, members, titles), members, owner),
    ),
  parse: parseRules,
  foreign: (document) => {
    const read = foreignFile.safeParse(document);
    return read.success ? read.data.groups.flatMap((group) => group.rules.map(({ uid }) => uid)) : [];
  },
};

/** The way back from files to resources, to see what a directory holds. */
import { parse } from 'yaml';
import { z } from 'zod';
import { decodeGrafanaRule } from '../../encode/index.ts';
import type { Integration } from '../../model/contact-point.ts';
import { type Duration, isDuration } from '../../model/duration.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { DashboardResource, Resource } from '../../model/resource.ts';
import { hasOwnerPrefix } from '../../sync/index.ts';
import type { Manifest } from './manifest.ts';
import { contactPointsPath, mark } from './render.ts';

/** A resource as a file holds it. */
export interface ParsedResource {
  readonly resource: Resource;
  readonly unmodelled?: JsonObject;
}

/** What a file says it holds, as far as it can be read; nothing for a file that is no longer well-formed. */
export function parseFile(
  path: string,
  content: string,
  owner: string,
  folderUids: ReadonlyMap<string, string>,
): readonly ParsedResource[] {
  try {
    if (path.endsWith('.json')) return parseDashboard(path, content);
    if (path.endsWith('.md')) return [];
    const document: unknown = parse(content);
    if (path === `grafana/dashboards/${owner}.yaml`) return parseProviders(document, path);
    if (path === contactPointsPath(owner)) return parseContactPoints(document, path);
    return path.startsWith('grafana/alerting/') ? parseRules(document, path, folderUids) : [];
  } catch {
    // A damaged file: the caller knows by its hash, and rewrites it from the desired state.
    return [];
  }
}

const deletedFile = z.looseObject({ deleteRules: z.array(z.looseObject({ uid: z.string() })).default([]) });

/** What a file of ours tells Grafana to delete; nothing for one that is not ours, or damaged. */
export function parseDeleted(content: string, owner: string): Manifest['deleted'] {
  const nothing = { rules: [], contactPoints: [] };
  if (!content.startsWith(mark(owner))) return nothing;
  try {
    const { deleteRules } = deletedFile.parse(parse(content));
    return { ...nothing, rules: deleteRules.flatMap(({ uid }) => (hasOwnerPrefix(owner, uid) ? [uid] : [])) };
  } catch {
    return nothing;
  }
}

/** The UIDs of rules and dashboards in a file that is not ours: ours must not be the same. */
export function foreignUids(path: string, content: string): readonly { kind: 'rule' | 'dashboard'; uid: string }[] {
  try {
    if (path.endsWith('.json') && path.includes('/dashboards/')) {
      const uid = z.looseObject({ uid: z.string() }).safeParse(JSON.parse(content));
      return uid.success ? [{ kind: 'dashboard', uid: uid.data.uid }] : [];
    }
    const rules = z
      .looseObject({ groups: z.array(z.looseObject({ rules: z.array(z.looseObject({ uid: z.string() })) })) })
      .safeParse(parse(content));
    return rules.success
      ? rules.data.groups.flatMap((group) => group.rules.map(({ uid }) => ({ kind: 'rule' as const, uid })))
      : [];
  } catch {
    return [];
  }
}

function parseDashboard(path: string, content: string): readonly ParsedResource[] {
  const spec: unknown = JSON.parse(content);
  if (!isJsonObject(spec) || typeof spec['uid'] !== 'string') return [];
  const folderUid = path.split('/').at(-2) ?? '';
  const tags = Array.isArray(spec['tags']) ? (spec['tags'] as unknown[]) : [];
  const service = tags.map(String).find((tag) => tag.startsWith('service:'));
  const resource: DashboardResource = {
    kind: 'dashboard',
    uid: spec['uid'],
    title: String(spec['title'] ?? spec['uid']),
    folderUid,
    source: path,
    spec,
    signalPanels: {},
    ...(service === undefined ? {} : { service: service.slice('service:'.length) }),
  };
  return [{ resource }];
}

const providersFile = z.looseObject({ providers: z.array(z.looseObject({ name: z.string(), folder: z.string() })) });

function parseProviders(document: unknown, path: string): readonly ParsedResource[] {
  return providersFile.parse(document).providers.map(({ name, folder }) => ({
    resource: { kind: 'folder', uid: name, title: unescaped(folder), source: path },
  }));
}

const pointsFile = z.looseObject({
  contactPoints: z.array(
    z.looseObject({
      name: z.string(),
      receivers: z.array(
        z.looseObject({
          type: z.enum(['pagerduty', 'slack', 'webhook', 'email']),
          settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
        }),
      ),
    }),
  ),
});

function parseContactPoints(document: unknown, path: string): readonly ParsedResource[] {
  return pointsFile.parse(document).contactPoints.map(({ name: written, receivers }) => {
    const name = unescaped(written);
    const integrations = receivers.map(
      ({ type, settings }): Integration => ({
        type,
        settings: Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, reference(value)])),
      }),
    );
    return {
      resource: { kind: 'contact-point', uid: name, title: name, source: path, contactPoint: { name, integrations } },
    };
  });
}

function reference(value: string | number | boolean) {
  if (typeof value !== 'string') return value;
  return /^\$[A-Za-z_][A-Za-z0-9_]*$/.test(value) ? { secret: value.slice(1) } : unescaped(value);
}

/** The way back from `$$`, which keeps Grafana from taking a dollar for a variable. */
function unescaped(text: string): string {
  return text.replaceAll('$$', '$');
}

/** The way back from `\\/`, which keeps Grafana from taking a title for a path. */
function unescapedPath(title: string): string {
  return title.replaceAll('\\/', '/');
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

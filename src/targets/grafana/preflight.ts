/** What has to be so before anything is read or written; each that is not has its own error. */
import type { z } from 'zod';
import type { Scope } from '../../model/plan.ts';
import type { Desired } from '../../model/resource.ts';
import { TargetError } from '../../sync/index.ts';
import type { Client } from './client.ts';
import { AccessError } from './errors.ts';
import { paths } from './paths.ts';
import { health, permissions, settings } from './shapes.ts';

/** The first version with a usable `/apis` for dashboards and folders. */
const OLDEST = 12;

/** What a Grafana says of itself and of our account. */
export interface Site {
  /** `default`, `org-N` or `stacks-N`: part of every path below `/apis`. */
  readonly namespace: string;
  readonly version: string;
  /** Action to the scopes it is allowed in. */
  readonly rights: Readonly<Record<string, readonly string[]>>;
}

/**
 * Checks address, version, account and data sources. Four requests.
 *
 * @throws TargetError that names what is wrong and the next step
 */
export async function checkSite(client: Client, desired: Desired, scope: Scope): Promise<Site> {
  // All at once, because each waits for the network; the first of them that is wrong explains the others.
  const [alive, site, rights, ...sources] = await Promise.allSettled([
    checkHealth(client),
    read(client, paths.settings, settings),
    read(client, paths.permissions, permissions),
    ...dataSources(desired, scope).map((uid) => checkDataSource(client, uid)),
  ]);
  got(alive);
  const { namespace, buildInfo } = got(site);
  checkVersion(client, buildInfo.version);
  const allowed = got(rights);
  for (const source of sources) got(source);
  return { namespace, version: buildInfo.version, rights: allowed };
}

function got<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

async function checkHealth(client: Client): Promise<void> {
  const { status, body } = await client.request('GET', paths.health, {
    tries: 2,
    accept: [400, 401, 403, 404, 405, 410],
  });
  const parsed = health.safeParse(body);
  if (status !== 200 || !parsed.success) {
    throw new TargetError(
      'G003',
      `${client.url} is not a Grafana: ${paths.health} answers with status ${status} and not as Grafana does`,
      'Correct GRAFANA_URL. If Grafana is served from a sub-path, it belongs to the address: https://example.com/grafana',
    );
  }
  const { version } = parsed.data;
  // Some sites hide the version from the health check; the settings tell it to those who are signed in.
  if (version !== undefined) checkVersion(client, version);
}

function checkVersion({ url }: Client, version: string): void {
  const major = Number(/^\d+/.exec(version)?.[0] ?? Number.NaN);
  if (major >= OLDEST) return;
  throw new TargetError(
    'G004',
    `${url} is Grafana ${version}, and version ${OLDEST} or later is needed`,
    `Update Grafana, or sync to a directory that it mounts: npm run sync -- --target directory`,
  );
}

async function read<T>(client: Client, path: string, schema: z.ZodType<T>): Promise<T> {
  const { body } = await client.request('GET', path);
  return parseAnswer(client, path, schema, body);
}

/** @throws TargetError if an answer has another shape than Grafana's. */
export function parseAnswer<T>(client: Client, path: string, schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new TargetError(
    'G009',
    `${client.url} answered ${path.split('?')[0]} in an unknown form: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    'Is it a newer Grafana than this project knows? Nothing was written.',
  );
}

function dataSources({ resources }: Desired, { only }: Scope): readonly string[] {
  if (only === 'dashboards') return [];
  return [...new Set(resources.flatMap((resource) => (resource.kind === 'rule' ? [resource.rule.dataSourceUid] : [])))];
}

async function checkDataSource(client: Client, uid: string): Promise<never | undefined> {
  const { status } = await client.request('GET', paths.dataSource(uid), { accept: [403, 404] });
  // Without the right to look at data sources nothing is known about it, and nothing has to be.
  if (status !== 404) return undefined;
  throw new TargetError(
    'G007',
    `${client.url} has no data source with the UID "${uid}", which the alert rules query`,
    'Create it, or give the UID of the right one in src/project.ts (dataSource). Grafana would accept the rules and never fire them.',
  );
}

/**
 * The rights that a sync needs, checked against what the account has.
 *
 * @param folders UID and whether it exists and is old enough for its permissions to be listed
 * @throws AccessError that names every missing right
 */
export function checkRights(
  client: Client,
  { rights }: Site,
  folders: readonly { readonly uid: string; readonly state: 'absent' | 'new' | 'settled' }[],
  { only }: Scope,
): void {
  const missing = new Set<string>();
  const need = (action: string, uid?: string): void => {
    if (!allows(rights[action], uid)) missing.add(uid === undefined ? action : `${action} (folder ${uid})`);
  };
  for (const { uid, state } of folders) {
    if (state === 'absent') need('folders:create');
    // Permissions of a folder made moments ago are not listed yet: the right as such has to do.
    const place = state === 'settled' ? uid : undefined;
    if (only !== 'alerts') {
      need('dashboards:create', place);
      if (state === 'settled')
        for (const action of ['dashboards:read', 'dashboards:write', 'dashboards:delete']) need(action, place);
    }
    if (only !== 'dashboards') {
      for (const action of ['alert.rules:read', 'alert.rules:create', 'alert.rules:write', 'alert.rules:delete'])
        need(action, place);
    }
  }
  if (only !== 'dashboards') {
    need('alert.notifications:read');
    need('alert.notifications:write');
    need('alert.provisioning.provenance:write');
  }
  if (missing.size === 0) return;
  throw new AccessError(
    'G006',
    `the account lacks rights on ${client.url}\n       missing: ${[...missing].join(', ')}`,
    'The account needs the Editor role, or these rights. Nothing was written. docs/grafana.md#rights',
  );
}

function allows(scopes: readonly string[] | undefined, folder: string | undefined): boolean {
  if (scopes === undefined) return false;
  if (folder === undefined) return true;
  return scopes.some((scope) =>
    ['', '*', 'folders:*', 'folders:uid:*', 'dashboards:*', `folders:uid:${folder}`].includes(scope),
  );
}

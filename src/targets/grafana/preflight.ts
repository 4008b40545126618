/** What has to be so before anything is read or written; each that is not has its own error. */
import type { z } from 'zod';
import type { Scope } from '../../model/plan.ts';
import type { Desired } from '../../model/resource.ts';
import { TargetError } from '../../sync/index.ts';
import type { Client } from './client.ts';
import { accessDenied } from './errors.ts';
import { paths } from './paths.ts';
import { health, permissions, settings } from './shapes.ts';

/** The first version with a usable `/apis` for dashboards and folders. */
const OLDEST = 12;

/** Milliseconds: somebody waits for the first answer of all. */
const HEALTH_DEADLINE = 15_000;

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
  const alive = checkHealth(client);
  // Several wrong passwords at once lock the account for minutes: with one, one request goes ahead.
  if (client.byPassword) {
    await alive;
    await client.request('GET', paths.permissions);
  }
  // All at once, because each waits for the network; the first of them that is wrong explains the others.
  const inVain = new AbortController();
  const others = Promise.allSettled([
    read(client, paths.settings, settings, inVain.signal),
    read(client, paths.permissions, permissions, inVain.signal),
    ...dataSources(desired, scope).map((uid) => checkDataSource(client, uid, inVain.signal)),
  ]);
  await alive.catch((error: unknown) => {
    inVain.abort();
    throw error;
  });
  const [site, rights, ...sources] = await others;
  const { namespace, buildInfo, anonymousEnabled } = got(site);
  checkVersion(client, buildInfo.version);
  // A Grafana that lets anybody look takes a wrong token for anybody: this route alone does not.
  if (anonymousEnabled) await client.request('GET', paths.account, { accept: [403, 404] });
  const allowed = got(rights);
  for (const source of sources) got(source);
  return { namespace, version: buildInfo.version, rights: allowed };
}

/** The organisation of the account: `default`, `org-N` or `stacks-N`. */
export async function readNamespace(client: Client): Promise<string> {
  await checkHealth(client);
  return (await read(client, paths.settings, settings)).namespace;
}

function got<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

async function checkHealth(client: Client): Promise<void> {
  const { status, body } = await client.request('GET', paths.health, {
    tries: 2,
    deadline: Math.min(HEALTH_DEADLINE, client.deadline),
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

async function read<T>(client: Client, path: string, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T> {
  const { body } = await client.request('GET', path, { signal });
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

async function checkDataSource(client: Client, uid: string, signal: AbortSignal): Promise<never | undefined> {
  const { status } = await client.request('GET', paths.dataSource(uid), { accept: [403, 404], signal });
  // Without the right to look at data sources nothing is known about it, and nothing has to be.
  if (status !== 404) return undefined;
  throw new TargetError(
    'G007',
    `${client.url} has no data source with the UID "${uid}", which the alert rules query`,
    'Create it, or give the UID of the right one in src/project.ts (dataSource). Grafana would accept the rules and never fire them.',
  );
}

/** A folder of the code, and whether it exists and is old enough for its permissions to be listed. */
export interface FolderState {
  readonly uid: string;
  readonly state: 'absent' | 'new' | 'settled';
}

/**
 * The rights that a plan needs: a list that leaves out what the account may not see looks like an empty Grafana.
 *
 * @throws ExplainedError (access) that names every missing right
 */
export function checkReading(client: Client, { rights }: Site, folders: readonly FolderState[], { only }: Scope): void {
  const missing = [
    'folders:read',
    ...(only === 'dashboards' ? [] : ['alert.rules:read', 'alert.notifications:read']),
  ].filter((action) => !allows(rights[action], undefined));
  // Dashboards are allowed folder by folder: before the first one there is no such right to have.
  const boards = folders
    .filter(({ uid, state }) => only !== 'alerts' && state === 'settled' && !allows(rights['dashboards:read'], uid))
    .map(({ uid }) => `dashboards:read (folder ${uid})`);
  demand(client, new Set([...missing, ...boards]), 'Viewer');
}

/**
 * The rights that a sync needs.
 *
 * @throws ExplainedError (access) that names every missing right
 */
export function checkWriting(client: Client, { rights }: Site, folders: readonly FolderState[], { only }: Scope): void {
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
  demand(client, missing, 'Editor');
}

function demand(client: Client, missing: ReadonlySet<string>, role: 'Viewer' | 'Editor'): void {
  if (missing.size === 0) return;
  throw accessDenied(
    'G006',
    `the account lacks rights on ${client.url}\n       missing: ${[...missing].join(', ')}`,
    `The account needs the ${role} role, or these rights. Nothing was written. docs/grafana.md#rights`,
  );
}

function allows(scopes: readonly string[] | undefined, folder: string | undefined): boolean {
  if (scopes === undefined) return false;
  if (folder === undefined) return true;
  return scopes.some((scope) =>
    ['', '*', 'folders:*', 'folders:uid:*', 'dashboards:*', `folders:uid:${folder}`].includes(scope),
  );
}

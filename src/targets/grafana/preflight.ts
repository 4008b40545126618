/** What has to be so before anything is read or written; each that is not has its own error. */
import { z } from 'zod';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { type Duration, isDuration, toSeconds } from '../../model/duration.ts';
import { ExplainedError } from '../../model/explained-error.ts';
import type { Scope } from '../../model/plan.ts';
import type { Desired } from '../../model/resource.ts';
import type { GrafanaClient } from './context.ts';

/** The first version with a usable `/apis` for dashboards and folders. */
const OLDEST = 12;

/** Milliseconds: somebody waits for the first answer of all. */
const HEALTH_DEADLINE = 15_000;

const HEALTH = '/api/health';
const SETTINGS = '/api/frontend/settings';
const ACCOUNT = '/api/user';
const PERMISSIONS = '/api/access-control/user/permissions';

const health = z.looseObject({ database: z.string(), version: z.string().optional() });
const settings = z.looseObject({
  /** The organisation: part of every path below `/apis`. */
  namespace: z.string().regex(/^[A-Za-z0-9-]+$/),
  buildInfo: z.looseObject({ version: z.string() }),
  anonymousEnabled: z.boolean().nullish(),
});
const dataSource = z.looseObject({
  name: z.string(),
  jsonData: z.looseObject({ timeInterval: z.string().refine(isDuration).optional().catch(undefined) }).nullish(),
});
const permissions = z.record(z.string(), z.array(z.string()));

/** What a Grafana says of itself and of our account. */
export interface Site {
  readonly url: string;
  /** `default`, `org-N` or `stacks-N`. */
  readonly namespace: string;
  readonly version: string;
  /** Action to the scopes it is allowed in. */
  readonly rights: Readonly<Record<string, readonly string[]>>;
  /** What is worth a look. */
  readonly notes: readonly Diagnostic[];
}

/**
 * Checks address, version, account and data sources. Four requests.
 *
 * @throws ExplainedError that names what is wrong and the next step
 */
export async function checkSite(
  client: GrafanaClient,
  desired: Desired,
  scope: Scope,
  scrapeInterval: Duration | undefined,
): Promise<Site> {
  const alive = checkHealth(client);
  // Several wrong passwords at once lock the account for minutes: with one, one request goes ahead.
  if (client.byPassword) {
    await alive;
    await client.request('GET', PERMISSIONS);
  }
  // All at once, because each waits for the network; the first of them that is wrong explains the others.
  const inVain = new AbortController();
  const others = Promise.allSettled([
    client.read(SETTINGS, settings, inVain.signal),
    client.read(PERMISSIONS, permissions, inVain.signal),
    ...dataSources(desired, scope).map((uid) => checkDataSource(client, uid, scrapeInterval, inVain.signal)),
  ]);
  await alive.catch((error: unknown) => {
    inVain.abort();
    throw error;
  });
  const [site, rights, ...sources] = await others;
  const { namespace, buildInfo, anonymousEnabled } = got(site);
  checkVersion(client, buildInfo.version);
  // A Grafana that lets anybody look takes a wrong token for anybody: this route alone does not.
  if (anonymousEnabled === true) await client.request('GET', ACCOUNT, { accept: [403, 404] });
  const allowed = got(rights);
  const notes = sources.flatMap((source) => got(source) ?? []);
  return { url: client.url, namespace, version: buildInfo.version, rights: allowed, notes };
}

/** The organisation of the account: `default`, `org-N` or `stacks-N`. */
export async function readNamespace(client: GrafanaClient): Promise<string> {
  await checkHealth(client);
  return (await client.read(SETTINGS, settings)).namespace;
}

function got<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

async function checkHealth(client: GrafanaClient): Promise<void> {
  const { status, body } = await client.request('GET', HEALTH, {
    tries: 2,
    deadline: Math.min(HEALTH_DEADLINE, client.deadline),
    accept: [400, 401, 403, 404, 405, 410],
  });
  const parsed = health.safeParse(body);
  if (status !== 200 || !parsed.success) {
    throw new ExplainedError({
      code: 'G003',
      message: `${client.url} is not a Grafana: ${HEALTH} answers with status ${status} and not as Grafana does`,
      remedy:
        'Correct GRAFANA_URL. If Grafana is served from a sub-path, it belongs to the address: https://example.com/grafana',
    });
  }
  const { version } = parsed.data;
  // Some sites hide the version from the health check; the settings tell it to those who are signed in.
  if (version !== undefined) checkVersion(client, version);
}

function checkVersion({ url }: GrafanaClient, version: string): void {
  const major = Number(/^\d+/.exec(version)?.[0] ?? Number.NaN);
  if (major >= OLDEST) return;
  throw new ExplainedError({
    code: 'G004',
    message: `${url} is Grafana ${version}, and version ${OLDEST} or later is needed`,
    remedy: `Update Grafana, or sync to a directory that it mounts: npm run sync -- --target directory`,
  });
}

function dataSources({ resources }: Desired, { only }: Scope): readonly string[] {
  if (only === 'dashboards') return [];
  return [...new Set(resources.flatMap((resource) => (resource.kind === 'rule' ? [resource.rule.dataSourceUid] : [])))];
}

/** What Grafana takes for the scrape interval where a data source states none. */
const USUAL_INTERVAL = '15s';

async function checkDataSource(
  client: GrafanaClient,
  uid: string,
  scrapeInterval: Duration | undefined,
  signal: AbortSignal,
): Promise<Diagnostic | undefined> {
  const path = `/api/datasources/uid/${encodeURIComponent(uid)}`;
  const { status, body } = await client.request('GET', path, { accept: [403, 404], signal });
  // Without the right to look at data sources nothing is known about it, and nothing has to be.
  if (status !== 404) return scrapeInterval === undefined ? undefined : intervalNote(body, scrapeInterval);
  throw new ExplainedError({
    code: 'G007',
    message: `${client.url} has no data source with the UID "${uid}", which the alert rules query`,
    remedy:
      'Create it, or give the UID of the right one in grafana.config.ts (dataSource). Grafana would accept the rules and never fire them.',
  });
}

/** Panels of others, and Explore, take `$__rate_interval` from the data source: too short, and a rate has one sample. */
function intervalNote(body: unknown, scrapeInterval: Duration): Diagnostic | undefined {
  const parsed = dataSource.safeParse(body);
  if (!parsed.success) return undefined;
  const { name, jsonData } = parsed.data;
  const stated = jsonData?.timeInterval;
  if (toSeconds(stated ?? USUAL_INTERVAL) === toSeconds(scrapeInterval)) return undefined;
  return {
    code: 'G022',
    level: 'warning',
    subject: `data source ${name}`,
    message: `says that services are scraped every ${stated ?? `${USUAL_INTERVAL}, as it states nothing`}, and the project every ${scrapeInterval}`,
    remedy: `Set its "Scrape interval" (jsonData.timeInterval) to ${scrapeInterval}, or correct scrapeInterval in grafana.config.ts.`,
  };
}

/** What a page knows of the project: whose queries it shows, and what is around that service. */
import { callersOf, panelId } from '../../build/index.ts';
import { type Terms, termsOf } from '../../metrics/timing.ts';
import type { Project } from '../../model/project.ts';
import type { DashboardResource } from '../../model/resource.ts';
import { type Catalog, type Database, type Pool, type Service, servicesBehind } from '../../model/service.ts';
import type { SignalId } from '../../model/signal.ts';
import { code, listed } from './write.ts';

/** What pages are filled from. */
export interface RunbookWorld {
  readonly project: Pick<Project, 'scrapeInterval' | 'dataSource' | 'folder' | 'system' | 'owner'>;
  readonly catalog: Catalog;
  readonly dashboards: readonly DashboardResource[];
  /** The alerts that the project has chosen, which other pages link to. */
  readonly alerts: readonly { readonly alert: string; readonly signal: SignalId }[];
}

export interface About extends RunbookWorld {
  readonly alert: string;
  /** Whose queries the page shows; undefined where no service has the alert. */
  readonly service: Service | undefined;
  /** All services that have the alert. */
  readonly services: readonly Service[];
  readonly terms: Terms;
  /**
   * Where a panel is found, by its key: on the dashboard of the page's service, or of another one with the alert.
   * Undefined where none shows it. @example '_Restarts_ (row Resources)'
   */
  readonly panel: (key: string) => string | undefined;
  /** The same on the dashboard of one service. */
  readonly panelOf: (one: Service, key: string) => string | undefined;
  /** The same on a dashboard of the project as a whole. */
  readonly overview: (key: string) => string | undefined;
  /** A link to the page of a signal's alert; undefined on that page, and where the project has no such alert. */
  readonly page: (signal: SignalId) => string | undefined;
}

/** @param services those that have a rule of the alert */
export function aboutAlert(
  { alert, signal }: RunbookWorld['alerts'][number],
  services: readonly Service[],
  world: RunbookWorld,
): About {
  const service = mostTelling(signal, services, world.catalog);
  const panelOf = ({ id }: Service, key: string) =>
    placeIn(
      world.dashboards.filter((dashboard) => dashboard.service === id),
      key,
      false,
    );
  const shared = world.dashboards.filter((dashboard) => dashboard.service === undefined);
  return {
    ...world,
    alert,
    service,
    services,
    terms: termsOf({ ...world.catalog, scrapeInterval: world.project.scrapeInterval }),
    panel: (key) => firstPlace([...(service === undefined ? [] : [service]), ...services], (one) => panelOf(one, key)),
    panelOf,
    overview: (key) => placeIn(shared, key, true),
    page: (wanted) => {
      const other = world.alerts.find((one) => one.signal === wanted)?.alert;
      return other === undefined || other === alert ? undefined : `[${other}](${other}.md)`;
    },
  };
}

/**
 * The service that queries are shown for. Of a hang users feel most at the edge; all else is looked for inside: with a
 * database, and called by most.
 */
function mostTelling(signal: SignalId, services: readonly Service[], catalog: Catalog): Service | undefined {
  const weight = (service: Service) =>
    signal === 'traffic-ratio'
      ? Number(service.tier === 'edge')
      : 1000 * Number(service.databases.length > 0) + callersOf(service, catalog).length;
  return [...services].sort((left, right) => weight(right) - weight(left))[0];
}

function firstPlace(services: readonly Service[], place: (service: Service) => string | undefined) {
  for (const service of services) {
    const found = place(service);
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title?: string;
}

function placeIn(dashboards: readonly DashboardResource[], key: string, named: boolean): string | undefined {
  const id = panelId(key);
  for (const dashboard of dashboards) {
    let row = '';
    for (const panel of (dashboard.spec['panels'] ?? []) as unknown as readonly Panel[]) {
      if (panel.type === 'row') row = (panel.title ?? '').split(':')[0] ?? '';
      else if (panel.id === id) return mention(panel.title ?? '', row, named ? dashboard.title : undefined);
    }
  }
  return undefined;
}

/** As the checks of pages read it; names that Markdown would take for its own signs are quoted instead. */
function mention(title: string, row: string, dashboard: string | undefined): string {
  const place = [...(dashboard === undefined ? [] : [dashboard]), row === '' ? 'top' : `row ${row}`].join(', ');
  const isPlain = /^[\w ,.'’()/%-]+$/.test(title) && !title.includes('_') && /^[A-Za-z][A-Za-z0-9 ,-]*$/.test(place);
  return isPlain && (dashboard === undefined || /^[A-Z][A-Za-z0-9 ]*$/.test(dashboard))
    ? `_${title}_ (${place})`
    : `"${plain(title)}" (${plain(place)})`;
}

/** A name from the project's facts as text of a page, whatever signs it has. */
export function plain(name: string): string {
  return name
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]|~<>{}#]/g, '\\$&')
    .replace(/&/g, '&amp;');
}

export function titleOf({ title }: Service): string {
  return plain(title);
}

export function titles(services: readonly Service[]): string {
  return listed(services.map(titleOf));
}

export function hasPool({ pools }: Service, kind: Pool['kind']): boolean {
  return pools.some((pool) => pool.kind === kind);
}

/** The page's service, or another one with the alert, of which something holds. */
export function someService(about: About, holds: (service: Service) => boolean): Service | undefined {
  return [...(about.service === undefined ? [] : [about.service]), ...about.services].find(holds);
}

/** Whose database is a PostgreSQL, of those that have the alert. */
export function postgresOf(about: About): { readonly service: Service; readonly database: Database } | undefined {
  const databaseOf = ({ databases }: Service) => databases.find(({ system }) => system === 'postgresql');
  const service = someService(about, (one) => databaseOf(one) !== undefined);
  const database = service === undefined ? undefined : databaseOf(service);
  return service === undefined || database === undefined ? undefined : { service, database };
}

/** Whose database is asked, where that is not the page's service. */
export function ofWhom(found: ReturnType<typeof postgresOf>, { service }: About): string | undefined {
  return found === undefined || found.service === service ? undefined : `Of ${titleOf(found.service)}:`;
}

/** Those in front, where load is shed; in words where no service says that it is one. */
export function edgeOf({ catalog }: About): string {
  const edge = catalog.services.filter(({ tier }) => tier === 'edge');
  return edge.length === 0 || edge.length > 3 ? 'the edge' : titles(edge);
}

/** As many services a sentence or a query names. */
const NAMED = 8;

/**
 * The services from the innermost to the edge, those that trouble may have come from before those that it reached;
 * of a large system those around the page's service.
 */
export function fromInside(about: About): readonly Service[] {
  const ordered = new Set<Service>();
  const seen = new Set<Service>();
  const visit = (service: Service): void => {
    if (seen.has(service)) return;
    seen.add(service);
    for (const behind of servicesBehind(service, about.catalog)) visit(behind);
    ordered.add(service);
  };
  for (const service of about.catalog.services) visit(service);
  const near = around(about);
  return [...ordered].filter((service) => near.has(service));
}

function around({ catalog, service }: About): ReadonlySet<Service> {
  if (catalog.services.length <= NAMED || service === undefined) return new Set(catalog.services.slice(0, NAMED));
  const found = new Set([service]);
  // A set that grows while it is walked is a queue.
  for (const one of found) {
    for (const next of [...servicesBehind(one, catalog), ...callersOf(one, catalog)]) {
      if (found.size < NAMED) found.add(next);
    }
  }
  return found;
}

/** Where to begin when several are red; undefined where there is one alone. */
export function innermostFirst(about: About): string | undefined {
  const order = fromInside(about);
  return order.length < 2 ? undefined : order.map(titleOf).join(' before ');
}

/** A command of Kubernetes, in the namespace that the service's facts tell. */
export function kubectl({ service, catalog }: About, command: string): string {
  const names = new Set((service === undefined ? catalog.services : [service]).map(namespaceOf));
  return code(`kubectl -n ${names.size === 1 ? [...names].join() : '<namespace>'} ${command}`);
}

/** Its deployment, as Kubernetes calls it. */
export function deployment({ service }: About): string {
  return `deployment/${service?.id ?? '<service>'}`;
}

function namespaceOf({ metrics: { cpu, memory } }: Service): string {
  const matchers = [cpu, memory].flatMap((one) => (one?.kind === 'container' ? one.usage.matchers : []));
  const names = matchers.flatMap((matcher) => /^namespace="([a-z0-9-]+)"$/.exec(matcher)?.[1] ?? []);
  return names[0] ?? '<namespace>';
}

/** The sentences of every first step of a mitigation. */
export function rollback(about: About): string {
  return `The deployment annotation on the dashboard shows what was deployed. The command depends on the deployment system; on Kubernetes: ${kubectl(about, `rollout undo ${deployment(about)}`)}.`;
}

/** Whose queries the page shows, and what to do for another service. */
export function queriesAreFor({ service, services }: About): string | undefined {
  if (service === undefined || services.length < 2) return undefined;
  const shape = ({ id, metrics }: Service) => JSON.stringify(metrics).replaceAll(id, '\0');
  const alike = services.every((other) => shape(other) === shape(service));
  return alike
    ? `The queries are for ${titleOf(service)}; put the alert's ${code('service')} label in place of ${code(service.id)}.`
    : `The queries are for ${titleOf(service)}. Other services have other names for some of it: the panels of their dashboards hold those queries.`;
}

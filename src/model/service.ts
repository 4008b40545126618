import { callerFile } from './caller.ts';
import type { Dimension } from './dimension.ts';
import type { Duration } from './duration.ts';
import { type VaryingParts, vary } from './environment.ts';
import { deepFreeze } from './json.ts';
import type { MetricProfile } from './metrics.ts';
import type { LimitFacts, SignalDefinition } from './own-signal.ts';
import { count, milliseconds, percent, type Quantity, seconds, times, type Unit } from './quantity.ts';

type Above<U extends Unit> = { readonly above: Quantity<U>; readonly for: Duration };
type AtLeast<U extends Unit> = { readonly atLeast: Quantity<U>; readonly for: Duration };
type Below<U extends Unit> = { readonly below: Quantity<U>; readonly for: Duration };

/**
 * When each alert of a service fires: the limit, and for how long it has to be passed. The same constants draw the
 * lines in panels. Defaults are the incident review's and, where it says nothing, those measured against it.
 */
export interface Thresholds {
  /** Share of requests that fail. Review, alert 1: 5 % for 3m. */
  readonly errorRatio: Above<'ratio'>;
  /** 95th percentile of response time. Review, alert 2: 2 s; `for` 2m. Must be a histogram boundary. */
  readonly latencyP95: Above<'seconds'>;
  /** Connections in use over the pool's maximum, worst instance. Review, alert 3: 75 %; `for` 2m. */
  readonly poolUtilisation: AtLeast<'ratio'>;
  /** Requests that wait for a connection. Review, alert 3, last chance before errors: any, for 2m. */
  readonly poolWaiting: Above<'count'>;
  /** 95th percentile of query time. Review, alert 4: 500 ms for 5m. Must be a histogram boundary. */
  readonly queryP95: Above<'seconds'>;
  /** Share of requests to one dependency that fail. Review, alert 5: 10 %; `for` 2m. */
  readonly dependencyErrorRatio: Above<'ratio'>;
  /** CPU use over the limit, worst instance. Review, alert 6: 80 %; `for` 10m. */
  readonly cpuUtilisation: Above<'ratio'>;
  /** Memory use over the limit, worst instance. Review, alert 6: 90 %; `for` 5m. */
  readonly memoryUtilisation: Above<'ratio'>;
  /** p95 as a multiple of the last hours' p95, counted only above `floor`. The earliest sign of the incident. */
  readonly latencyRegression: Above<'factor'> & { readonly floor: Quantity<'seconds'> };
  /**
   * How many of three signs hold at once: latency (p95 above `latencyAbove`, or a regression above
   * `regressionFloor`), pool, query. Pages before errors appear.
   */
  readonly degradation: AtLeast<'count'> & {
    readonly latencyAbove: Quantity<'seconds'>;
    readonly regressionFloor: Quantity<'seconds'>;
  };
  /** Share of failed requests of one instance among many. */
  readonly instanceErrorRatio: Above<'ratio'>;
  /** Requests a second as a share of the last hours': hangs look idle. */
  readonly trafficRatio: Below<'ratio'>;
  /** Metric families that are missing while there is traffic. */
  readonly telemetryAbsent: Above<'count'>;
}

/** The thresholds of a service that states none. */
export const defaultThresholds: Thresholds = deepFreeze({
  errorRatio: { above: percent(5), for: '3m' },
  latencyP95: { above: seconds(2), for: '2m' },
  poolUtilisation: { atLeast: percent(75), for: '2m' },
  poolWaiting: { above: count(0), for: '2m' },
  queryP95: { above: milliseconds(500), for: '5m' },
  dependencyErrorRatio: { above: percent(10), for: '2m' },
  cpuUtilisation: { above: percent(80), for: '10m' },
  memoryUtilisation: { above: percent(90), for: '5m' },
  latencyRegression: { above: times(3), for: '2m', floor: milliseconds(150) },
  degradation: { atLeast: count(2), for: '2m', latencyAbove: seconds(1), regressionFloor: milliseconds(300) },
  instanceErrorRatio: { above: percent(20), for: '5m' },
  trafficRatio: { below: percent(20), for: '5m' },
  telemetryAbsent: { above: count(0), for: '3m' },
} satisfies Thresholds);

/** A database that the service queries. */
export interface Database {
  /** Its name, as in `db_namespace`. */
  readonly name: string;
  /** What it is, in OpenTelemetry's names. @example 'postgresql' */
  readonly system: string;
}

/** The most connections of a pool, for each instance. `unlimited`: there is no maximum to be near. */
export type MaxConnections = number | 'unlimited';

/** A connection pool of the service. The maximum is per instance. */
export type Pool =
  | {
      readonly kind: 'database' /** As in the pool label. */;
      readonly name: string;
      readonly maxConnections: MaxConnections;
    }
  | {
      readonly kind: 'http';
      readonly name: string;
      readonly maxConnections: MaxConnections;
      /** The dependency's address, if the pool is for one dependency alone. */
      readonly address?: string;
    };

/**
 * What the service calls: another service of the catalog by its id, or something outside by its address.
 * `address` is the value of the client metric's address label; for a service it defaults to its id.
 */
export type Dependency =
  | { readonly service: string; readonly address?: string }
  | { readonly external: string; readonly title?: string };

/** The facts that people write about a service. */
export interface ServiceFacts {
  /** Lower-case letters, digits and single hyphens; short enough for every UID made of it. @example 'payments' */
  readonly id: string;
  /** The name people use. @example 'User Service' */
  readonly title: string;
  /** Who is on call for it: a label of its alerts. */
  readonly team: string;
  /** `edge`: users talk to it, so slow or silent pages. `internal`: the same warns. */
  readonly tier: 'edge' | 'internal';
  /** How its metrics are found: `otel()`, `micrometer()`, `promClient()`, or a mix of their families. */
  readonly metrics: MetricProfile;
  /** The databases it queries. Default: none. */
  readonly databases?: readonly Database[];
  /** Its connection pools. Default: none; a service without pools has no pool alerts. */
  readonly pools?: readonly Pool[];
  /** What it calls. Default: nothing. */
  readonly dependencies?: readonly Dependency[];
  /** What differs from the defaults, alert by alert. @example { errorRatio: { above: percent(3) } } */
  readonly thresholds?: { readonly [K in keyof Thresholds]?: Partial<Thresholds[K]> };
  /** Its limits of signals that the project defines. Default: theirs. @example [limit(queueLag, { above: count(10) })] */
  readonly limits?: readonly LimitFacts[];
}

/** The same where facts differ between environments, which any but the id may. */
export type VaryingServiceFacts = Pick<ServiceFacts, 'id'> & VaryingParts<Omit<ServiceFacts, 'id'>>;

/** A service with every default filled in. What differs between environments does so still where people see it. */
export interface Service extends Required<Omit<ServiceFacts, 'thresholds'>> {
  readonly thresholds: Thresholds;
  /** The file that defines it, relative to the project: where a diagnostic sends its reader. */
  readonly source: string;
}

/** All services, so that one can be understood by the ones around it. */
export interface Catalog {
  readonly services: readonly Service[];
  /** How often they are scraped, which windows follow. Default: 15s. */
  readonly scrapeInterval?: Duration;
  /** What divides all of them, such as regions. Default: nothing. */
  readonly dimensions?: readonly Dimension[];
  /** Signals that the project defines. Default: none. */
  readonly signals?: readonly SignalDefinition[];
}

/**
 * States the facts of a service; defaults are filled in. It checks nothing: `npm run validate` and the first step
 * of every command report all that is wrong with all services together.
 *
 * @example
 * export const payments = defineService({
 *   id: 'payments', title: 'Payments', team: 'money', tier: 'internal',
 *   metrics: otel({ job: 'acme/payments', container: 'payments' }),
 *   databases: [{ name: 'ledger', system: 'postgresql' }],
 *   pools: [{ kind: 'database', name: 'primary', maxConnections: 20 }],
 *   dependencies: [{ external: 'bank.example.com' }],
 *   thresholds: { queryP95: { above: milliseconds(100) } },
 * });
 */
export function defineService(facts: VaryingServiceFacts): Service {
  const source = callerFile() ?? `services/${facts.id}.ts`;
  return deepFreeze({
    databases: [],
    pools: [],
    dependencies: [],
    limits: [],
    // Each is a plain fact when the project is in an environment, which is before anything reads it.
    ...(facts as ServiceFacts),
    thresholds: vary(facts.thresholds as ServiceFacts['thresholds'], withDefaults),
    source,
  });
}

function withDefaults(stated: ServiceFacts['thresholds'] = {}): Thresholds {
  const overridden = Object.entries(stated).map(([name, override]) => [
    name,
    vary(override, (own) => ({ ...defaultThresholds[name as keyof Thresholds], ...own })),
  ]);
  return { ...defaultThresholds, ...Object.fromEntries(overridden) };
}

/** The services together, as `signals()` and the builders want them, with what holds for all of their series. */
export function defineCatalog(
  services: readonly Service[],
  { scrapeInterval, dimensions, signals }: Omit<Catalog, 'services'> = {},
): Catalog {
  return deepFreeze({
    services: [...services],
    ...(scrapeInterval === undefined ? {} : { scrapeInterval }),
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(signals === undefined ? {} : { signals }),
  });
}

/** The service of an id, or undefined. */
export function findService(catalog: Catalog, id: string): Service | undefined {
  const known = byId.get(catalog) ?? new Map(catalog.services.toReversed().map((service) => [service.id, service]));
  byId.set(catalog, known);
  return known.get(id);
}

/** Catalogs are frozen, and in a large one every service is looked for many times. */
const byId = new WeakMap<Catalog, ReadonlyMap<string, Service>>();

/** The value of the address label under which a service sees a dependency. */
export function dependencyAddress(dependency: Dependency): string {
  return 'external' in dependency ? dependency.external : (dependency.address ?? dependency.service);
}

/** The services of the catalog that a service calls, in its own order. */
export function servicesBehind(service: Service, catalog: Catalog): readonly Service[] {
  return service.dependencies.flatMap((dependency) => {
    const behind = 'service' in dependency ? findService(catalog, dependency.service) : undefined;
    return behind === undefined ? [] : [behind];
  });
}

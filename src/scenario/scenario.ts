import type { Duration } from '../model/duration.ts';
import { deepFreeze } from '../model/json.ts';
import type { TimeOfDay } from './clock.ts';
import type { Curve } from './curve.ts';

/** The families of series, each of which can be lost alone. */
export type SeriesFamily =
  | 'server'
  | 'client'
  | 'database'
  | 'database pool'
  | 'http pool'
  | 'cpu'
  | 'memory'
  /** Of CPU and memory, as Kubernetes reports them. */
  | 'limits';

/** How the connections of a pool are used. */
export interface PoolBehaviour {
  /**
   * Share of the maximum in use, 0 to 1. Default: Little's law, requests a second × mean duration. An outbound pool
   * that the agent has no gauge for always follows Little's law.
   */
  readonly used?: Curve;
  /** Requests that wait for a connection. Default: what Little's law asks for above the maximum, or none. */
  readonly waiting?: Curve;
}

/** What a service sees of something it calls. Default for a service: that service's own behaviour. */
export interface CallBehaviour {
  /** Calls for each request served. Default: an even share of one call among all dependencies. */
  readonly perRequest?: Curve;
  /** 95th percentile in seconds. Default for something external: 100 ms. */
  readonly latencyP95?: Curve;
  /** Share of calls answered with 5xx. */
  readonly errors?: Curve;
  /** Share of calls that end without a status: timeouts. Default: none. */
  readonly timeouts?: Curve;
}

/** How one of a service's databases is asked, and answers. */
export interface DatabaseBehaviour {
  /** Queries for each request served. Default: an even share of `queriesPerRequest`. */
  readonly perRequest?: Curve;
  /** 95th percentile of query time, in seconds. Default: as all of them. */
  readonly queryP95?: Curve;
}

/** What differs for one of a service's instances. */
export interface InstanceBehaviour {
  readonly errors?: Curve;
  readonly latencyP95?: Curve;
  /** Share in use of every pool that has a gauge. */
  readonly poolUsed?: Curve;
  readonly cpu?: Curve;
  readonly memory?: Curve;
}

/** What differs for a part of a service that a dimension divides off, such as one of its regions. */
export interface DivisionBehaviour extends InstanceBehaviour {
  /** Of the service's requests, 0 to 1. Default: an even share of what the others leave. */
  readonly share?: number;
  /** Series of this part alone that are not there. Default: none. */
  readonly lost?: readonly Loss[];
}

/** Instances start again: their counters begin at 0. */
export type Restart =
  /** In place, all at once; `down`, without any series meanwhile. */
  | { readonly kind: 'in place'; readonly at: TimeOfDay; readonly down?: Duration }
  /** A rollout: new instances replace old ones, one after the other. */
  | { readonly kind: 'rollout'; readonly at: TimeOfDay; readonly apart: Duration };

/** Series that are not there, though the service may be well. */
export interface Loss {
  readonly families: readonly SeriesFamily[] | 'all';
  readonly from: TimeOfDay;
  readonly until: TimeOfDay;
}

/** What happens to a service. Whatever is left out is as in `healthyBehaviour`. */
export interface ServiceBehaviour {
  /** Requests a second, all instances together. */
  readonly traffic: Curve;
  /** 95th percentile of response time, in seconds. */
  readonly latencyP95: Curve;
  /** Share of requests answered with 5xx, 0 to 1. */
  readonly errors: Curve;
  /** Requests, and their queries, that are slow on any day: a share of them, with a 95th percentile in seconds. */
  readonly tail: { readonly share: number; readonly p95: number };
  /** 95th percentile of query time, in seconds. Default: nine tenths of the response time. */
  readonly queryP95?: Curve;
  /** Queries for each request. */
  readonly queriesPerRequest: number;
  /** What differs for single databases, by their names. */
  readonly databases: Readonly<Record<string, DatabaseBehaviour>>;
  /** By the pool's name. */
  readonly pools: Readonly<Record<string, PoolBehaviour>>;
  /** By the dependency's address. */
  readonly calls: Readonly<Record<string, CallBehaviour>>;
  /** Share of the limit in use, 0 to 1. */
  readonly cpu: Curve;
  /** Share of the limit in use, 0 to 1. */
  readonly memory: Curve;
  /** As many in each region, where a dimension divides the service. */
  readonly instances: number;
  /** Instances that differ from the others, by number from 0. */
  readonly instanceOverrides: Readonly<Record<number, InstanceBehaviour>>;
  /**
   * What differs for a value of the project's dimension; for several dimensions, their values with a slash between.
   *
   * @example { eu: { share: 0.04, errors: 1 } }
   */
  readonly divisions: Readonly<Record<string, DivisionBehaviour>>;
  readonly restarts: readonly Restart[];
  readonly lost: readonly Loss[];
}

/** A service on a day like any other: 40 requests a second at 50 ms, one in a thousand fails. */
export const healthyBehaviour: ServiceBehaviour = deepFreeze({
  traffic: 40,
  latencyP95: 0.05,
  errors: 0.001,
  tail: { share: 0, p95: 3 },
  queriesPerRequest: 1,
  databases: {},
  pools: {},
  calls: {},
  cpu: 0.3,
  memory: 0.5,
  instances: 2,
  instanceOverrides: {},
  divisions: {},
  restarts: [],
  lost: [],
});

/** A series that no binding of a service tells of, such as what a project's own signal reads. */
export interface ScenarioSeries {
  /** @example 'queue_messages' */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** A gauge has this value; a counter goes up by as much a second. */
  readonly value: Curve;
  /** Default: `gauge`. */
  readonly kind?: 'gauge' | 'counter';
}

/** Something that happened, drawn on the timeline. */
export interface ScenarioEvent {
  readonly at: TimeOfDay;
  readonly title: string;
  /** Where this is known from. Without one it is an assumption of the scenario. */
  readonly source?: string;
  /** When on-call was paged that day: leads are counted from here. */
  readonly page?: true;
  /** The first sign of trouble: what is found is counted from here. */
  readonly sign?: true;
}

/** A version that went live, and was taken back. */
export interface Release {
  /** The service's id. */
  readonly service: string;
  /** As the service's own metrics name it. @example 'v1.2.3' */
  readonly version: string;
  readonly deployed: TimeOfDay;
  readonly rolledBack: TimeOfDay;
}

/** An alert that has to fire. */
export interface MustFire {
  readonly alert: string;
  /** A service's id, or `project`. */
  readonly service: string;
  /** Whether it wakes somebody up, or warns. */
  readonly pages: boolean;
  /** It has to start firing between these, both included. */
  readonly between: readonly [TimeOfDay, TimeOfDay];
  /** It has to be resolved by then. Default: as `resolvedBy` of all, if stated. */
  readonly resolvedBy?: TimeOfDay;
  /** It must not resolve before. */
  readonly untilAtLeast?: TimeOfDay;
  /** Why a person wants to be notified, and by this alert. */
  readonly because: string;
}

/** Alerts that may fire, or must never. Without a service, those of any. */
export interface AboutAlert {
  readonly alert: string;
  readonly service?: string;
  readonly because: string;
}

/** Alerts that may fire. */
export interface MayFire extends AboutAlert {
  /** They may wake somebody up as well. Default: they may warn. */
  readonly pages?: true;
}

/** What alerting has to make of a scenario. Whatever is neither in `must` nor in `may` must not fire. */
export interface Expectations {
  readonly must: readonly MustFire[];
  readonly may: readonly MayFire[];
  /** Said aloud, because someone would expect them. They may not stand in `may`. */
  readonly never: readonly AboutAlert[];
  readonly firstWarningBy?: TimeOfDay;
  readonly firstPageBy?: TimeOfDay;
  readonly resolvedBy?: TimeOfDay;
}

/** A day, or a part of one, in the life of the services, and what alerting has to make of it. */
export interface Scenario {
  /** Kebab-case; what `npm run replay -- <id>` takes. */
  readonly id: string;
  readonly title: string;
  /** Why a person would want alerting to behave as expected here. */
  readonly because: string;
  /** The day, for pictures and for the tables' clock. */
  readonly day: string;
  readonly from: TimeOfDay;
  readonly until: TimeOfDay;
  /** `even`: no chance involved. `poisson`: requests arrive independently of each other. */
  readonly arrivals: 'even' | 'poisson';
  readonly events: readonly ScenarioEvent[];
  /** What is not known, and taken to be so. */
  readonly assumptions: readonly string[];
  /** The behaviour of every service, where it is not `healthyBehaviour`. */
  readonly defaults: Partial<ServiceBehaviour>;
  /** What differs from that, by service id. */
  readonly services: Readonly<Record<string, Partial<ServiceBehaviour>>>;
  /** Series besides those of the services. Default: none. */
  readonly series: readonly ScenarioSeries[];
  /** When Prometheus does not answer Grafana: no rule learns anything then. Default: never. */
  readonly outages: readonly { readonly from: TimeOfDay; readonly until: TimeOfDay }[];
  readonly expect: Expectations;
  /** The version that it is about, where one was deployed and taken back: the preview shows and marks it. */
  readonly release?: Release;
  /** Seconds between samples, where they differ from the project's scrape interval. */
  readonly sampleInterval?: Duration;
  /** Takes long: replayed by name or with `--all` only. */
  readonly long?: true;
}

type Defaulted = 'day' | 'arrivals' | 'events' | 'assumptions' | 'defaults' | 'services' | 'series' | 'outages';

/**
 * States a scenario; see docs/replay.md for a template.
 *
 * @example
 * export const spike = defineScenario({
 *   id: 'spike', title: 'Five times the traffic', because: 'busy is not broken',
 *   from: '10:00', until: '15:00',
 *   services: { payments: { traffic: through(['14:00', 40], ['14:05', 200]) } },
 *   expect: { must: [], may: [], never: [] },
 * });
 */
export function defineScenario(
  scenario: Omit<Scenario, Defaulted> & { readonly [K in Defaulted]?: Scenario[K] },
): Scenario {
  return deepFreeze({
    day: '2026-01-14',
    arrivals: 'even',
    events: [],
    assumptions: [],
    defaults: {},
    services: {},
    series: [],
    outages: [],
    ...scenario,
  });
}

/** The behaviour of a service in a scenario, with everything filled in. */
export function behaviourOf(scenario: Pick<Scenario, 'defaults' | 'services'>, service: string): ServiceBehaviour {
  return { ...healthyBehaviour, ...scenario.defaults, ...scenario.services[service] };
}

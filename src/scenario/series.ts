import { toSeconds } from '../model/duration.ts';
import type { Matcher } from '../model/metrics.ts';
import type { Project } from '../model/project.ts';
import { type Catalog, type Dependency, dependencyAddress, type Service } from '../model/service.ts';
import { secondsOf } from './clock.ts';
import { type Curve, product } from './curve.ts';
import { meanOf } from './durations.ts';
import { type Grid, type Instance, instancesOf } from './instances.ts';
import { type Labels, labelsFor, type Outcome, outcomeLabels } from './labels.ts';
import { matcherParts } from './matchers.ts';
import { recordRuntime, routesOf } from './panel-series.ts';
import { seriesProblems, unmakeable } from './problems.ts';
import { openRecorder, type Place, type Recorder, type Series, type Values } from './recorder.ts';
import { recordCpu, recordMemory } from './resources.ts';
import {
  behaviourOf,
  type CallBehaviour,
  type PoolBehaviour,
  type Scenario,
  type ServiceBehaviour,
} from './scenario.ts';

/** What series are made for. */
export interface SeriesContext {
  readonly catalog: Catalog;
  readonly project: Pick<Project, 'scrapeInterval' | 'histogramBoundaries'>;
  /** `rules` leaves out what only panels read: routes, the buckets of clients, how connections are held and waited for, the runtime. */
  readonly detail?: 'rules' | 'all';
  /** Whether anybody reads a series; others are not made. Default: all are. */
  readonly reads?: (name: string, labels: Labels) => boolean;
}

/** The times at which a scenario is sampled. */
export function gridOf(scenario: Scenario, { scrapeInterval }: Pick<Project, 'scrapeInterval'>): Grid {
  const start = secondsOf(scenario.from);
  const step = toSeconds(scenario.sampleInterval ?? scrapeInterval);
  return { start, step, samples: Math.floor((secondsOf(scenario.until) - start) / step) + 1 };
}

/**
 * The series that a service's agent would have written, under the names and labels of its profile. Deterministic:
 * the scenario's id is the seed.
 *
 * @example buildSeries(incidentLinear, userService, { catalog, project })
 * @throws ExplainedError T106 where no labels fit a matcher of the service's facts.
 */
export function buildSeries(scenario: Scenario, service: Service, context: SeriesContext): readonly Series[] {
  const problems = seriesProblems(service);
  if (problems.length > 0) throw unmakeable(problems);
  const grid = gridOf(scenario, context.project);
  const behaviour = behaviourOf(scenario, service.id);
  const recorder = openRecorder(grid, { arrivals: scenario.arrivals, seed: scenario.id, reads: context.reads });
  for (const instance of instancesOf(service.id, behaviour, grid)) {
    const subject = { scenario, service, behaviour, recorder, instance, context };
    recordServer(subject);
    recordDatabases(subject);
    recordDatabasePools(subject);
    recordCalls(subject);
    recordCpu(recorder, service, instance, instance.overrides.cpu ?? behaviour.cpu);
    recordMemory(recorder, service, instance, instance.overrides.memory ?? behaviour.memory);
    if (context.detail === 'all')
      recordRuntime(recorder, service, instance, instance.overrides.cpu ?? behaviour.cpu, grid);
  }
  return recorder.series();
}

interface Subject {
  readonly scenario: Scenario;
  readonly service: Service;
  readonly behaviour: ServiceBehaviour;
  readonly recorder: Recorder;
  readonly instance: Instance;
  readonly context: SeriesContext;
}

/** A service's share of requests that one instance serves. */
function ownTraffic({ behaviour }: Subject): Curve {
  return product(behaviour.traffic, 1 / behaviour.instances);
}

function latencyOf({ behaviour, instance }: Subject): Curve {
  return instance.overrides.latencyP95 ?? behaviour.latencyP95;
}

function queryP95Of({ behaviour, instance }: Subject): Curve {
  return instance.overrides.latencyP95 !== undefined
    ? product(instance.overrides.latencyP95, 0.9)
    : (behaviour.queryP95 ?? product(behaviour.latencyP95, 0.9));
}

function recordServer(subject: Subject): void {
  const { service, behaviour, recorder, instance, context } = subject;
  const { server } = service.metrics;
  const place = { family: 'server', instance } as const;
  const routes = context.detail === 'all' ? routesOf(service) : ['/api'];
  const traffic = recorder.values(ownTraffic(subject), 'between');
  const p95 = recorder.values(latencyOf(subject), 'between');
  const errors = recorder.values(instance.overrides.errors ?? behaviour.errors, 'between');
  const bounds = context.project.histogramBoundaries.server;
  for (const [outcome, share] of [
    ['well', errors.map((value) => 1 - value)],
    ['failed', errors],
  ] as const) {
    const perSecond = times(traffic, share).map((rate) => rate / routes.length);
    for (const route of routes) {
      const labels = requestLabels(server, outcome, { instance: instance.name, [server.route]: route });
      recorder.histogram({ ...place, name: server.name, labels }, perSecond, { p95, tail: behaviour.tail }, bounds);
    }
  }
}

/** The label that tells a failed request from a good one is the last: the order is part of what seeds its arrivals. */
function requestLabels(
  { matchers, failed }: { readonly matchers: readonly Matcher[]; readonly failed: Matcher },
  outcome: Outcome,
  own: Labels,
): Labels {
  const label = matcherParts(failed)?.label ?? '';
  const { [label]: status, ...selected } = outcomeLabels(matchers, failed, outcome);
  return { ...selected, ...own, ...(status === undefined ? {} : { [label]: status }) };
}

function recordDatabases(subject: Subject): void {
  const { service, behaviour, recorder, instance, context } = subject;
  const { database } = service.metrics;
  const each = (behaviour.queriesPerRequest / Math.max(1, service.databases.length)) as Curve;
  const queries = recorder.values(product(ownTraffic(subject), each), 'between');
  const p95 = recorder.values(queryP95Of(subject), 'between');
  for (const { name } of service.databases) {
    const labels = requestLabels(database, 'well', {
      instance: instance.name,
      [database.operation]: `SELECT ${name}`,
    });
    const bounds = context.project.histogramBoundaries.database;
    recorder.histogram(
      { name: database.name, labels, family: 'database', instance },
      queries,
      { p95, tail: behaviour.tail },
      bounds,
    );
  }
}

function recordDatabasePools(subject: Subject): void {
  const { service, behaviour, recorder, instance, context, scenario } = subject;
  const binding = service.metrics.databasePool;
  const pools = service.pools.filter((pool) => pool.kind === 'database');
  for (const pool of pools) {
    const { used, waiting = 0 }: PoolBehaviour = behaviour.pools[pool.name] ?? {};
    const share = instance.overrides.poolUsed ?? used;
    const queries = product(ownTraffic(subject), behaviour.queriesPerRequest / pools.length);
    const wanted = littlesLaw(recorder, queries, queryP95Of(subject));
    const inUse =
      share === undefined
        ? wanted.map((connections) => Math.min(connections, pool.maxConnections))
        : recorder.values(product(share, pool.maxConnections), 'at');
    const queued =
      share === undefined
        ? wanted.map((connections) => Math.max(0, Math.ceil(connections - pool.maxConnections)))
        : recorder.values(waiting, 'at');
    const place = (bound: { name: string; matchers: readonly string[] }): Place => ({
      name: bound.name,
      labels: { ...labelsFor(bound.matchers), instance: instance.name, [binding.pool]: pool.name },
      family: 'database pool',
      instance,
    });
    recorder.gauge(place(binding.used), chancy(inUse, scenario, pool.maxConnections));
    if (binding.max !== undefined) recorder.gauge(place(binding.max), recorder.values(pool.maxConnections, 'at'));
    if (binding.waiting !== undefined) recorder.gauge(place(binding.waiting), queued);
    if (context.detail === 'all' && binding.useTime !== undefined) {
      recorder.histogram(
        place(binding.useTime),
        recorder.values(queries, 'between'),
        { p95: recorder.values(queryP95Of(subject), 'between') },
        context.project.histogramBoundaries.database,
      );
    }
    if (context.detail === 'all' && binding.waitTime !== undefined) {
      const begun = recorder.values(queries, 'between');
      recorder.histogram(
        place(binding.waitTime),
        begun,
        { p95: waitP95(queued, begun) },
        context.project.histogramBoundaries.database,
      );
    }
  }
}

/** Little's law for the queue: as long as the waiting take to be served. Half a millisecond hands a free connection over. */
function waitP95(queued: Values, perSecond: Values): Values {
  return queued.map((waiting, sample) => {
    const rate = perSecond[sample] ?? 0;
    return Math.max(0.0005, rate === 0 ? 0 : waiting / rate / meanOf(1));
  });
}

/** A scrape sees whole connections. */
function chancy(values: Values, { arrivals }: Scenario, most: number): Values {
  return arrivals === 'even' ? values : values.map((value) => Math.min(most, Math.round(value)));
}

function recordCalls(subject: Subject): void {
  const { service, behaviour, recorder, instance, context } = subject;
  const { client, httpPool } = service.metrics;
  const boundaries = context.detail === 'all' ? context.project.histogramBoundaries.server : 'none';
  for (const dependency of service.dependencies) {
    const address = dependencyAddress(dependency);
    const call = callOf(subject, dependency);
    const calls = product(ownTraffic(subject), call.perRequest);
    const rate = recorder.values(calls, 'between');
    const p95 = recorder.values(call.latencyP95, 'between');
    const timeouts = recorder.values(call.timeouts, 'between');
    // What has timed out cannot have failed as well: together they are the whole at most.
    const errors = recorder
      .values(call.errors, 'between')
      .map((share, sample) => Math.min(share, 1 - (timeouts[sample] ?? 0)));
    const common = { instance: instance.name, [client.address]: address };
    const outcomes = [
      ['well', errors.map((share, sample) => 1 - share - (timeouts[sample] ?? 0))],
      ['failed', errors],
      ['no status', timeouts],
    ] as const;
    for (const [outcome, share] of outcomes) {
      if (outcome === 'no status' && share.every((value) => value === 0)) continue;
      const labels = requestLabels(client, outcome, common);
      recorder.histogram(
        { name: client.name, labels, family: 'client', instance },
        times(rate, share),
        { p95 },
        boundaries,
      );
    }
    const pool = service.pools.find(
      (candidate) => candidate.kind === 'http' && (candidate.address ?? address) === address,
    );
    if (pool === undefined || httpPool.kind !== 'gauge') continue;
    const used = instance.overrides.poolUsed ?? behaviour.pools[pool.name]?.used;
    const inUse =
      used === undefined
        ? littlesLaw(recorder, calls, call.latencyP95).map((value) => Math.min(value, pool.maxConnections))
        : recorder.values(product(used, pool.maxConnections), 'at');
    const labels = { ...labelsFor(httpPool.used.matchers), instance: instance.name, [httpPool.address]: address };
    recorder.gauge(
      { name: httpPool.used.name, labels, family: 'http pool', instance },
      chancy(inUse, subject.scenario, pool.maxConnections),
    );
  }
}

/** What a service sees of a dependency: its own words, else the dependency's behaviour, else something healthy. */
function callOf({ scenario, service, behaviour, context }: Subject, dependency: Dependency): Required<CallBehaviour> {
  const own = behaviour.calls[dependencyAddress(dependency)] ?? {};
  const known =
    'service' in dependency && context.catalog.services.some(({ id }) => id === dependency.service)
      ? behaviourOf(scenario, dependency.service)
      : undefined;
  return {
    perRequest: own.perRequest ?? 1 / service.dependencies.length,
    latencyP95: own.latencyP95 ?? known?.latencyP95 ?? 0.1,
    errors: own.errors ?? known?.errors ?? 0.001,
    timeouts: own.timeouts ?? 0,
  };
}

/** Little's law: as many connections are in use as begin a second, times how long each is held. */
function littlesLaw(recorder: Recorder, perSecond: Curve, p95: Curve): Values {
  const held = recorder.values(p95, 'at').map(meanOf);
  return times(recorder.values(perSecond, 'at'), held);
}

function times(left: Values, right: Values): Values {
  return left.map((value, index) => value * (right[index] ?? 0));
}

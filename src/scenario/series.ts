import { databasesOf } from '../metrics/databases.ts';
import { databasePoolsOf } from '../metrics/pools.ts';
import { toSeconds } from '../model/duration.ts';
import type { DatabasePoolBinding, SeriesBinding } from '../model/metrics.ts';
import type { Project } from '../model/project.ts';
import { type Catalog, type Dependency, dependencyAddress, type Pool, type Service } from '../model/service.ts';
import { secondsOf } from './clock.ts';
import { type Curve, product, valueAt } from './curve.ts';
import { meanOf } from './durations.ts';
import { type Grid, type Instance, instancesOf } from './instances.ts';
import type { Labels } from './labels.ts';
import { recordRuntime, routesOf } from './panel-series.ts';
import { seriesProblems, unmakeable } from './problems.ts';
import { openRecorder, type Place, type Recorder, type Series, type Values } from './recorder.ts';
import { type Happened, placeOf, recordRequests } from './requests.ts';
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
  for (const instance of instancesOf(service.id, behaviour, grid, context.catalog.dimensions)) {
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

/** The series that a scenario states itself. */
export function statedSeries(
  scenario: Scenario,
  { project, reads = () => true }: Pick<SeriesContext, 'project' | 'reads'>,
): readonly Series[] {
  const grid = gridOf(scenario, project);
  return scenario.series
    .filter(({ name, labels }) => reads(name, labels))
    .map(({ name, labels, value, kind = 'gauge' }) => {
      const samples = new Float64Array(grid.samples);
      for (let sample = 0; sample < grid.samples; sample += 1) {
        const second = grid.start + sample * grid.step;
        const before = samples[sample - 1] ?? 0;
        samples[sample] =
          kind === 'gauge' ? valueAt(value, second) : before + valueAt(value, second - grid.step / 2) * grid.step;
      }
      return { name, labels, samples };
    });
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
function ownTraffic({ behaviour, instance }: Subject): Curve {
  return product(behaviour.traffic, instance.share);
}

function latencyOf({ behaviour, instance }: Subject): Curve {
  return instance.overrides.latencyP95 ?? behaviour.latencyP95;
}

function errorsOf({ behaviour, instance }: Subject): Curve {
  return instance.overrides.errors ?? behaviour.errors;
}

function queryP95Of({ behaviour, instance }: Subject): Curve {
  return instance.overrides.latencyP95 !== undefined
    ? product(instance.overrides.latencyP95, 0.9)
    : (behaviour.queryP95 ?? product(behaviour.latencyP95, 0.9));
}

function recordServer(subject: Subject): void {
  const { service, behaviour, recorder, instance, context } = subject;
  const { server } = service.metrics;
  if (server === undefined) return;
  const routes = context.detail === 'all' && server.route !== undefined ? routesOf(service) : ['/api'];
  const traffic = recorder.values(ownTraffic(subject), 'between');
  const p95 = recorder.values(latencyOf(subject), 'between');
  const errors = recorder.values(errorsOf(subject), 'between');
  const outcomes: readonly Happened[] = [
    [
      'well',
      times(
        traffic,
        errors.map((value) => 1 - value),
      ),
    ],
    ['failed', times(traffic, errors)],
  ];
  for (const route of routes) {
    const own = { instance: instance.name, ...(server.route === undefined ? {} : { [server.route]: route }) };
    recordRequests(
      recorder,
      server,
      { family: 'server', instance, own },
      outcomes.map(([outcome, perSecond]) => [outcome, perSecond.map((rate) => rate / routes.length)]),
      { p95, tail: behaviour.tail, boundaries: server.latency?.buckets ?? context.project.histogramBoundaries.server },
    );
  }
}

function recordDatabases(subject: Subject): void {
  const { service, behaviour, recorder, instance, context } = subject;
  const databases = databasesOf(service);
  const each = (behaviour.queriesPerRequest / Math.max(1, databases.length)) as Curve;
  for (const { name, binding, latency } of databases) {
    const { operation } = binding;
    const { perRequest, queryP95 } = behaviour.databases[name] ?? {};
    const queries = recorder.values(product(ownTraffic(subject), perRequest ?? each), 'between');
    const p95 = recorder.values(queryP95 ?? queryP95Of(subject), 'between');
    const own = { instance: instance.name, ...(operation === undefined ? {} : { [operation]: `SELECT ${name}` }) };
    recordRequests(recorder, { ...binding, latency }, { family: 'database', instance, own }, [['well', queries]], {
      p95,
      tail: behaviour.tail,
      boundaries: latency.buckets ?? context.project.histogramBoundaries.database,
    });
  }
}

function recordDatabasePools(subject: Subject): void {
  const pools = databasePoolsOf(subject.service);
  const all = pools.flatMap((bound) => bound.pools).length;
  for (const { binding, pools: own } of pools) for (const pool of own) recordDatabasePool(subject, binding, pool, all);
}

function recordDatabasePool(
  subject: Subject,
  binding: DatabasePoolBinding,
  pool: Extract<Pool, { kind: 'database' }>,
  pools: number,
): void {
  const { behaviour, recorder, instance, context, scenario } = subject;
  const { used, waiting = 0 }: PoolBehaviour = behaviour.pools[pool.name] ?? {};
  const maximum = pool.maxConnections === 'unlimited' ? UNLIMITED : pool.maxConnections;
  const share = instance.overrides.poolUsed ?? used;
  const queries = product(ownTraffic(subject), behaviour.queriesPerRequest / pools);
  const wanted = littlesLaw(recorder, queries, queryP95Of(subject));
  const inUse =
    share === undefined
      ? wanted.map((connections) => Math.min(connections, maximum))
      : recorder.values(product(share, maximum), 'at');
  const queued =
    share === undefined
      ? wanted.map((connections) => Math.max(0, Math.ceil(connections - maximum)))
      : recorder.values(waiting, 'at');
  const place = (bound: SeriesBinding): Place => ({
    ...placeOf(bound, { instance: instance.name, [binding.pool]: pool.name }),
    family: 'database pool',
    instance,
  });
  recorder.gauge(place(binding.used), chancy(inUse, scenario, maximum));
  if (binding.max !== undefined && pool.maxConnections !== 'unlimited')
    recorder.gauge(place(binding.max), recorder.values(maximum, 'at'));
  if (binding.waiting !== undefined) {
    // As many wait at once as seconds are waited in a second.
    if ('gauge' in binding.waiting) recorder.gauge(place(binding.waiting.gauge), queued);
    else recorder.counter(place(binding.waiting.seconds), queued);
  }
  if (context.detail === 'all' && binding.useTime !== undefined) {
    recorder.histogram(
      place(binding.useTime),
      recorder.values(queries, 'between'),
      { p95: recorder.values(queryP95Of(subject), 'between') },
      binding.useTime.buckets ?? context.project.histogramBoundaries.database,
    );
  }
  if (context.detail === 'all' && binding.waitTime !== undefined) {
    const begun = recorder.values(queries, 'between');
    recorder.histogram(
      place(binding.waitTime),
      begun,
      { p95: waitP95(queued, begun) },
      binding.waitTime.buckets ?? context.project.histogramBoundaries.database,
    );
  }
}

/** Connections of a pool that has no maximum: enough for whatever a scenario asks for. */
const UNLIMITED = 10_000;

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
  if (client === undefined) return;
  const bounds = client.latency?.buckets ?? context.project.histogramBoundaries.server;
  // Rules read no buckets of calls; the one series of a native histogram they do.
  const boundaries = context.detail === 'all' || bounds === 'native' ? bounds : 'none';
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
    const own = { instance: instance.name, [client.address]: address };
    recordRequests(
      recorder,
      client,
      { family: 'client', instance, own },
      [
        [
          'well',
          times(
            rate,
            errors.map((share, sample) => 1 - share - (timeouts[sample] ?? 0)),
          ),
        ],
        ['failed', times(rate, errors)],
        ...(timeouts.every((value) => value === 0) ? [] : [['no status', times(rate, timeouts)] as const]),
      ],
      { p95, boundaries },
    );
    const pool = service.pools.find(
      (candidate) => candidate.kind === 'http' && (candidate.address ?? address) === address,
    );
    if (pool === undefined || httpPool?.kind !== 'gauge') continue;
    const maximum = pool.maxConnections === 'unlimited' ? UNLIMITED : pool.maxConnections;
    const used = instance.overrides.poolUsed ?? behaviour.pools[pool.name]?.used;
    const inUse =
      used === undefined
        ? littlesLaw(recorder, calls, call.latencyP95).map((value) => Math.min(value, maximum))
        : recorder.values(product(used, maximum), 'at');
    recorder.gauge(
      {
        ...placeOf(httpPool.used, { instance: instance.name, [httpPool.address]: address }),
        family: 'http pool',
        instance,
      },
      chancy(inUse, subject.scenario, maximum),
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

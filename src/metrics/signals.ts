import { count } from '../model/quantity.ts';
import { type Catalog, type Service, servicesBehind, type Thresholds } from '../model/service.ts';
import { FAMILIES, type Limit, SIGNAL_UNITS, type Signal, type SignalId } from '../model/signal.ts';
import { degradation, regression } from './degradation.ts';
import { formatPromql } from './format.ts';
import { familyAbsent, guardedQuantile, guardedRatio, trafficRatio, worstInstanceRatio } from './guards.ts';
import { counts, infiniteBucket, quantile, ratio } from './histogram.ts';
import { poolUtilisation } from './pools.ts';
import { by, firstOf, group, rename, series } from './promql.ts';
import { cpuUtilisation, memoryUtilisation } from './resources.ts';
import { type Timing, timingOf } from './timing.ts';

/**
 * The signals of a service, in the order of its dashboard: what each means, its limit, and its PromQL. Signals that
 * do not apply are absent: no pool, no pool signal.
 *
 * @example findSignal(signals(userService, catalog), 'latency-p95')?.limit.value // 2 s
 */
export function signals(service: Service, catalog: Catalog): readonly Signal[] {
  const known = built.get(catalog)?.get(service);
  if (known !== undefined) return known;
  const fresh = signalsOf(service, catalog);
  built.set(catalog, (built.get(catalog) ?? new Map<Service, readonly Signal[]>()).set(service, fresh));
  return fresh;
}

/** Facts are frozen: dashboards, rules and checks of one catalog share what was made of them. */
const built = new WeakMap<Catalog, Map<Service, readonly Signal[]>>();

function signalsOf(service: Service, catalog: Catalog): readonly Signal[] {
  const timing = timingOf(catalog.scrapeInterval);
  const all = [
    ...serving(timing, service),
    ...degrading(timing, service),
    ...pooling(timing, service),
    ...querying(timing, service, catalog),
    ...depending(timing, service),
    ...resources(timing, service),
    ...observing(timing, service),
  ];
  const own = complete(all.sort((left, right) => FAMILIES.indexOf(left.family) - FAMILIES.indexOf(right.family)));
  return [...own, alertQueries(own)];
}

/** The signal of an id, or undefined where it does not apply to the service. */
export function findSignal(all: readonly Signal[], id: SignalId): Signal | undefined {
  return all.find((signal) => signal.id === id);
}

type Draft = Omit<Signal, 'unit'>;

function complete(drafts: readonly Draft[]): readonly Signal[] {
  return drafts.map((draft) => ({
    ...draft,
    unit: SIGNAL_UNITS[draft.id],
    panelExpression: (window, only) => formatPromql(draft.panelExpression(window, only)),
    alertExpression: formatPromql(draft.alertExpression),
  }));
}

function serving(timing: Timing, service: Service): Draft[] {
  const { metrics, thresholds } = service;
  const { server } = metrics;
  return [
    {
      id: 'latency-p95',
      family: 'latency',
      title: 'Latency p95',
      panelExpression: (window, only) => quantile(server, 0.95, { window, only: only ?? [] }),
      alertExpression: guardedQuantile(timing, server, 0.95),
      limit: limitOf(thresholds.latencyP95),
    },
    {
      id: 'latency-regression',
      family: 'latency',
      title: 'Latency against its baseline',
      // The baseline spans hours, whatever the dashboard's window and instance: panel and rule are one.
      panelExpression: () => regression(timing, service, thresholds.latencyRegression.floor.value),
      alertExpression: regression(timing, service, thresholds.latencyRegression.floor.value),
      limit: limitOf(thresholds.latencyRegression),
    },
    {
      id: 'error-ratio',
      family: 'errors',
      title: 'Error rate',
      panelExpression: (window, only) => ratio(server, server.failed, { window, only: only ?? [] }),
      alertExpression: guardedRatio(timing, server, server.failed),
      limit: limitOf(thresholds.errorRatio),
    },
    {
      id: 'instance-error-ratio',
      family: 'errors',
      title: 'Error rate of the worst instance',
      panelExpression: (window, only) =>
        ratio(server, server.failed, { window, keep: ['job', 'instance'], only: only ?? [] }),
      alertExpression: worstInstanceRatio(timing, server, server.failed),
      limit: limitOf(thresholds.instanceErrorRatio),
    },
    {
      id: 'traffic-ratio',
      family: 'errors',
      title: 'Traffic against the last hours',
      panelExpression: () => trafficRatio(timing, server),
      alertExpression: trafficRatio(timing, server),
      limit: limitOf(thresholds.trafficRatio),
    },
  ];
}

/** With latency alone to go by, two signs cannot be had: such a service has no signal of degradation. */
function degrading(timing: Timing, service: Service): Draft[] {
  if (service.pools.length === 0 && service.databases.length === 0) return [];
  return [
    {
      id: 'degradation',
      family: 'latency',
      title: 'Signs of degradation',
      panelExpression: () => degradation(timing, service),
      alertExpression: degradation(timing, service),
      limit: limitOf(service.thresholds.degradation),
    },
  ];
}

function pooling(timing: Timing, service: Service): Draft[] {
  if (service.pools.length === 0) return [];
  const { thresholds, metrics } = service;
  const { waiting } = metrics.databasePool;
  const utilisation: Draft = {
    id: 'pool-utilisation',
    family: 'pools',
    title: 'Pool utilisation',
    panelExpression: (window, only) => poolUtilisation(service, { window, perInstance: true, only: only ?? [] }),
    alertExpression: poolUtilisation(service, { window: timing, perInstance: false }),
    limit: limitOf(thresholds.poolUtilisation),
    perSeries: 'pool',
  };
  if (waiting === undefined || !service.pools.some((pool) => pool.kind === 'database')) return [utilisation];
  return [
    utilisation,
    {
      id: 'pool-waiting',
      family: 'pools',
      title: 'Requests waiting for a connection',
      panelExpression: (_window, only) => `max ${by('job', 'instance')}(${series(waiting, only)})`,
      alertExpression: `max by (job)(${series(waiting)})`,
      limit: limitOf(thresholds.poolWaiting),
    },
  ];
}

/** A service without a database shows the queries of the services behind it: that is what its users wait for. */
function querying(timing: Timing, service: Service, catalog: Catalog): Draft[] {
  const own = service.databases.length > 0;
  const querying = own ? [service] : servicesBehind(service, catalog).filter((behind) => behind.databases.length > 0);
  if (querying.length === 0) return [];
  const eachOf = (expression: (binding: Service['metrics']['database']) => string) =>
    firstOf(...querying.map(({ metrics }) => expression(metrics.database)));
  return [
    {
      id: 'query-p95',
      family: 'queries',
      title: own ? 'Query time p95' : 'Query time p95, services behind',
      panelExpression: (window, only) =>
        eachOf((binding) => quantile(binding, 0.95, { window, only: own ? (only ?? []) : [] })),
      alertExpression: eachOf((binding) => guardedQuantile(timing, binding, 0.95)),
      limit: limitOf(service.thresholds.queryP95),
      ...(own ? {} : { fromDependency: true as const }),
    },
  ];
}

function depending(timing: Timing, service: Service): Draft[] {
  if (service.dependencies.length === 0) return [];
  const { client } = service.metrics;
  const keep = ['job', client.address];
  const named = (expression: string) =>
    rename(`max by (${keep.join(', ')})${group(expression)}`, client.address, 'dependency');
  return [
    {
      id: 'dependency-error-ratio',
      family: 'dependencies',
      title: 'Dependency error rate',
      panelExpression: (window, only) => named(ratio(client, client.failed, { window, keep, only: only ?? [] })),
      alertExpression: named(guardedRatio(timing, client, client.failed, keep)),
      limit: limitOf(service.thresholds.dependencyErrorRatio),
      perSeries: 'dependency',
    },
  ];
}

function resources(timing: Timing, service: Service): Draft[] {
  const { thresholds } = service;
  return [
    {
      id: 'cpu-utilisation',
      family: 'resources',
      title: 'CPU',
      panelExpression: (window, only) => cpuUtilisation(service, window, true, only),
      alertExpression: cpuUtilisation(service, timing.window('5m')),
      limit: limitOf(thresholds.cpuUtilisation),
    },
    {
      id: 'memory-utilisation',
      family: 'resources',
      title: 'Memory',
      panelExpression: (_window, only) => memoryUtilisation(service, true, only),
      alertExpression: memoryUtilisation(service),
      limit: limitOf(thresholds.memoryUtilisation),
    },
  ];
}

function observing(timing: Timing, service: Service): Draft[] {
  const { server, client, database, databasePool, httpPool, cpu, memory } = service.metrics;
  const has = (kind: 'database' | 'http') => service.pools.some((pool) => pool.kind === kind);
  const arms = [familyAbsent(timing, 'server', infiniteBucket(server))];
  if (service.databases.length > 0) arms.push(familyAbsent(timing, 'query', infiniteBucket(database), server));
  if (has('database')) arms.push(familyAbsent(timing, 'database pool', series(databasePool.used), server));
  if (has('http') && httpPool.kind === 'gauge')
    arms.push(familyAbsent(timing, 'http pool', series(httpPool.used), server));
  if (service.dependencies.length > 0) arms.push(familyAbsent(timing, 'dependency', counts(client), server));
  arms.push(familyAbsent(timing, 'cpu', series(cpu.usage)), familyAbsent(timing, 'memory', series(memory.usage)));
  const expression = firstOf(...arms);
  return [
    {
      id: 'telemetry-absent',
      family: 'resources',
      title: 'Telemetry missing',
      panelExpression: () => expression,
      alertExpression: expression,
      limit: limitOf(service.thresholds.telemetryAbsent),
      perSeries: 'family',
    },
  ];
}

/** Signals whose queries are a part of another one, so that they fail with it and need not be asked twice. */
const WITHIN_DEGRADATION: ReadonlySet<SignalId> = new Set(['latency-regression', 'pool-utilisation']);

/**
 * Whether the queries of the service's alerts can be answered at all. Its value is always 0; what counts is whether
 * the query fails. The other rules keep their last state then, and would be silent for ever: Prometheus evaluates both
 * sides of every `or`, so that an error in any of them fails this query too.
 */
function alertQueries(own: readonly Signal[]): Signal {
  const degradation = own.some(({ id }) => id === 'degradation');
  const asked = own.filter(
    ({ id, fromDependency }) => fromDependency === undefined && !(degradation && WITHIN_DEGRADATION.has(id)),
  );
  const expressions = asked.map(({ alertExpression }) => group(alertExpression));
  const expression = `0 * count(\n  ${firstOf(...expressions, 'vector(0)').replace(/\n/g, '\n  ')}\n)`;
  return {
    id: 'alert-queries',
    family: 'resources',
    title: 'Queries of the alerts',
    unit: SIGNAL_UNITS['alert-queries'],
    panelExpression: () => expression,
    alertExpression: expression,
    limit: { comparison: 'gt', value: count(0), for: '5m' },
  };
}

/** The signals of the project as a whole: about no service, so without a service's matcher. */
export function projectSignals(): readonly Signal[] {
  const one = { family: 'resources', panelExpression: () => 'vector(1)', alertExpression: 'vector(1)' } as const;
  return complete([
    // Never below 1: the rule fires only by its states, when the query itself fails or returns nothing.
    {
      ...one,
      id: 'data-source-reachable',
      title: 'Prometheus answers',
      limit: { comparison: 'lt', value: count(1), for: '2m' },
    },
    { ...one, id: 'watchdog', title: 'Alerting works', limit: { comparison: 'gt', value: count(0), for: '2m' } },
  ]);
}

/** A service's threshold, whatever its comparison, in the form rules and panels share. */
function limitOf(threshold: Thresholds[keyof Thresholds]): Limit {
  if ('above' in threshold) return { comparison: 'gt', value: threshold.above, for: threshold.for };
  if ('atLeast' in threshold) return { comparison: 'gte', value: threshold.atLeast, for: threshold.for };
  return { comparison: 'lt', value: threshold.below, for: threshold.for };
}

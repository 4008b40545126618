import type { CpuBinding, HistogramBinding, Matcher, MemoryBinding, ServerBinding } from '../model/metrics.ts';
import { count } from '../model/quantity.ts';
import { type Catalog, type Service, servicesBehind, type Thresholds } from '../model/service.ts';
import { FAMILIES, type KnownSignal, type Limit, SIGNAL_UNITS, type Signal, type SignalId } from '../model/signal.ts';
import { familyAbsent } from './absence.ts';
import { databasesOf } from './databases.ts';
import { degradation, degrades, regression } from './degradation.ts';
import { watchedFamilies } from './families.ts';
import { formatPromql } from './format.ts';
import { guardedQuantile, guardedRatio, trafficRatio, worstInstanceRatio } from './guards.ts';
import { quantile } from './histogram.ts';
import { identityOf } from './identity.ts';
import { ownSignals } from './own-signals.ts';
import { databasePoolsOf, limitedPools, poolUtilisation, waitingFor } from './pools.ts';
import { by, firstOf, group, labelled, rename, series, type Window } from './promql.ts';
import { bindingOf, judgedOf, ratio, requestsOf } from './requests.ts';
import { cpuUtilisation, isLimited, memoryUtilisation } from './resources.ts';
import { type Terms, termsOf } from './timing.ts';

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
  const terms = termsOf(catalog);
  const all = [
    ...serving(terms, service),
    ...degrading(terms, service),
    ...pooling(terms, service),
    ...querying(terms, service, catalog),
    ...depending(terms, service),
    ...resources(terms, service),
    ...observing(terms, service),
  ];
  const engine = complete(all.sort((left, right) => FAMILIES.indexOf(left.family) - FAMILIES.indexOf(right.family)));
  const own = [...engine, ...ownSignals(terms, service, catalog).map(formatted)];
  const dimensions = terms.dimensions.length === 0 ? {} : { dimensions: terms.dimensions.map(({ label }) => label) };
  return [...own, alertQueries(own)].map((signal) => ({ ...signal, ...dimensions }));
}

/** The signal of an id, or undefined where it does not apply to the service. */
export function findSignal(all: readonly Signal[], id: SignalId): Signal | undefined {
  return all.find((signal) => signal.id === id);
}

type Draft = Omit<Signal, 'unit' | 'id'> & { readonly id: KnownSignal };

function complete(drafts: readonly Draft[]): readonly Signal[] {
  return drafts.map((draft) => formatted({ ...draft, unit: SIGNAL_UNITS[draft.id] }));
}

function formatted(signal: Signal): Signal {
  return {
    ...signal,
    panelExpression: (window, only) => formatPromql(signal.panelExpression(window, only)),
    alertExpression: formatPromql(signal.alertExpression),
  };
}

function serving(terms: Terms, service: Service): Draft[] {
  const { metrics, thresholds } = service;
  const { server } = metrics;
  if (server === undefined) return [];
  const all = requestsOf(server);
  return [
    ...answering(terms, service, server.latency),
    ...failing(terms, service, server),
    {
      id: 'traffic-ratio',
      family: 'errors',
      title: 'Traffic against the last hours',
      panelExpression: () => trafficRatio(terms, all),
      alertExpression: trafficRatio(terms, all),
      limit: limitOf(thresholds.trafficRatio),
    },
  ];
}

function answering(terms: Terms, { thresholds }: Service, latency: HistogramBinding | undefined): Draft[] {
  if (latency === undefined) return [];
  const keep = identityOf(terms, latency);
  return [
    {
      id: 'latency-p95',
      family: 'latency',
      title: 'Latency p95',
      panelExpression: (window, only) => quantile(latency, 0.95, { window, keep, only: only ?? [] }),
      alertExpression: guardedQuantile(terms, latency, 0.95),
      limit: limitOf(thresholds.latencyP95),
    },
    {
      id: 'latency-regression',
      family: 'latency',
      title: 'Latency against its baseline',
      // The baseline spans hours, whatever the dashboard's window and instance: panel and rule are one.
      panelExpression: () => regression(terms, latency, thresholds.latencyRegression.floor.value),
      alertExpression: regression(terms, latency, thresholds.latencyRegression.floor.value),
      limit: limitOf(thresholds.latencyRegression),
    },
  ];
}

function failing(terms: Terms, { thresholds }: Service, server: ServerBinding): Draft[] {
  const judged = judgedOf(server);
  if (judged === undefined) return [];
  const { all, failed } = judged;
  const keep = identityOf(terms, bindingOf(all), bindingOf(failed));
  return [
    {
      id: 'error-ratio',
      family: 'errors',
      title: 'Error rate',
      panelExpression: (window, only) => ratio(all, failed, { window, keep, only: only ?? [] }),
      alertExpression: guardedRatio(terms, judged),
      limit: limitOf(thresholds.errorRatio),
    },
    {
      id: 'instance-error-ratio',
      family: 'errors',
      title: 'Error rate of the worst instance',
      panelExpression: (window, only) => ratio(all, failed, { window, keep: [...keep, 'instance'], only: only ?? [] }),
      alertExpression: worstInstanceRatio(terms, judged),
      limit: limitOf(thresholds.instanceErrorRatio),
    },
  ];
}

/** With latency alone to go by, two signs cannot be had: such a service has no signal of degradation. */
function degrading(terms: Terms, service: Service): Draft[] {
  const latency = service.metrics.server?.latency;
  if (latency === undefined || !degrades(service)) return [];
  const expression = degradation(terms, service, latency);
  return [
    {
      id: 'degradation',
      family: 'latency',
      title: 'Signs of degradation',
      panelExpression: () => expression,
      alertExpression: expression,
      limit: limitOf(service.thresholds.degradation),
    },
  ];
}

function pooling(terms: Terms, service: Service): Draft[] {
  const { thresholds } = service;
  return [
    ...(limitedPools(service).length === 0
      ? []
      : [
          {
            id: 'pool-utilisation',
            family: 'pools',
            title: 'Pool utilisation',
            panelExpression: (window, only) =>
              poolUtilisation(terms, service, { window, perInstance: true, only: only ?? [] }),
            alertExpression: poolUtilisation(terms, service, { window: 'alert', perInstance: false }),
            limit: limitOf(thresholds.poolUtilisation),
            perSeries: 'pool',
          } satisfies Draft,
        ]),
    ...queueing(terms, service),
  ];
}

function queueing(terms: Terms, service: Service): Draft[] {
  const queues = databasePoolsOf(service).flatMap(({ binding: { waiting } }) =>
    waiting === undefined ? [] : [waiting],
  );
  if (queues.length === 0) return [];
  const keep = identityOf(terms, ...queues.map((queue) => ('gauge' in queue ? queue.gauge : queue.seconds)));
  const longest = (labels: readonly string[], window: Window, only?: readonly Matcher[]) => {
    const each = queues.map((queue) => waitingFor(queue, labels, window, only));
    return each.length === 1 ? (each[0] ?? '') : `max ${by(...labels)}(${firstOf(...each.map(apart))})`;
  };
  return [
    {
      id: 'pool-waiting',
      family: 'pools',
      title: 'Requests waiting for a connection',
      panelExpression: (window, only) => longest([...keep, 'instance'], window, only),
      alertExpression: longest(keep, terms.window('2m')),
      limit: limitOf(service.thresholds.poolWaiting),
    },
  ];
}

/** A service without a database shows the queries of the services behind it: that is what its users wait for. */
function querying(terms: Terms, service: Service, catalog: Catalog): Draft[] {
  const own = databasesOf(service);
  const asked = own.length > 0 ? own : servicesBehind(service, catalog).flatMap(databasesOf);
  if (asked.length === 0) return [];
  const named = own.length > 1;
  const eachOf = (expression: (latency: HistogramBinding) => string) =>
    firstOf(
      ...asked.map(({ name, latency }) =>
        named ? labelled(expression(latency), { database: name }) : expression(latency),
      ),
    );
  return [
    {
      id: 'query-p95',
      family: 'queries',
      title: own.length > 0 ? 'Query time p95' : 'Query time p95, services behind',
      panelExpression: (window, only) =>
        eachOf((latency) =>
          quantile(latency, 0.95, {
            window,
            keep: identityOf(terms, latency),
            only: own.length > 0 ? (only ?? []) : [],
          }),
        ),
      alertExpression: eachOf((latency) => guardedQuantile(terms, latency, 0.95)),
      limit: limitOf(service.thresholds.queryP95),
      ...(own.length > 0 ? {} : { fromDependency: true as const }),
      ...(named ? { perSeries: 'database' as const } : {}),
    },
  ];
}

function depending(terms: Terms, service: Service): Draft[] {
  const { client } = service.metrics;
  if (service.dependencies.length === 0 || client === undefined) return [];
  const judged = judgedOf(client);
  if (judged === undefined) return [];
  const keep = [...identityOf(terms, bindingOf(judged.all), bindingOf(judged.failed)), client.address];
  const named = (expression: string) => rename(`max ${by(...keep)}${group(expression)}`, client.address, 'dependency');
  return [
    {
      id: 'dependency-error-ratio',
      family: 'dependencies',
      title: 'Dependency error rate',
      panelExpression: (window, only) => named(ratio(judged.all, judged.failed, { window, keep, only: only ?? [] })),
      alertExpression: named(guardedRatio(terms, judged, [client.address])),
      limit: limitOf(service.thresholds.dependencyErrorRatio),
      perSeries: 'dependency',
    },
  ];
}

function resources(terms: Terms, { metrics: { cpu, memory }, thresholds }: Service): Draft[] {
  const cpuSignal = (binding: CpuBinding): Draft => ({
    id: 'cpu-utilisation',
    family: 'resources',
    title: 'CPU',
    panelExpression: (window, only) => cpuUtilisation(terms, binding, window, true, only),
    alertExpression: cpuUtilisation(terms, binding, terms.window('5m')),
    limit: limitOf(thresholds.cpuUtilisation),
  });
  const memorySignal = (binding: MemoryBinding): Draft => ({
    id: 'memory-utilisation',
    family: 'resources',
    title: 'Memory',
    panelExpression: (_window, only) => memoryUtilisation(terms, binding, true, only),
    alertExpression: memoryUtilisation(terms, binding),
    limit: limitOf(thresholds.memoryUtilisation),
  });
  return [
    ...(cpu === undefined || !isLimited(cpu) ? [] : [cpuSignal(cpu)]),
    ...(memory === undefined || !isLimited(memory) ? [] : [memorySignal(memory)]),
  ];
}

function observing(terms: Terms, service: Service): Draft[] {
  const { server } = service.metrics;
  const requests = server && requestsOf(server);
  const arms = watchedFamilies(service)
    // What serves nobody has no requests that would tell whether a family should be there.
    .filter(({ whileBusy }) => !whileBusy || requests !== undefined)
    .map(({ whileBusy, ...watched }) => familyAbsent(terms, watched, whileBusy ? requests : undefined));
  if (arms.length === 0) return [];
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
    ...unlimited(terms, service),
  ];
}

/**
 * Limits that are missing: use over nothing is nothing, so that its alert never fires. On its own, because it warns:
 * who goes without a limit is not down.
 */
function unlimited(terms: Terms, { metrics: { cpu, memory } }: Service): Draft[] {
  const limits = [
    ['cpu limit', cpu?.kind === 'container' ? cpu.limit : undefined] as const,
    ['memory limit', memory?.kind === 'container' ? memory.limit : undefined] as const,
  ].flatMap(([family, limit]) =>
    typeof limit !== 'object'
      ? []
      : [familyAbsent(terms, { family, selector: (extra) => series(limit, extra), binding: limit })],
  );
  if (limits.length === 0) return [];
  const expression = firstOf(...limits);
  return [
    {
      id: 'limit-absent',
      family: 'resources',
      title: 'Limits missing',
      panelExpression: () => expression,
      alertExpression: expression,
      limit: { comparison: 'gt', value: count(0), for: '15m' },
      perSeries: 'family',
    },
  ];
}

/** Keeps alternatives of the same labels apart, so that the largest of them can be taken. */
function apart(expression: string, index: number): string {
  return labelled(expression, { o: String(index) });
}

/** Signals whose queries are a part of another one, so that they fail with it and need not be asked twice. */
const WITHIN_DEGRADATION: ReadonlySet<string> = new Set(['latency-regression', 'pool-utilisation']);

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

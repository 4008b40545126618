/** What the work waits for: pools, queries, dependencies. */
import type { HistogramBinding, Matcher } from '../../model/metrics.ts';
import { type Catalog, type Service, servicesBehind } from '../../model/service.ts';
import { databasesOf } from '../databases.ts';
import { guardedQuantile, guardedRatio } from '../guards.ts';
import { quantile } from '../histogram.ts';
import { identityOf } from '../identity.ts';
import { databasePoolsOf, limitedPools, poolUtilisation, waitingFor } from '../pools.ts';
import { by, distinct, firstOf, group, labelled, rename, type Window } from '../promql.ts';
import { bindingOf, judgedOf, ratio } from '../requests.ts';
import type { Terms } from '../timing.ts';
import { type Draft, limitOf } from './draft.ts';

export function pooling(terms: Terms, service: Service): Draft[] {
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
    return each.length === 1 ? (each[0] ?? '') : `max ${by(...labels)}(${firstOf(...each.map(distinct))})`;
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
export function querying(terms: Terms, service: Service, catalog: Catalog): Draft[] {
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

export function depending(terms: Terms, service: Service): Draft[] {
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

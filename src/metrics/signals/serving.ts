/** What users feel: latency, errors, traffic, and the signs that they are about to feel more. */
import type { HistogramBinding, ServerBinding } from '../../model/metrics.ts';
import type { Service } from '../../model/service.ts';
import { degradation, degrades, regression } from '../degradation.ts';
import { guardedQuantile, guardedRatio, trafficRatio, worstInstanceRatio } from '../guards.ts';
import { quantile } from '../histogram.ts';
import { identityOf } from '../identity.ts';
import { bindingOf, judgedOf, ratio, requestsOf } from '../requests.ts';
import type { Terms } from '../timing.ts';
import { type Draft, limitOf } from './draft.ts';

export function serving(terms: Terms, service: Service): Draft[] {
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
export function degrading(terms: Terms, service: Service): Draft[] {
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

import {
  COLOURS,
  INSTANCE,
  type PanelDraft,
  RATE,
  type Section,
  type ServiceContext,
  textPanel,
  timeseriesPanel,
} from '../../build/index.ts';
import { quantile, sums } from '../../metrics/histogram.ts';
import { findSignal } from '../../metrics/index.ts';
import { declaredMaximum } from '../../metrics/pools.ts';
import { series } from '../../metrics/promql.ts';
import { count } from '../../model/quantity.ts';

const TITLE = 'Pools: room left before requests fail';

/** How full the connection pools are, and what waits for them. */
export function poolSection(context: ServiceContext): Section {
  const { service } = context;
  const has = (kind: 'database' | 'http') => service.pools.some((pool) => pool.kind === kind);
  const panels = [
    ...utilisation(context),
    ...(has('database') ? database(context) : []),
    ...(has('http') ? [outbound(context)] : []),
  ];
  return { key: 'pools', title: TITLE, panels: panels.length > 0 ? panels : [none(context)] };
}

function utilisation({ signals }: ServiceContext): PanelDraft[] {
  const signal = findSignal(signals, 'pool-utilisation');
  if (signal === undefined) return [];
  return [
    timeseriesPanel({
      key: 'pool-utilisation',
      title: 'Pool utilisation by instance',
      description:
        'Connections in use over the maximum. At 100 % requests queue, then fail. A pool fills long before anything fails. Look at what holds the connections (queries, dependencies) before making a pool bigger.',
      unit: 'ratio',
      width: 12,
      signals: ['pool-utilisation'],
      queries: [{ expr: signal.panelExpression(RATE, [INSTANCE]), legend: '{{pool}} {{instance}}' }],
      limit: signal.limit,
    }),
  ];
}

function database({ service, signals }: ServiceContext): PanelDraft[] {
  const { databasePool, database } = service.metrics;
  const waiting = findSignal(signals, 'pool-waiting');
  const { waitTime, timeouts, useTime } = databasePool;
  const maximum = declaredMaximum(service, 'database');
  const waitQueries = [
    ...(waiting === undefined
      ? []
      : [{ expr: waiting.panelExpression(RATE, [INSTANCE]), legend: 'waiting {{instance}}' }]),
    ...(timeouts === undefined
      ? []
      : [{ expr: `sum by (job)(rate(${series(timeouts, [INSTANCE])}[${RATE}]))`, legend: 'gave up, per second' }]),
  ];
  return [
    ...(waitQueries.length === 0
      ? []
      : [
          timeseriesPanel({
            key: 'pool-waiting',
            title: 'Waiting for a connection',
            description:
              'Requests that wait because every connection is taken, and those that gave up. Anything above the line pages: errors are minutes away. Shed load or roll back.',
            unit: 'count',
            width: 12,
            signals: ['pool-waiting'],
            queries: waitQueries,
            ...(waiting === undefined ? {} : { limit: waiting.limit }),
          }),
        ]),
    ...(waitTime === undefined
      ? []
      : [
          timeseriesPanel({
            key: 'pool-wait-time',
            title: 'Time spent waiting, p95',
            description:
              'How long requests wait for a connection before they can query. It adds to the latency users feel; with a healthy pool it is close to nothing.',
            unit: 'seconds',
            width: 12,
            queries: [{ expr: quantile(waitTime, 0.95, { window: RATE, only: [INSTANCE] }), legend: 'wait p95' }],
            colours: { 'wait p95': COLOURS.main },
          }),
        ]),
    timeseriesPanel({
      key: 'pool-demand',
      title: "Connections needed (Little's law)",
      description: `Rate × time held: the connections the work needs, on the busiest instance. An instance has ${maximum}. 40 requests a second of 50 ms need 2 connections; of 3 s, 120: no pool size fixes a slow query.`,
      unit: 'count',
      width: 12,
      queries: [
        {
          expr: `max by (job)(sum by (job, instance)(rate(${sums(useTime ?? database, [INSTANCE])}[${RATE}])))`,
          legend: 'needed, busiest instance',
        },
      ],
      limit: { comparison: 'gte', value: count(maximum) },
      colours: { 'needed, busiest instance': COLOURS.main },
    }),
  ];
}

function outbound({ service }: ServiceContext): PanelDraft {
  const { client } = service.metrics;
  const maximum = declaredMaximum(service, 'http');
  return timeseriesPanel({
    key: 'outbound-demand',
    title: "Outbound connections needed (Little's law)",
    description: `Calls a second × their duration, by dependency, busiest instance; one instance has ${maximum} connections. The line that climbs names the dependency that got slower.`,
    unit: 'count',
    width: 12,
    queries: [
      {
        expr: `max by (${client.address})(sum by (instance, ${client.address})(rate(${sums(client, [INSTANCE])}[${RATE}])))`,
        legend: `{{${client.address}}}`,
      },
    ],
    limit: { comparison: 'gte', value: count(maximum) },
  });
}

function none({ service }: ServiceContext): PanelDraft {
  return textPanel({
    key: 'no-pools',
    title: 'No pools',
    description: 'Why this row is empty and how to fill it.',
    width: 24,
    content: `${service.title} declares no connection pools. If it has some, add them to \`pools\` in \`${service.source}\`: they get panels and alerts.`,
  });
}

import {
  COLOURS,
  eachOf,
  INSTANCE,
  type PanelDraft,
  RATE,
  type Section,
  type ServiceContext,
  textPanel,
  timeseriesPanel,
} from '../../build/index.ts';
import { quantile, secondsSpent } from '../../metrics/histogram.ts';
import { identityOf } from '../../metrics/identity.ts';
import { findSignal } from '../../metrics/index.ts';
import { databasePoolsOf, declaredMaximum } from '../../metrics/pools.ts';
import { by, series } from '../../metrics/promql.ts';
import type { Terms } from '../../metrics/timing.ts';
import type { HistogramBinding } from '../../model/metrics.ts';
import { count } from '../../model/quantity.ts';

const TITLE = 'Pools: room left before requests fail';

/** How full the connection pools are, and what waits for them. */
export function poolSection(context: ServiceContext): Section {
  const { service } = context;
  const has = (kind: 'database' | 'http') => service.pools.some((pool) => pool.kind === kind);
  const panels = [
    ...utilisation(context),
    ...(has('database') ? database(context) : []),
    ...(has('http') ? outbound(context) : []),
  ];
  return { key: 'pools', title: TITLE, panels: panels.length > 0 ? panels : [none(context)] };
}

function utilisation({ signals, terms }: ServiceContext): PanelDraft[] {
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
      queries: [{ expr: signal.panelExpression(RATE, [INSTANCE]), legend: eachOf('{{pool}} {{instance}}', terms) }],
      limit: signal.limit,
    }),
  ];
}

function database({ service, signals, terms }: ServiceContext): PanelDraft[] {
  const waiting = findSignal(signals, 'pool-waiting');
  const bindings = databasePoolsOf(service).map(({ binding }) => binding);
  const waitTimes = bindings.flatMap(({ waitTime }) => (waitTime === undefined ? [] : [waitTime]));
  const useTimes = bindings.flatMap(({ useTime }) => useTime ?? service.metrics.database?.latency ?? []);
  const maximum = declaredMaximum(service, 'database');
  const waitQueries = [
    ...(waiting === undefined
      ? []
      : [{ expr: waiting.panelExpression(RATE, [INSTANCE]), legend: eachOf('waiting {{instance}}', terms) }]),
    ...bindings.flatMap(({ timeouts }) =>
      timeouts === undefined
        ? []
        : [
            {
              expr: `sum ${by(...identityOf(terms, timeouts))}(rate(${series(timeouts, [INSTANCE])}[${RATE}]))`,
              legend: eachOf('gave up, per second', terms, timeouts),
            },
          ],
    ),
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
    ...(waitTimes.length === 0
      ? []
      : [
          timeseriesPanel({
            key: 'pool-wait-time',
            title: 'Time spent waiting, p95',
            description:
              'How long requests wait for a connection before they can query. It adds to the latency users feel; with a healthy pool it is close to nothing.',
            unit: 'seconds',
            width: 12,
            queries: waitTimes.map((one) => ({
              expr: quantile(one, 0.95, { window: RATE, keep: identityOf(terms, one), only: [INSTANCE] }),
              legend: eachOf('wait p95', terms, one),
            })),
            colours: { 'wait p95': COLOURS.main },
          }),
        ]),
    ...demand(useTimes, maximum, terms),
  ];
}

function demand(useTimes: readonly HistogramBinding[], maximum: number, terms: Terms): PanelDraft[] {
  if (useTimes.length === 0) return [];
  const room = maximum === 0 ? '' : ` An instance has ${maximum}.`;
  return [
    timeseriesPanel({
      key: 'pool-demand',
      title: "Connections needed (Little's law)",
      description: `Rate × time held: the connections the work needs, on the busiest instance.${room} 40 requests a second of 50 ms need 2 connections; of 3 s, 120: no pool size fixes a slow query.`,
      unit: 'count',
      width: 12,
      queries: useTimes.map((one) => {
        const keep = identityOf(terms, one);
        const spent = secondsSpent(one, { window: RATE, keep: [...keep, 'instance'], only: [INSTANCE] });
        return { expr: `max ${by(...keep)}(${spent})`, legend: eachOf('needed, busiest instance', terms, one) };
      }),
      ...(maximum === 0 ? {} : { limit: { comparison: 'gte', value: count(maximum) } as const }),
      colours: { 'needed, busiest instance': COLOURS.main },
    }),
  ];
}

function outbound({ service }: ServiceContext): PanelDraft[] {
  const { client } = service.metrics;
  if (client?.latency === undefined) return [];
  const { address, latency } = client;
  const maximum = declaredMaximum(service, 'http');
  const spent = secondsSpent(latency, { window: RATE, keep: ['instance', address], only: [INSTANCE] });
  const room = maximum === 0 ? '' : `; one instance has ${maximum} connections`;
  const panel = timeseriesPanel({
    key: 'outbound-demand',
    title: "Outbound connections needed (Little's law)",
    description: `Calls a second × their duration, by dependency, busiest instance${room}. The line that climbs names the dependency that got slower.`,
    unit: 'count',
    width: 12,
    queries: [{ expr: `max ${by(address)}(${spent})`, legend: `{{${address}}}` }],
    ...(maximum === 0 ? {} : { limit: { comparison: 'gte', value: count(maximum) } as const }),
  });
  return [panel];
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

import {
  COLOURS,
  eachOf,
  INSTANCE,
  type PanelDraft,
  RATE,
  type Section,
  type ServiceContext,
  timeseriesPanel,
} from '../../build/index.ts';
import { findSignal } from '../../metrics/index.ts';
import { failuresOf, rate, requestsOf } from '../../metrics/requests.ts';
import type { ServerBinding } from '../../model/metrics.ts';

/** What users do not get, and how many ask. */
export function errorSection(context: ServiceContext): Section {
  const { server } = context.service.metrics;
  return {
    key: 'errors',
    title: 'Errors and traffic: what users do not get',
    panels: [
      ...ratio(context),
      ...byStatus(context),
      ...byInstance(context),
      ...(server === undefined ? [] : [traffic(context, server)]),
    ],
  };
}

function ratio({ signals, terms }: ServiceContext): PanelDraft[] {
  const signal = findSignal(signals, 'error-ratio');
  if (signal === undefined) return [];
  const panel = timeseriesPanel({
    key: 'error-ratio',
    title: 'Error rate',
    description:
      'Share of requests that failed: 5xx, and requests that ended without a status. Above the line it pages. If it starts with a deployment, roll back.',
    unit: 'ratio',
    width: 12,
    signals: ['error-ratio'],
    queries: [{ expr: signal.panelExpression(RATE, [INSTANCE]), legend: eachOf('failed', terms) }],
    limit: signal.limit,
    colours: { failed: COLOURS.bad },
  });
  return [panel];
}

function byStatus({ service: { metrics } }: ServiceContext): PanelDraft[] {
  const { server } = metrics;
  if (server?.failures === undefined || server.status === undefined) return [];
  const { failures, status } = server;
  const panel = timeseriesPanel({
    key: 'failures-by-status',
    title: 'Failures by status',
    description:
      'Failed requests a second. 503 means no connection was free or the service is overloaded, 504 that something behind it was too slow, 500 a bug; no status means the caller gave up.',
    unit: 'reqps',
    width: 12,
    queries: [
      {
        expr: rate(failuresOf(server, failures), { window: RATE, keep: [status], only: [INSTANCE] }),
        legend: `{{${status}}}`,
      },
    ],
    // Green, which the palette begins with, would say that all is well.
    colours: { 500: COLOURS.accent, 502: COLOURS.warn, 503: COLOURS.bad, 504: COLOURS.main },
  });
  return [panel];
}

function byInstance({ signals, terms }: ServiceContext): PanelDraft[] {
  const signal = findSignal(signals, 'instance-error-ratio');
  if (signal === undefined) return [];
  const panel = timeseriesPanel({
    key: 'error-ratio-by-instance',
    title: 'Error rate by instance',
    description:
      'Share of failed requests of each instance. One line above the others means one bad instance: restart it or take it out. All lines together mean a shared cause.',
    unit: 'ratio',
    width: 12,
    signals: ['instance-error-ratio'],
    queries: [{ expr: signal.panelExpression(RATE, [INSTANCE]), legend: eachOf('{{instance}}', terms) }],
    limit: signal.limit,
  });
  return [panel];
}

function traffic({ signals, terms }: ServiceContext, server: ServerBinding): PanelDraft {
  const signal = findSignal(signals, 'traffic-ratio');
  const panel = timeseriesPanel({
    key: 'traffic',
    title: 'Requests, and against the last hours',
    description:
      'Requests a second by route; on the right axis all of them as a share of the last hours. A sudden fall means users do not get through: look at what stands before this service. A rise with rising latency means overload.',
    unit: 'reqps',
    width: 12,
    signals: ['traffic-ratio'],
    queries: [
      {
        expr: rate(requestsOf(server), {
          window: RATE,
          keep: server.route === undefined ? [] : [server.route],
          only: [INSTANCE],
        }),
        legend: server.route === undefined ? 'requests' : `{{${server.route}}}`,
      },
      ...(signal === undefined
        ? []
        : [{ expr: signal.panelExpression(RATE), legend: eachOf('of the last hours', terms) }]),
    ],
    colours: { 'of the last hours': COLOURS.quiet },
  });
  panel.builder.overrideByName('of the last hours', [
    { id: 'unit', value: 'percentunit' },
    { id: 'custom.axisPlacement', value: 'right' },
    // Against a baseline of next to nothing the share has no bounds; above this it tells no more.
    { id: 'max', value: 3 },
    ...(signal === undefined
      ? []
      : [
          { id: 'custom.thresholdsStyle', value: { mode: 'dashed' } },
          {
            id: 'thresholds',
            value: {
              mode: 'absolute',
              steps: [
                { value: null, color: COLOURS.bad },
                { value: signal.limit.value.value, color: COLOURS.good },
              ],
            },
          },
        ]),
  ]);
  return panel;
}

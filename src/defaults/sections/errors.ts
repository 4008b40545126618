import {
  COLOURS,
  INSTANCE,
  type PanelDraft,
  RATE,
  type Section,
  type ServiceContext,
  timeseriesPanel,
} from '../../build/index.ts';
import { rate } from '../../metrics/histogram.ts';
import { findSignal } from '../../metrics/index.ts';

/** What users do not get, and how many ask. */
export function errorSection(context: ServiceContext): Section {
  return {
    key: 'errors',
    title: 'Errors and traffic: what users do not get',
    panels: [ratio(context), byStatus(context), byInstance(context), traffic(context)],
  };
}

function ratio({ signals }: ServiceContext): PanelDraft {
  const signal = findSignal(signals, 'error-ratio');
  return timeseriesPanel({
    key: 'error-ratio',
    title: 'Error rate',
    description:
      'Share of requests that failed: 5xx, and requests that ended without a status. Above the line it pages. If it starts with a deployment, roll back.',
    unit: 'ratio',
    width: 12,
    signals: ['error-ratio'],
    queries: signal === undefined ? [] : [{ expr: signal.panelExpression(RATE, [INSTANCE]), legend: 'failed' }],
    ...(signal === undefined ? {} : { limit: signal.limit }),
    colours: { failed: COLOURS.bad },
  });
}

function byStatus({ service }: ServiceContext): PanelDraft {
  const { server } = service.metrics;
  return timeseriesPanel({
    key: 'failures-by-status',
    title: 'Failures by status',
    description:
      'Failed requests a second. 503 means no connection was free or the service is overloaded, 504 that something behind it was too slow, 500 a bug; no status means the caller gave up.',
    unit: 'reqps',
    width: 12,
    queries: [
      {
        expr: rate(server, { window: RATE, keep: [server.status], only: [server.failed, INSTANCE] }),
        legend: `{{${server.status}}}`,
      },
    ],
    // Green, which the palette begins with, would say that all is well.
    colours: { 500: COLOURS.accent, 502: COLOURS.warn, 503: COLOURS.bad, 504: COLOURS.main },
  });
}

function byInstance({ signals }: ServiceContext): PanelDraft {
  const signal = findSignal(signals, 'instance-error-ratio');
  return timeseriesPanel({
    key: 'error-ratio-by-instance',
    title: 'Error rate by instance',
    description:
      'Share of failed requests of each instance. One line above the others means one bad instance: restart it or take it out. All lines together mean a shared cause.',
    unit: 'ratio',
    width: 12,
    signals: ['instance-error-ratio'],
    queries: signal === undefined ? [] : [{ expr: signal.panelExpression(RATE, [INSTANCE]), legend: '{{instance}}' }],
    ...(signal === undefined ? {} : { limit: signal.limit }),
  });
}

function traffic({ service, signals }: ServiceContext): PanelDraft {
  const { server } = service.metrics;
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
      { expr: rate(server, { window: RATE, keep: [server.route], only: [INSTANCE] }), legend: `{{${server.route}}}` },
      ...(signal === undefined ? [] : [{ expr: signal.panelExpression(RATE), legend: 'of the last hours' }]),
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

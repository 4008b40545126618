import {
  INSTANCE,
  type PanelDraft,
  RATE,
  type Section,
  type ServiceContext,
  timeseriesPanel,
} from '../../build/index.ts';
import { findSignal } from '../../metrics/index.ts';
import { series } from '../../metrics/promql.ts';
import { onePerContainer } from '../../metrics/resources.ts';

/** What the instances use and how they feel. */
export function resourceSection(context: ServiceContext): Section {
  return {
    key: 'resources',
    title: 'Resources: last, because waiting costs no processor time',
    panels: [cpu(context), memory(context), ...throttling(context), ...runtime(context), ...restarts(context)],
  };
}

function cpu({ signals, service }: ServiceContext): PanelDraft {
  const signal = findSignal(signals, 'cpu-utilisation');
  return timeseriesPanel({
    key: 'cpu',
    title: 'CPU of the limit',
    description:
      'CPU in use over its limit, by instance. High with rising traffic: scale out. High without: profile the last deployment.',
    unit: 'ratio',
    width: 12,
    signals: ['cpu-utilisation'],
    queries:
      signal === undefined
        ? []
        : [
            {
              expr: signal.panelExpression(RATE, own(service.metrics.cpu.kind)),
              legend: instanceLegend(service.metrics.cpu.kind),
            },
          ],
    ...(signal === undefined ? {} : { limit: signal.limit }),
  });
}

function memory({ signals, service }: ServiceContext): PanelDraft {
  const signal = findSignal(signals, 'memory-utilisation');
  return timeseriesPanel({
    key: 'memory',
    title: 'Memory of the limit',
    description:
      'Memory in use over its limit, by instance. At the limit the instance is killed. A steady climb is a leak: restart now, find it after.',
    unit: 'ratio',
    width: 12,
    signals: ['memory-utilisation'],
    queries:
      signal === undefined
        ? []
        : [
            {
              expr: signal.panelExpression(RATE, own(service.metrics.memory.kind)),
              legend: instanceLegend(service.metrics.memory.kind),
            },
          ],
    ...(signal === undefined ? {} : { limit: signal.limit }),
  });
}

function throttling({ service: { metrics } }: ServiceContext): PanelDraft[] {
  if (metrics.cpu.kind !== 'container' || metrics.cpu.throttled === undefined) return [];
  const { periods, total } = metrics.cpu.throttled;
  return [
    timeseriesPanel({
      key: 'cpu-throttling',
      title: 'CPU throttling',
      description:
        'Share of time slices in which the container wanted more CPU than its limit. Adds latency long before CPU looks full: raise the limit.',
      unit: 'ratio',
      width: 8,
      queries: [
        {
          expr: `max by (pod)(${onePerContainer(`rate(${series(periods)}[${RATE}])`)} / ${onePerContainer(`rate(${series(total)}[${RATE}])`)})`,
          legend: '{{pod}}',
        },
      ],
    }),
  ];
}

function runtime({ service: { metrics } }: ServiceContext): PanelDraft[] {
  if (metrics.runtime === undefined) return [];
  const { title, unit, kind } = metrics.runtime;
  const selector = series(metrics.runtime.series, [INSTANCE]);
  return [
    timeseriesPanel({
      key: 'runtime',
      title,
      description:
        'How the runtime feels. If it rises with CPU, the process itself is the bottleneck, not what it waits for.',
      unit,
      width: 8,
      queries: [
        {
          expr: kind === 'gauge' ? `max by (instance)(${selector})` : `sum by (instance)(rate(${selector}[${RATE}]))`,
          legend: '{{instance}}',
        },
      ],
    }),
  ];
}

function restarts({ service: { metrics } }: ServiceContext): PanelDraft[] {
  if (metrics.restarts === undefined) return [];
  const { kind, series: binding } = metrics.restarts;
  const expr =
    kind === 'counter'
      ? `round(sum by (pod)(${onePerContainer(`increase(${series(binding)}[${RATE}])`)}))`
      : `sum by (instance)(changes(${series(binding, [INSTANCE])}[${RATE}]))`;
  return [
    timeseriesPanel({
      key: 'restarts',
      title: 'Restarts',
      description:
        'Instances that started again. Outside a deployment each one is a crash: read the logs of the one before it.',
      unit: 'count',
      width: 8,
      queries: [{ expr, legend: kind === 'counter' ? '{{pod}}' : '{{instance}}' }],
    }),
  ];
}

/** Kubernetes' metrics know pods, the process's own know instances: only those the variable can filter. */
function own(kind: string): string[] {
  return kind === 'container' ? [] : [INSTANCE];
}

function instanceLegend(kind: string): string {
  return kind === 'container' ? '{{pod}}' : '{{instance}}';
}

import {
  eachOf,
  INSTANCE,
  type PanelDraft,
  RATE,
  type Section,
  type ServiceContext,
  timeseriesPanel,
} from '../../build/index.ts';
import { dimensionsOf } from '../../metrics/identity.ts';
import { findSignal } from '../../metrics/index.ts';
import { by, series } from '../../metrics/promql.ts';
import { onePerContainer } from '../../metrics/resources.ts';

/** What the instances use and how they feel. */
export function resourceSection(context: ServiceContext): Section {
  return {
    key: 'resources',
    title: 'Resources: last, because waiting costs no processor time',
    panels: [...cpu(context), ...memory(context), ...throttling(context), ...runtime(context), ...restarts(context)],
  };
}

function cpu({ signals, service: { metrics }, terms }: ServiceContext): PanelDraft[] {
  const signal = findSignal(signals, 'cpu-utilisation');
  if (signal === undefined || metrics.cpu === undefined) return [];
  const { kind, usage } = metrics.cpu;
  const panel = timeseriesPanel({
    key: 'cpu',
    title: 'CPU of the limit',
    description:
      'CPU in use over its limit, by instance. High with rising traffic: scale out. High without: profile the last deployment.',
    unit: 'ratio',
    width: 12,
    signals: ['cpu-utilisation'],
    queries: [{ expr: signal.panelExpression(RATE, own(kind)), legend: eachOf(instanceLegend(kind), terms, usage) }],
    limit: signal.limit,
  });
  return [panel];
}

function memory({ signals, service: { metrics }, terms }: ServiceContext): PanelDraft[] {
  const signal = findSignal(signals, 'memory-utilisation');
  if (signal === undefined || metrics.memory === undefined) return [];
  const { kind, usage } = metrics.memory;
  const panel = timeseriesPanel({
    key: 'memory',
    title: 'Memory of the limit',
    description:
      'Memory in use over its limit, by instance. At the limit the instance is killed. A steady climb is a leak: restart now, find it after.',
    unit: 'ratio',
    width: 12,
    signals: ['memory-utilisation'],
    queries: [{ expr: signal.panelExpression(RATE, own(kind)), legend: eachOf(instanceLegend(kind), terms, usage) }],
    limit: signal.limit,
  });
  return [panel];
}

function throttling({ service: { metrics }, terms }: ServiceContext): PanelDraft[] {
  if (metrics.cpu?.kind !== 'container' || metrics.cpu.throttled === undefined) return [];
  const { periods, total } = metrics.cpu.throttled;
  const divided = dimensionsOf(terms, periods, total);
  const share = `${onePerContainer(`rate(${series(periods)}[${RATE}])`, divided)} / ${onePerContainer(`rate(${series(total)}[${RATE}])`, divided)}`;
  return [
    timeseriesPanel({
      key: 'cpu-throttling',
      title: 'CPU throttling',
      description:
        'Share of time slices in which the container wanted more CPU than its limit. Adds latency long before CPU looks full: raise the limit.',
      unit: 'ratio',
      width: 8,
      queries: [{ expr: `max ${by(...divided, 'pod')}(${share})`, legend: eachOf('{{pod}}', terms, periods, total) }],
    }),
  ];
}

function runtime({ service: { metrics }, terms }: ServiceContext): PanelDraft[] {
  if (metrics.runtime === undefined) return [];
  const { title, unit, kind } = metrics.runtime;
  const selector = series(metrics.runtime.series, [INSTANCE]);
  const each = by(...dimensionsOf(terms, metrics.runtime.series), 'instance');
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
          expr: kind === 'gauge' ? `max ${each}(${selector})` : `sum ${each}(rate(${selector}[${RATE}]))`,
          legend: eachOf('{{instance}}', terms, metrics.runtime.series),
        },
      ],
    }),
  ];
}

function restarts({ service: { metrics }, terms }: ServiceContext): PanelDraft[] {
  if (metrics.restarts === undefined) return [];
  const { kind, series: binding } = metrics.restarts;
  const divided = dimensionsOf(terms, binding);
  const expr =
    kind === 'counter'
      ? `round(sum ${by(...divided, 'pod')}(${onePerContainer(`increase(${series(binding)}[${RATE}])`, divided)}))`
      : `sum ${by(...divided, 'instance')}(changes(${series(binding, [INSTANCE])}[${RATE}]))`;
  return [
    timeseriesPanel({
      key: 'restarts',
      title: 'Restarts',
      description:
        'Instances that started again. Outside a deployment each one is a crash: read the logs of the one before it.',
      unit: 'count',
      width: 8,
      queries: [{ expr, legend: eachOf(kind === 'counter' ? '{{pod}}' : '{{instance}}', terms, binding) }],
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

import {
  alertListPanel,
  COLOURS,
  type PanelDraft,
  type Section,
  type ServiceContext,
  statPanel,
  timeseriesPanel,
  worstOf,
} from '../../build/index.ts';
import { findSignal } from '../../metrics/index.ts';
import type { KnownSignal, Signal } from '../../model/signal.ts';

/** What the strip shows, left to right, and what to look at when it is red. */
const STRIP: readonly (readonly [KnownSignal, title: string, whenRed: string])[] = [
  ['error-ratio', 'Errors', 'Look at Errors below: which route, which status, one instance or all.'],
  ['latency-p95', 'Latency p95', 'Look at Latency below, then at pools and queries: slow queries fill pools.'],
  [
    'pool-utilisation',
    'Fullest pool',
    'Look at Pools below. A fuller pool means slower work, rarely too few connections.',
  ],
  ['query-p95', 'Query p95', 'Look at Queries below: which operation, and since which deployment.'],
  ['dependency-error-ratio', 'Dependency', 'Look at Dependencies below and open the dashboard of the one that fails.'],
  ['cpu-utilisation', 'CPU', 'Look at Resources below.'],
  ['memory-utilisation', 'Memory', 'Look at Resources below: a leak climbs steadily, a burst falls again.'],
];

/** The verdict at a glance: the alerts' own expressions and limits, and what is firing. */
export function verdictSection(context: ServiceContext): Section {
  const shown = STRIP.flatMap(([id, title, whenRed]) => {
    const signal = findSignal(context.signals, id);
    return signal === undefined ? [] : [{ signal, title, whenRed }];
  });
  const widths = shareColumns(shown.length);
  const strip = shown.map(({ signal, title, whenRed }, index) => verdict(signal, title, whenRed, widths[index] ?? 3));
  return { key: 'verdict', title: '', panels: [...strip, firing(context), ...signs(context)] };
}

/** 24 columns for a number of panels, the wider ones first. */
function shareColumns(panels: number): number[] {
  const least = Math.floor(24 / panels);
  return Array.from({ length: panels }, (_, index) => (index < 24 - least * panels ? least + 1 : least));
}

function verdict(signal: Signal, title: string, whenRed: string, width: number): PanelDraft {
  return statPanel({
    key: `verdict-${signal.id}`,
    title,
    description: `${signal.title}, as its alert sees it: orange-red means the alert's limit is passed. ${whenRed}`,
    unit: signal.unit,
    width,
    queries: [
      {
        expr: worstOf(signal),
        legend: title,
        mode: 'instant',
      },
    ],
    limit: signal.limit,
  });
}

function firing({ service, project }: ServiceContext): PanelDraft {
  return alertListPanel({
    key: 'firing-alerts',
    title: 'Alerts of this service',
    description: 'What is pending or firing now. Each alert links to its runbook: start there.',
    width: 12,
    height: 7,
    // A rule that cannot ask has nothing to draw; that it cannot is seen in the list.
    signals: ['alert-queries'],
    filter: `{service="${service.id}",as_code="${project.mark}"}`,
  });
}

function signs({ signals }: ServiceContext): PanelDraft[] {
  const degradation = findSignal(signals, 'degradation');
  const telemetry = findSignal(signals, 'telemetry-absent');
  const limits = findSignal(signals, 'limit-absent');
  if (degradation === undefined && telemetry === undefined) return [];
  const homes: KnownSignal[] = ['degradation', 'telemetry-absent', 'limit-absent'];
  const panel = timeseriesPanel({
    key: 'signs-of-degradation',
    title: 'Signs of degradation',
    description:
      'How many signs hold at once: latency, pool and, with a database, query. At the line it pages. Below: families of telemetry that are missing; while one is, its panels and alerts are blind.',
    unit: 'count',
    width: 12,
    height: 7,
    signals: homes,
    queries: [
      ...(degradation === undefined ? [] : [{ expr: worstOf(degradation), legend: 'signs' }]),
      ...(telemetry === undefined ? [] : [{ expr: `sum(${telemetry.alertExpression})`, legend: 'missing telemetry' }]),
      ...(limits === undefined ? [] : [{ expr: `sum(${limits.alertExpression})`, legend: 'missing limits' }]),
    ],
    ...(degradation === undefined ? {} : { limit: degradation.limit }),
    colours: { signs: COLOURS.bad, 'missing telemetry': COLOURS.quiet, 'missing limits': COLOURS.calm },
  });
  // Signs are counted: on a lower axis Grafana would write quarters of them.
  panel.builder.axisSoftMax(MOST_SIGNS);
  return [panel];
}

/** Latency, pools, queries, and room above them. */
const MOST_SIGNS = 4;

import type { Matcher } from '../model/metrics.ts';
import type { Service } from '../model/service.ts';
import { series, type Window } from './promql.ts';

/** CPU use over its limit, the worst instance, or each where `perInstance`. */
export function cpuUtilisation(
  service: Service,
  window: Window,
  perInstance = false,
  only: readonly Matcher[] = [],
): string {
  const { cpu } = service.metrics;
  switch (cpu.kind) {
    case 'container':
      return keepWorst(
        `sum by (namespace, pod)(rate(${series(cpu.usage)}[${window}])) / sum by (namespace, pod)(${series(cpu.limit)})`,
        'pod',
        perInstance,
      );
    case 'process-seconds':
      return keepWorst(
        `sum by (instance)(rate(${series(cpu.usage, only)}[${window}])) / ${cpu.limitCores}`,
        'instance',
        perInstance,
      );
    case 'utilisation':
      return keepWorst(`avg_over_time(${series(cpu.usage, only)}[${window}])`, 'instance', perInstance);
    default:
      return cpu satisfies never;
  }
}

/** Memory in use over its limit, the worst instance, or each where `perInstance`. */
export function memoryUtilisation(service: Service, perInstance = false, only: readonly Matcher[] = []): string {
  const { memory } = service.metrics;
  switch (memory.kind) {
    case 'container':
      return keepWorst(
        `sum by (namespace, pod)(${series(memory.usage)}) / sum by (namespace, pod)(${series(memory.limit)})`,
        'pod',
        perInstance,
      );
    case 'ratio':
      // A limit of -1 means "none" for some of the JVM's memory pools.
      return keepWorst(
        `sum by (instance)(${series(memory.usage, only)}) / sum by (instance)(${series(memory.limit, only)} > 0)`,
        'instance',
        perInstance,
      );
    case 'declared':
      return keepWorst(
        `sum by (instance)(${series(memory.usage, only)}) / ${memory.limitBytes}`,
        'instance',
        perInstance,
      );
    default:
      return memory satisfies never;
  }
}

function keepWorst(expression: string, instance: string, perInstance: boolean): string {
  return perInstance ? `max by (${instance})(${expression})` : `max(${expression})`;
}

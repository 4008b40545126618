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
      return keepWorst(overLimit(`rate(${series(cpu.usage)}[${window}])`, series(cpu.limit)), 'pod', perInstance);
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
      return keepWorst(overLimit(series(memory.usage), series(memory.limit)), 'pod', perInstance);
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

/**
 * The largest of the series of each container: what tells them apart is who scraped them, and added up they would count
 * twice. Two kube-state-metrics and two cAdvisors are common.
 *
 * @example onePerContainer('container_memory_working_set_bytes{}')
 */
export function onePerContainer(selector: string): string {
  return `max by (namespace, pod, container)(${selector})`;
}

/** By container, so that a sidecar is held against its own limit; one without a limit, or with 0, has no share. */
function overLimit(usage: string, limit: string): string {
  return `${onePerContainer(usage)} / ${onePerContainer(`${limit} > 0`)}`;
}

function keepWorst(expression: string, instance: string, perInstance: boolean): string {
  return perInstance ? `max by (${instance})(${expression})` : `max(${expression})`;
}

import type { CpuBinding, Matcher, MemoryBinding, SeriesBinding } from '../model/metrics.ts';
import { dimensionsOf } from './identity.ts';
import { by, series, type Window } from './promql.ts';
import type { Terms } from './timing.ts';

/** CPU use over its limit, the worst instance, or each where `perInstance`. */
export function cpuUtilisation(
  terms: Terms,
  cpu: CpuBinding,
  window: Window,
  perInstance = false,
  only: readonly Matcher[] = [],
): string {
  switch (cpu.kind) {
    case 'container': {
      const [divided, limit] = limitOf(terms, cpu.usage, cpu.limit);
      return keepWorst(overLimit(divided, `rate(${series(cpu.usage)}[${window}])`, limit), divided, 'pod', perInstance);
    }
    case 'process-seconds': {
      const divided = dimensionsOf(terms, cpu.usage);
      const used = `sum ${by(...divided, 'instance')}(rate(${series(cpu.usage, only)}[${window}]))`;
      return keepWorst(`${used} / ${cpu.limitCores}`, divided, 'instance', perInstance);
    }
    case 'utilisation': {
      const divided = dimensionsOf(terms, cpu.usage);
      return keepWorst(`avg_over_time(${series(cpu.usage, only)}[${window}])`, divided, 'instance', perInstance);
    }
    default:
      return cpu satisfies never;
  }
}

/** Memory in use over its limit, the worst instance, or each where `perInstance`. */
export function memoryUtilisation(
  terms: Terms,
  memory: MemoryBinding,
  perInstance = false,
  only: readonly Matcher[] = [],
): string {
  switch (memory.kind) {
    case 'container': {
      const [divided, limit] = limitOf(terms, memory.usage, memory.limit);
      return keepWorst(overLimit(divided, series(memory.usage), limit), divided, 'pod', perInstance);
    }
    case 'ratio': {
      const divided = dimensionsOf(terms, memory.usage, memory.limit);
      const each = by(...divided, 'instance');
      // A limit of -1 means "none" for some of the JVM's memory pools.
      const share = `sum ${each}(${series(memory.usage, only)}) / sum ${each}(${series(memory.limit, only)} > 0)`;
      return keepWorst(share, divided, 'instance', perInstance);
    }
    case 'declared': {
      const divided = dimensionsOf(terms, memory.usage);
      const used = `sum ${by(...divided, 'instance')}(${series(memory.usage, only)})`;
      return keepWorst(`${used} / ${memory.limitBytes}`, divided, 'instance', perInstance);
    }
    default:
      return memory satisfies never;
  }
}

/**
 * The largest of the series of each container: what tells them apart is who scraped them, and added up they would count
 * twice. Two kube-state-metrics and two cAdvisors are common.
 *
 * @param divided dimensions that have a namespace, pod and container of the same name each, such as clusters.
 * @example onePerContainer('container_memory_working_set_bytes{}')
 */
export function onePerContainer(selector: string, divided: readonly string[] = []): string {
  return `max ${by(...divided, 'namespace', 'pod', 'container')}(${selector})`;
}

/** Whether use has anything to be held against. */
export function isLimited(binding: CpuBinding | MemoryBinding): boolean {
  return binding.kind !== 'container' || binding.limit !== 'none';
}

/** By container, so that a sidecar is held against its own limit; one without a limit, or with 0, has no share. */
function overLimit(divided: readonly string[], usage: string, limit: string | number): string {
  const most = typeof limit === 'number' ? limit : onePerContainer(`${limit} > 0`, divided);
  return `${onePerContainer(usage, divided)} / ${most}`;
}

/** The dimensions of use and limit, and the limit as a number or a selector. Where there is none, nothing is asked. */
function limitOf(
  terms: Terms,
  usage: SeriesBinding,
  limit: SeriesBinding | number | 'none',
): readonly [divided: readonly string[], limit: string | number] {
  if (typeof limit === 'object') return [dimensionsOf(terms, usage, limit), series(limit)];
  return [dimensionsOf(terms, usage), limit === 'none' ? Number.POSITIVE_INFINITY : limit];
}

function keepWorst(expression: string, divided: readonly string[], instance: string, perInstance: boolean): string {
  const keep = perInstance ? [...divided, instance] : divided;
  return keep.length === 0 ? `max(${expression})` : `max ${by(...keep)}(${expression})`;
}

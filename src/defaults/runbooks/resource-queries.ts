/** What instances use: made of the same parts as the panels, so that a container counts once, whoever scrapes it. */
import { series } from '../../metrics/promql.ts';
import { cpuUtilisation, memoryUtilisation, onePerContainer } from '../../metrics/resources.ts';
import type { Timing } from '../../metrics/timing.ts';
import type { Service } from '../../model/service.ts';
import { againstBefore, totalRate } from './queries.ts';

/** CPU seconds for each request, against an hour ago. */
export function cpuPerRequestAgainstBefore({ metrics: { cpu, server } }: Service, timing: Timing): string {
  const window = timing.window('5m');
  return againstBefore(({ offset }) => {
    const at = offset === undefined ? '' : ` offset ${offset}`;
    const used =
      cpu.kind === 'container'
        ? onePerContainer(`rate(${series(cpu.usage)}[${window}]${at})`)
        : `${cpu.kind === 'utilisation' ? 'avg_over_time' : 'rate'}(${series(cpu.usage)}[${window}]${at})`;
    return `sum(${used}) / ${totalRate(server, window, offset)}`;
  });
}

/** Each instance's CPU over its limit, the busiest first. */
export function cpuByInstance(service: Service, timing: Timing): string {
  return `sort_desc(${cpuUtilisation(service, timing.window('5m'), true)})`;
}

/** Each instance's memory over its limit, the fullest first. */
export function memoryByInstance(service: Service): string {
  return `sort_desc(${memoryUtilisation(service, true)})`;
}

/** The share of time slices in which a container was held back; undefined where nobody counts them. */
export function throttled({ metrics: { cpu } }: Service, timing: Timing): string | undefined {
  if (cpu.kind !== 'container' || cpu.throttled === undefined) return undefined;
  const { periods, total } = cpu.throttled;
  const window = timing.window('5m');
  return `max by (pod)(${onePerContainer(`rate(${series(periods)}[${window}])`)} / ${onePerContainer(`rate(${series(total)}[${window}])`)})`;
}

/** Hours until the first instance is at its memory limit, from the slope of the last hour. */
export function hoursOfMemory({ metrics: { memory } }: Service): string {
  const slope = `deriv(${series(memory.usage)}[1h])`;
  switch (memory.kind) {
    case 'container':
      return `min((${onePerContainer(series(memory.limit))} - ${onePerContainer(series(memory.usage))}) / (${onePerContainer(slope)} > 0)) / 3600`;
    case 'ratio':
      return `min((sum by (instance)(${series(memory.limit)} > 0) - sum by (instance)(${series(memory.usage)})) / (sum by (instance)(${slope}) > 0)) / 3600`;
    case 'declared':
      return `min((${memory.limitBytes} - sum by (instance)(${series(memory.usage)})) / (sum by (instance)(${slope}) > 0)) / 3600`;
    default:
      return memory satisfies never;
  }
}

/** Who started again in the last hours; undefined where nobody records it. */
export function restartsOf({ metrics: { restarts } }: Service): string | undefined {
  if (restarts === undefined) return undefined;
  return restarts.kind === 'counter'
    ? `sum by (pod)(${onePerContainer(`increase(${series(restarts.series)}[6h])`)}) > 0`
    : `sum by (instance)(changes(${series(restarts.series)}[6h])) > 0`;
}

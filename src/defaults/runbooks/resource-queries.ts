/** What instances use: made of the same parts as the panels, so that a container counts once, whoever scrapes it. */
import { dimensionsOf } from '../../metrics/identity.ts';
import { by, series, sumBy } from '../../metrics/promql.ts';
import { requestsOf } from '../../metrics/requests.ts';
import { cpuUtilisation, isLimited, memoryUtilisation, onePerContainer } from '../../metrics/resources.ts';
import type { Terms } from '../../metrics/timing.ts';
import type { Service } from '../../model/service.ts';
import { againstBefore, totalRate } from './queries.ts';

/** CPU seconds for each request, against an hour ago. */
export function cpuPerRequestAgainstBefore({ metrics: { cpu, server } }: Service, terms: Terms): string | undefined {
  if (cpu === undefined || server === undefined) return undefined;
  const served = requestsOf(server);
  const window = terms.window('5m');
  return againstBefore(({ offset }) => {
    const at = offset === undefined ? '' : ` offset ${offset}`;
    const used =
      cpu.kind === 'container'
        ? onePerContainer(`rate(${series(cpu.usage)}[${window}]${at})`, dimensionsOf(terms, cpu.usage))
        : `${cpu.kind === 'utilisation' ? 'avg_over_time' : 'rate'}(${series(cpu.usage)}[${window}]${at})`;
    return `sum(${used}) / ${totalRate(served, window, offset)}`;
  });
}

/** Each instance's CPU over its limit, the busiest first. */
export function cpuByInstance({ metrics: { cpu } }: Service, terms: Terms): string | undefined {
  return cpu && isLimited(cpu) ? `sort_desc(${cpuUtilisation(terms, cpu, terms.window('5m'), true)})` : undefined;
}

/** Each instance's memory over its limit, the fullest first. */
export function memoryByInstance({ metrics: { memory } }: Service, terms: Terms): string | undefined {
  return memory && isLimited(memory) ? `sort_desc(${memoryUtilisation(terms, memory, true)})` : undefined;
}

/** The share of time slices in which a container was held back; undefined where nobody counts them. */
export function throttled({ metrics: { cpu } }: Service, terms: Terms): string | undefined {
  if (cpu?.kind !== 'container' || cpu.throttled === undefined) return undefined;
  const { periods, total } = cpu.throttled;
  const window = terms.window('5m');
  const divided = dimensionsOf(terms, periods, total);
  return `max ${by(...divided, 'pod')}(${onePerContainer(`rate(${series(periods)}[${window}])`, divided)} / ${onePerContainer(`rate(${series(total)}[${window}])`, divided)})`;
}

/** Hours until the first instance is at its memory limit, from the slope of the last hour. */
export function hoursOfMemory({ metrics: { memory } }: Service, terms: Terms): string | undefined {
  if (memory === undefined) return undefined;
  const slope = `deriv(${series(memory.usage)}[1h])`;
  switch (memory.kind) {
    case 'container': {
      const { limit } = memory;
      if (limit === 'none') return undefined;
      const divided = typeof limit === 'number' ? [memory.usage] : [memory.usage, limit];
      const each = (selector: string) => onePerContainer(selector, dimensionsOf(terms, ...divided));
      return `min((${typeof limit === 'number' ? limit : each(series(limit))} - ${each(series(memory.usage))}) / (${each(slope)} > 0)) / 3600`;
    }
    case 'ratio': {
      const each = sumBy([...dimensionsOf(terms, memory.usage, memory.limit), 'instance']);
      return `min((${each}(${series(memory.limit)} > 0) - ${each}(${series(memory.usage)})) / (${each}(${slope}) > 0)) / 3600`;
    }
    case 'declared': {
      const each = sumBy([...dimensionsOf(terms, memory.usage), 'instance']);
      return `min((${memory.limitBytes} - ${each}(${series(memory.usage)})) / (${each}(${slope}) > 0)) / 3600`;
    }
    default:
      return memory satisfies never;
  }
}

/** Who started again in the last hours; undefined where nobody records it. */
export function restartsOf({ metrics: { restarts } }: Service, terms: Terms): string | undefined {
  if (restarts === undefined) return undefined;
  const divided = dimensionsOf(terms, restarts.series);
  return restarts.kind === 'counter'
    ? `${sumBy([...divided, 'pod'])}(${onePerContainer(`increase(${series(restarts.series)}[6h])`, divided)}) > 0`
    : `${sumBy([...divided, 'instance'])}(changes(${series(restarts.series)}[6h])) > 0`;
}

/** Services as their files export them, and the order in which they are shown. */
import type { Service } from '../model/service.ts';

/**
 * The services among what a file exports: each export that is one, and those in lists. An export is taken for one if it
 * has an id and metrics: validation reports what is wrong with it.
 */
export function servicesIn(exported: Readonly<Record<string, unknown>>): readonly Service[] {
  return Object.values(exported).flatMap((value) => (Array.isArray(value) ? value : [value]).filter(isService));
}

function isService(value: unknown): value is Service {
  return typeof value === 'object' && value !== null && 'id' in value && 'metrics' in value;
}

/**
 * From the edge inwards: what users talk to, then what that calls, in the order of its dependencies. What nobody calls
 * stands last, by its id.
 *
 * @example fromTheEdge([database, gateway]) // [gateway, database], where gateway is of the tier `edge` and calls database
 */
export function fromTheEdge(services: readonly Service[]): readonly Service[] {
  const sorted = [...services].sort((left, right) => compare(String(left.id), String(right.id)));
  const found = new Set(sorted.filter(({ tier }) => tier === 'edge'));
  // A set that grows while it is walked is a queue.
  for (const { dependencies } of found) {
    for (const dependency of Array.isArray(dependencies) ? dependencies : []) {
      for (const behind of sorted) if (behind.id === dependency?.service) found.add(behind);
    }
  }
  return [...new Set([...found, ...sorted])];
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

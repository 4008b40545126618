import type { AlertRule } from '../model/alert-rule.ts';
import type { MetricProfile } from '../model/metrics.ts';
import type { Service } from '../model/service.ts';

/**
 * The services whose series a group of rules reads, by the matchers in its expressions. Rules that select series by
 * matchers of no known service read those of all: better slow than wrong.
 */
export function servicesRead(rules: readonly AlertRule[], services: readonly Service[]): readonly Service[] {
  const selecting = rules.filter(({ expr }) => expr.includes('{'));
  const read = services.filter((service) => selecting.some(({ expr }) => mentions(expr, service)));
  const strange = selecting.some(({ expr }) => !services.some((service) => mentions(expr, service)));
  return strange ? services : read;
}

function mentions(expression: string, { metrics }: Service): boolean {
  return identifying(metrics).some((matchers) => matchers.every((matcher) => expression.includes(matcher)));
}

/** The matchers of each family: together they select a service's series. */
function identifying({ server, client, database, databasePool, cpu, memory }: MetricProfile): readonly string[][] {
  return [server, client, database, databasePool.used, cpu.usage, memory.usage].map(({ matchers }) => [...matchers]);
}

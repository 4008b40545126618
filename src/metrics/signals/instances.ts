/** What instances use, and whether their telemetry and their limits are there. */
import type { CpuBinding, MemoryBinding } from '../../model/metrics.ts';
import { count } from '../../model/quantity.ts';
import type { Service } from '../../model/service.ts';
import { familyAbsent } from '../absence.ts';
import { watchedFamilies } from '../families.ts';
import { firstOf, series } from '../promql.ts';
import { requestsOf } from '../requests.ts';
import { cpuUtilisation, isLimited, memoryUtilisation } from '../resources.ts';
import type { Terms } from '../timing.ts';
import { type Draft, limitOf } from './draft.ts';

export function resources(terms: Terms, { metrics: { cpu, memory }, thresholds }: Service): Draft[] {
  const cpuSignal = (binding: CpuBinding): Draft => ({
    id: 'cpu-utilisation',
    family: 'resources',
    title: 'CPU',
    panelExpression: (window, only) => cpuUtilisation(terms, binding, window, true, only),
    alertExpression: cpuUtilisation(terms, binding, terms.window('5m')),
    limit: limitOf(thresholds.cpuUtilisation),
  });
  const memorySignal = (binding: MemoryBinding): Draft => ({
    id: 'memory-utilisation',
    family: 'resources',
    title: 'Memory',
    panelExpression: (_window, only) => memoryUtilisation(terms, binding, true, only),
    alertExpression: memoryUtilisation(terms, binding),
    limit: limitOf(thresholds.memoryUtilisation),
  });
  return [
    ...(cpu === undefined || !isLimited(cpu) ? [] : [cpuSignal(cpu)]),
    ...(memory === undefined || !isLimited(memory) ? [] : [memorySignal(memory)]),
  ];
}

export function observing(terms: Terms, service: Service): Draft[] {
  const { server } = service.metrics;
  const requests = server && requestsOf(server);
  const arms = watchedFamilies(service)
    // What serves nobody has no requests that would tell whether a family should be there.
    .filter(({ whileBusy }) => !whileBusy || requests !== undefined)
    .map(({ whileBusy, ...watched }) => familyAbsent(terms, watched, whileBusy ? requests : undefined));
  if (arms.length === 0) return [];
  const expression = firstOf(...arms);
  return [
    {
      id: 'telemetry-absent',
      family: 'resources',
      title: 'Telemetry missing',
      panelExpression: () => expression,
      alertExpression: expression,
      limit: limitOf(service.thresholds.telemetryAbsent),
      perSeries: 'family',
    },
    ...unlimited(terms, service),
  ];
}

/**
 * Limits that are missing: use over nothing is nothing, so that its alert never fires. On its own, because it warns:
 * who goes without a limit is not down.
 */
function unlimited(terms: Terms, { metrics: { cpu, memory } }: Service): Draft[] {
  const limits = [
    ['cpu limit', cpu?.kind === 'container' ? cpu.limit : undefined] as const,
    ['memory limit', memory?.kind === 'container' ? memory.limit : undefined] as const,
  ].flatMap(([family, limit]) =>
    typeof limit !== 'object'
      ? []
      : [familyAbsent(terms, { family, selector: (extra) => series(limit, extra), binding: limit })],
  );
  if (limits.length === 0) return [];
  const expression = firstOf(...limits);
  return [
    {
      id: 'limit-absent',
      family: 'resources',
      title: 'Limits missing',
      panelExpression: () => expression,
      alertExpression: expression,
      limit: { comparison: 'gt', value: count(0), for: '15m' },
      perSeries: 'family',
    },
  ];
}

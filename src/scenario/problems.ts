/** Facts of a service that no series can be made for: a scenario of it would be silent, and silence looks like health. */

import { bindingOf, requestsOf } from '../metrics/requests.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { ExplainedError } from '../model/explained-error.ts';
import type { Matcher, MetricProfile } from '../model/metrics.ts';
import type { Service } from '../model/service.ts';
import { labelsFor, NoLabels, outcomeLabels } from './labels.ts';

/**
 * The matchers of a service's metrics that no labels fit.
 *
 * @example seriesProblems(orderService) // []
 */
export function seriesProblems(service: Service): readonly Diagnostic[] {
  return [...new Set(makersOf(service.metrics).flatMap((make) => failureOf(make)))].map((message) => ({
    code: 'T106',
    level: 'error',
    file: service.source,
    subject: `service ${service.id}`,
    message: `has metrics that no scenario can be made of: ${message}`,
    remedy: 'Write the matcher with =, != or a plain pattern, such as status=~"5..|timeout"',
  }));
}

/** What is thrown where series are asked for all the same. */
export function unmakeable(problems: readonly Diagnostic[]): ExplainedError {
  const [first] = problems;
  return new ExplainedError({
    code: first?.code ?? 'T106',
    message: problems.map(({ subject, message }) => `${subject} ${message}`).join('; '),
    remedy: `${first?.remedy ?? ''}${first?.file === undefined ? '' : `, in ${first.file}`}`,
    problems,
  });
}

function failureOf(make: () => unknown): string[] {
  try {
    make();
    return [];
  } catch (cause) {
    if (cause instanceof NoLabels) return [cause.message];
    throw cause;
  }
}

/** Everything that labels are made from. */
function makersOf(metrics: MetricProfile): readonly (() => unknown)[] {
  const { server, client, database, databasePool, httpPool, cpu, memory, runtime, restarts } = metrics;
  const counted = [server, client, database, ...Object.values(metrics.databases ?? {})].filter(
    (binding) => binding !== undefined,
  );
  const requests = counted.flatMap((binding) => {
    const { matchers } = bindingOf(requestsOf(binding));
    const { failures } = binding;
    if (failures === undefined || 'counter' in failures) return [() => labelsFor(matchers)];
    return (['well', 'failed', 'no status'] as const).map(
      (outcome) => () => outcomeLabels(matchers, failures.where, outcome),
    );
  });
  const pools = [databasePool, ...Object.values(metrics.databasePools ?? {})].flatMap((pool) =>
    pool === undefined ? [] : [pool.used, pool.max, pool.waitTime, pool.useTime, ...Object.values(pool.waiting ?? {})],
  );
  const bindings: readonly ({ readonly matchers: readonly Matcher[] } | number | 'none' | undefined)[] = [
    ...counted.map(({ latency }) => latency),
    ...counted.flatMap(({ failures }) => (failures !== undefined && 'counter' in failures ? [failures.counter] : [])),
    ...pools,
    ...(httpPool?.kind === 'gauge' ? [httpPool.used] : []),
    ...(cpu?.kind === 'container' ? [cpu.limit, cpu.throttled?.total, cpu.throttled?.periods] : []),
    ...(memory !== undefined && memory.kind !== 'declared' ? [memory.limit] : []),
    ...[cpu?.usage, memory?.usage, runtime?.series, restarts?.series],
  ];
  return [
    ...requests,
    ...bindings.map((binding) => () => labelsFor(typeof binding === 'object' ? binding.matchers : [])),
  ];
}

import { firstOf, matcher } from '../../metrics/promql.ts';
import type { RequestBinding } from '../../model/metrics.ts';
import type { Service } from '../../model/service.ts';

/**
 * An expression over the requests of several services, side by side. Those that differ by their job alone are asked
 * together.
 */
export function sideBySide(
  services: readonly Service[],
  expression: (server: RequestBinding) => string | undefined,
): string | undefined {
  const kinds = new Map<string, { readonly server: RequestBinding; readonly jobs: string[] }>();
  for (const service of services) {
    const { server } = service.metrics;
    if (server === undefined || expression(server) === undefined) continue;
    const jobs = jobsIn(server);
    const key = JSON.stringify(jobs.length === 1 ? withJobs(server, []) : server);
    const kind = kinds.get(key) ?? { server, jobs: [] };
    if (jobs.length === 1) kind.jobs.push(...jobs);
    kinds.set(key, kind);
  }
  if (kinds.size === 0) return undefined;
  return firstOf(
    ...[...kinds.values()].map(
      ({ server, jobs }) => expression(jobs.length < 2 ? server : withJobs(server, jobs)) ?? '',
    ),
  );
}

/** The jobs that a binding is found by. */
function jobsIn(server: RequestBinding): readonly string[] {
  const found = [...JSON.stringify(server).matchAll(/"job=\\"([^"\\]*)\\""/g)].map(([, job = '']) => job);
  return [...new Set(found)];
}

/** The same binding for several jobs; for none, without what finds its own. */
function withJobs(server: RequestBinding, jobs: readonly string[]): RequestBinding {
  const theirs = jobs.length === 0 ? [] : [matcher('job', '=~', jobs.map(literally).join('|'))];
  return JSON.parse(JSON.stringify(server), (key, value: unknown) =>
    key === 'matchers' && Array.isArray(value)
      ? [...theirs, ...value.filter((one) => !String(one).startsWith('job="'))]
      : value,
  ) as RequestBinding;
}

/** A name as a regular expression that matches itself. */
function literally(name: string): string {
  return name.replace(/[.+*?()[\]{}|^$]/g, (sign) => (sign === '^' ? '\\^' : `[${sign}]`));
}

import { firstOf, matcher } from '../../metrics/promql.ts';
import type { ServerBinding } from '../../model/metrics.ts';
import type { Service } from '../../model/service.ts';
import { jobOf } from './queries.ts';

/**
 * An expression over the requests of several services, side by side. Those that differ by their job alone are asked
 * together.
 */
export function sideBySide(
  services: readonly Service[],
  expression: (server: ServerBinding) => string,
): string | undefined {
  const kinds = new Map<string, { readonly server: ServerBinding; readonly jobs: string[] }>();
  for (const service of services) {
    const { server } = service.metrics;
    const job = /^job="([^"\\]*)"$/.exec(jobOf(service) ?? '')?.[1];
    const key = JSON.stringify(
      job === undefined ? server : { ...server, matchers: server.matchers.filter((one) => one !== jobOf(service)) },
    );
    const kind = kinds.get(key) ?? { server, jobs: [] };
    if (job !== undefined) kind.jobs.push(job);
    kinds.set(key, kind);
  }
  if (kinds.size === 0) return undefined;
  return firstOf(
    ...[...kinds.values()].map(({ server, jobs }) => {
      if (jobs.length < 2) return expression(server);
      const others = server.matchers.filter((one) => !one.startsWith('job="'));
      return expression({ ...server, matchers: [matcher('job', '=~', jobs.map(literally).join('|')), ...others] });
    }),
  );
}

/** A name as a regular expression that matches itself. */
function literally(name: string): string {
  return name.replace(/[.+*?()[\]{}|^$]/g, (sign) => (sign === '^' ? '\\^' : `[${sign}]`));
}

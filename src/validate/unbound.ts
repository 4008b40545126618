/** Facts that no metric tells of: their panels and alerts would be silently absent. */
import { databasesOf } from '../metrics/databases.ts';
import { watchedFamilies } from '../metrics/families.ts';
import { databasePoolsOf, httpPoolsOf } from '../metrics/pools.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { RequestBinding } from '../model/metrics.ts';
import type { Service } from '../model/service.ts';
import { onService } from './on-service.ts';

/** What a service states, and its metrics do not record. */
export function unbound(each: Service): Diagnostic[] {
  const { convention: _name, ...families } = each.metrics;
  if (Object.values(families).every((family) => family === undefined)) {
    return [
      onService(
        'F023',
        each,
        'has metrics without a single family, so that it has neither panels nor alerts',
        'Bind at least one: server, client, database, cpu or memory.',
      ),
    ];
  }
  return [...uncounted(each), ...untold(each), ...unmissed(each)];
}

/** Without requests nothing says whether queries or calls should be there: between the runs of a batch they are not. */
function unmissed(each: Service): Diagnostic[] {
  if (each.metrics.server !== undefined) return [];
  const families = watchedFamilies(each).filter(({ whileBusy }) => whileBusy);
  if (families.length === 0) return [];
  return [
    {
      ...onService(
        'F023',
        each,
        `answers no requests, so that nothing misses its metrics (${families.map(({ family }) => family).join(', ')}) when they vanish`,
        'Bind server where it answers requests, or cpu and memory, which are missed at any time.',
      ),
      level: 'warning' as const,
    },
  ];
}

/** Requests that are the count of a histogram that is not there. */
function uncounted({ metrics, ...each }: Service): Diagnostic[] {
  const { server, client, database, databases = {} } = metrics;
  const all: readonly (readonly [string, RequestBinding | undefined])[] = [
    ['server', server],
    ['client', client],
    ['database', database],
    ...Object.entries(databases).map(([name, binding]) => [`databases.${name}`, binding] as const),
  ];
  return all.flatMap(([family, binding]) =>
    binding === undefined || 'counter' in binding.requests || binding.latency !== undefined
      ? []
      : [
          onService(
            'F023',
            { ...each, metrics },
            `counts its requests by the latency of metrics.${family}, which it does not bind`,
            'Bind latency, or requests: { counter }.',
          ),
        ],
  );
}

function untold(each: Service): Diagnostic[] {
  const timed = new Set(databasesOf(each).map(({ name }) => name));
  const reported = new Set(
    [...databasePoolsOf(each).flatMap(({ pools }) => pools), ...httpPoolsOf(each)].map(({ name }) => name),
  );
  // Databases that nothing tells apart are one; those without any binding are none.
  const databases = timed.size > 0 ? [] : each.databases.map(({ name }) => `database "${name}"`);
  const pools = each.pools.filter(({ name }) => !reported.has(name)).map(({ name }) => `pool "${name}"`);
  const calls = each.metrics.client === undefined && each.dependencies.length > 0 ? ['calls to its dependencies'] : [];
  return [...databases, ...pools, ...calls].map((what) => ({
    ...onService(
      'F023',
      each,
      `states its ${what}, of which its metrics record nothing: no panel and no alert sees it`,
      'Bind the family in metrics, or leave the fact out.',
    ),
    level: 'warning' as const,
  }));
}

/** What a scenario's behaviours come to: how full pools are, how many calls fail, how slow requests are. */
import { type Dependency, dependencyAddress, findService, type Pool, type Service } from '../../model/service.ts';
import { behaviourOf, meanOf, type Scenario, type ScenarioWorld, valueAt } from '../../scenario/index.ts';

/** What happens in a scenario, before anything is expected of it. */
export type Happening = Omit<Scenario, 'expect'>;

/** Where a question is asked: of which service, in which scenario of which project. */
export interface Place {
  readonly service: Service;
  readonly happening: Happening;
  readonly world: Pick<ScenarioWorld, 'catalog' | 'project'>;
}

type At = Place & { readonly second: number };

/** The share of requests that fail, of all instances together. */
export function errorsAt({ service, happening, second }: At): number {
  const { errors, instances, instanceOverrides } = behaviourOf(happening, service.id);
  const all = Array.from({ length: instances }, (_, number) =>
    valueAt(instanceOverrides[number]?.errors ?? errors, second),
  );
  return all.reduce((sum, one) => sum + one, 0) / instances;
}

/** The largest value that any instance has. */
export function worstInstanceAt({ service, happening, second }: At, what: 'errors' | 'cpu' | 'memory'): number {
  const behaviour = behaviourOf(happening, service.id);
  const all = Array.from({ length: behaviour.instances }, (_, number) =>
    valueAt(behaviour.instanceOverrides[number]?.[what] ?? behaviour[what], second),
  );
  return Math.max(...all);
}

/** The 95th percentile of queries, in seconds. */
export function queryP95At({ service, happening, second }: At): number {
  const { queryP95, latencyP95 } = behaviourOf(happening, service.id);
  return queryP95 === undefined ? 0.9 * valueAt(latencyP95, second) : valueAt(queryP95, second);
}

/** The share of calls to a dependency that fail or time out. */
export function failedCallsAt({ service, happening, world, second }: At, dependency: Dependency): number {
  const call = behaviourOf(happening, service.id).calls[dependencyAddress(dependency)] ?? {};
  const timeouts = valueAt(call.timeouts ?? 0, second);
  const behind = 'service' in dependency ? findService(world.catalog, dependency.service) : undefined;
  const errors =
    call.errors !== undefined
      ? valueAt(call.errors, second)
      : behind === undefined
        ? 0.001
        : valueAt(behaviourOf(happening, behind.id).errors, second);
  return Math.min(1, errors + timeouts);
}

/** How full a pool is, from 0; above 1 where nothing caps it. One without a maximum is never full. */
export function poolUsedAt(at: At, pool: Pool): number {
  if (pool.maxConnections === 'unlimited') return 0;
  return pool.kind === 'database' ? databasePoolUsedAt(at, pool) : httpPoolUsedAt(at, pool);
}

/** Requests that wait for a connection of an instance's database pools. */
export function waitingAt(at: At): number {
  const { service, happening, second } = at;
  const { pools, instanceOverrides } = behaviourOf(happening, service.id);
  const waiting = service.pools
    .filter((pool) => pool.kind === 'database')
    .map((pool) => {
      const stated = pools[pool.name] ?? {};
      if (
        stated.used !== undefined ||
        Object.values(instanceOverrides).some(({ poolUsed }) => poolUsed !== undefined)
      ) {
        return valueAt(stated.waiting ?? 0, second);
      }
      return pool.maxConnections === 'unlimited'
        ? 0
        : Math.max(0, Math.ceil((littlesLaw(at, pool) - 1) * pool.maxConnections));
    });
  return Math.max(0, ...waiting);
}

function databasePoolUsedAt(at: At, pool: Pool): number {
  const { service, happening, second } = at;
  const { pools, instanceOverrides } = behaviourOf(happening, service.id);
  const used = pools[pool.name]?.used;
  const overrides = Object.values(instanceOverrides).flatMap(({ poolUsed }) => poolUsed ?? []);
  const common = used === undefined ? Math.min(1, littlesLaw(at, pool)) : valueAt(used, second);
  return Math.max(common, ...overrides.map((curve) => valueAt(curve, second)));
}

/** Queries a second, times how long each holds its connection, over the pool's maximum. */
function littlesLaw(at: At, { maxConnections }: Pool): number {
  if (maxConnections === 'unlimited') return 0;
  const { service, happening, second } = at;
  const { traffic, instances, queriesPerRequest } = behaviourOf(happening, service.id);
  const pools = service.pools.filter(({ kind }) => kind === 'database').length;
  return (valueAt(traffic, second) / instances / pools) * queriesPerRequest * (meanOf(queryP95At(at)) / maxConnections);
}

/** The fullest of an outbound pool's addresses. */
function httpPoolUsedAt(at: At, pool: Extract<Pool, { kind: 'http' }>): number {
  const { service, happening, second } = at;
  const { pools, instanceOverrides } = behaviourOf(happening, service.id);
  const gauge = service.metrics.httpPool?.kind === 'gauge';
  const overrides = Object.values(instanceOverrides).flatMap(({ poolUsed }) => poolUsed ?? []);
  const shares = service.dependencies.map((dependency) => {
    const address = dependencyAddress(dependency);
    if ((pool.address ?? address) !== address) return 0;
    const inUse = connectionsAt(at, dependency);
    const maximum = limitOf(pool);
    if (!gauge) return inUse / maximum;
    // The agent counts connections by address: a second pool for all of them reads what the first one has.
    const first = service.pools.find((one) => one.kind === 'http' && (one.address ?? address) === address) ?? pool;
    const stated = pools[first.name]?.used;
    const common = stated === undefined ? Math.min(1, inUse / limitOf(first)) : valueAt(stated, second);
    const used = Math.max(common, ...overrides.map((curve) => valueAt(curve, second)));
    return (used * limitOf(first)) / maximum;
  });
  return Math.max(0, ...shares);
}

/** Calls a second of one instance, times how long each takes. */
function connectionsAt({ service, happening, world, second }: At, dependency: Dependency): number {
  const { traffic, instances, calls } = behaviourOf(happening, service.id);
  const own = calls[dependencyAddress(dependency)] ?? {};
  const behind = 'service' in dependency ? findService(world.catalog, dependency.service) : undefined;
  const p95 = own.latencyP95 ?? (behind === undefined ? 0.1 : behaviourOf(happening, behind.id).latencyP95);
  const perRequest = valueAt(own.perRequest ?? 1 / service.dependencies.length, second);
  return (valueAt(traffic, second) / instances) * perRequest * meanOf(valueAt(p95, second));
}

/** Nothing fills a pool without a maximum. */
function limitOf({ maxConnections }: Pool): number {
  return maxConnections === 'unlimited' ? Number.POSITIVE_INFINITY : maxConnections;
}

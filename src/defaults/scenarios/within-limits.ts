/** Keeps what a scenario does not mean to be trouble away from the limits of services that are stricter than usual. */
import { type Dependency, dependencyAddress, findService, type Service } from '../../model/service.ts';
import {
  behaviourOf,
  type CallBehaviour,
  type Curve,
  type PoolBehaviour,
  product,
  rangeOf,
  type ServiceBehaviour,
} from '../../scenario/index.ts';
import type { ScenarioWorld } from '../../scenario/source.ts';
import { callersOf } from './subjects.ts';
import { type Happening, poolUsedAt } from './usage.ts';

type Partly = Partial<ServiceBehaviour>;

/** Shares of a limit that are still well: chance and windows do not pass it from there. */
const WELL = { quantile: 0.75, gauge: 0.9, pool: 0.6, regression: 0.8 } as const;

/** What is asked of a day like any other. */
interface Ordinary {
  /** How every service behaves. */
  readonly defaults: Partly;
  /** Only new instances are slow, which no regression counts. */
  readonly youngOnly?: boolean;
}

/**
 * What has to differ for single services so that none of their limits comes near. Nothing, where limits are the usual
 * ones.
 *
 * @example withinLimits(world, { defaults: { traffic: 40 } }) // {}
 */
export function withinLimits(
  world: Pick<ScenarioWorld, 'catalog' | 'project'>,
  ordinary: Ordinary,
): Readonly<Record<string, Partly>> {
  const first = Object.fromEntries(
    world.catalog.services.map((service) => [service.id, ofService(service, ordinary, world)]),
  );
  // Pools come last: how long connections are held has been settled by then, for those behind as well.
  const happening = happeningOf(ordinary.defaults, first);
  return Object.fromEntries(
    world.catalog.services.flatMap((service) => {
      const all = { ...first[service.id], ...ofPools(service, happening, world) };
      return Object.keys(all).length === 0 ? [] : [[service.id, all]];
    }),
  );
}

function ofService(
  service: Service,
  { defaults, youngOnly = false }: Ordinary,
  { catalog }: Pick<ScenarioWorld, 'catalog'>,
): Partly {
  const { thresholds } = service;
  const behaviour = behaviourOf({ defaults, services: {} }, service.id);
  const { latencyP95: latency, latencyRegression: slower, degradation, queryP95: query } = thresholds;
  const floor = Math.min(slower.floor.value, degradation.regressionFloor.value);
  const [before] = rangeOf(behaviour.latencyP95);
  const rising = youngOnly ? Number.POSITIVE_INFINITY : WELL.regression * Math.max(floor, slower.above.value * before);
  const slow = WELL.quantile * Math.min(latency.above.value, degradation.latencyAbove.value);
  const latencyP95 = atMost(behaviour.latencyP95, Math.min(slow, rising));
  const asked = behaviour.queryP95 ?? product(latencyP95, 0.9);
  const queryP95 = atMost(asked, WELL.quantile * query.above.value);
  const errors = atMost(behaviour.errors, fewErrors(service, catalog));
  const cpu = atMost(behaviour.cpu, WELL.gauge * thresholds.cpuUtilisation.above.value);
  const memory = atMost(behaviour.memory, WELL.gauge * thresholds.memoryUtilisation.above.value);
  const most = 4 * thresholds.dependencyErrorRatio.above.value ** 2;
  const calls = service.dependencies
    .filter((dependency) => 'external' in dependency && most < USUAL_ERRORS)
    .map((dependency): [string, CallBehaviour] => [dependencyAddress(dependency), { errors: most }]);
  return {
    ...(latencyP95 === behaviour.latencyP95 ? {} : { latencyP95 }),
    ...(queryP95 === asked || service.databases.length === 0 ? {} : { queryP95 }),
    ...(errors === behaviour.errors ? {} : { errors }),
    ...(cpu === behaviour.cpu ? {} : { cpu }),
    ...(memory === behaviour.memory ? {} : { memory }),
    ...(calls.length === 0 ? {} : { calls: Object.fromEntries(calls) }),
  };
}

/** What fails of the calls to something external where nothing is stated. */
const USUAL_ERRORS = 0.001;

/**
 * As few errors as chance keeps under the limits of a service and its callers: with 5 %, one in a hundred; with less,
 * less by the square, because few failures jump more.
 */
function fewErrors(service: Service, catalog: Parameters<typeof callersOf>[1]): number {
  const limits = [
    service.thresholds.errorRatio.above.value,
    service.thresholds.instanceErrorRatio.above.value,
    ...callersOf(service, catalog).map((caller) => caller.service.thresholds.dependencyErrorRatio.above.value),
  ];
  return 4 * Math.min(...limits) ** 2;
}

function ofPools(service: Service, happening: Happening, world: Pick<ScenarioWorld, 'catalog' | 'project'>): Partly {
  const limit = service.thresholds.poolUtilisation.atLeast.value;
  const behaviour = behaviourOf(happening, service.id);
  const [pools, calls]: [Record<string, PoolBehaviour>, Record<string, CallBehaviour>] = [{}, { ...behaviour.calls }];
  let changed = false;
  for (const pool of service.pools) {
    const used = poolUsedAt({ service, happening, world, second: 0 }, pool);
    if (used <= WELL.pool * limit) continue;
    if (pool.kind === 'database' || service.metrics.httpPool?.kind === 'gauge') {
      pools[pool.name] = { used: 0.5 * limit };
      continue;
    }
    // Without a gauge, only quicker calls make it emptier.
    for (const dependency of service.dependencies) {
      const address = dependencyAddress(dependency);
      if ((pool.address ?? address) !== address) continue;
      const p95 = calls[address]?.latencyP95 ?? latencyBehind(dependency, happening, world);
      calls[address] = { ...calls[address], latencyP95: product(p95, (0.5 * limit) / used) };
      changed = true;
    }
  }
  return {
    ...(Object.keys(pools).length === 0 ? {} : { pools: { ...behaviour.pools, ...pools } }),
    ...(changed ? { calls } : {}),
  };
}

function latencyBehind(
  dependency: Dependency,
  happening: Happening,
  { catalog }: Pick<ScenarioWorld, 'catalog'>,
): Curve {
  const behind = 'service' in dependency ? findService(catalog, dependency.service) : undefined;
  return behind === undefined ? 0.1 : behaviourOf(happening, behind.id).latencyP95;
}

/** The behaviours at their peaks, all at once: what is well then is always well. */
function happeningOf(defaults: Partly, services: Readonly<Record<string, Partly>>): Happening {
  const atPeak = (behaviour: Partly): Partly => ({
    ...behaviour,
    ...(behaviour.traffic === undefined ? {} : { traffic: highest(behaviour.traffic) }),
    ...(behaviour.latencyP95 === undefined ? {} : { latencyP95: highest(behaviour.latencyP95) }),
    ...(behaviour.queryP95 === undefined ? {} : { queryP95: highest(behaviour.queryP95) }),
  });
  return {
    id: '',
    title: '',
    because: '',
    day: '2026-01-14',
    from: '00:00',
    until: '24:00',
    arrivals: 'even',
    events: [],
    assumptions: [],
    outages: [],
    series: [],
    defaults: atPeak(defaults),
    services: Object.fromEntries(Object.entries(services).map(([id, behaviour]) => [id, atPeak(behaviour)])),
  };
}

function highest(curve: Curve): number {
  return rangeOf(curve)[1];
}

function atMost(curve: Curve, most: number): Curve {
  const peak = highest(curve);
  return peak <= most ? curve : typeof curve === 'number' ? most : product(curve, most / peak);
}

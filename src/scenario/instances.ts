import type { Dimension } from '../model/dimension.ts';
import { toSeconds } from '../model/duration.ts';
import { secondsOf } from './clock.ts';
import type { DivisionBehaviour, InstanceBehaviour, SeriesFamily, ServiceBehaviour } from './scenario.ts';

/** The sampled times of a scenario: sample k is at `start + k × step`, in seconds since its midnight. */
export interface Grid {
  readonly start: number;
  readonly step: number;
  readonly samples: number;
}

/** One process of a service, from its first sample to its last. */
export interface Instance {
  /** Value of the instance label, and of the pod label of containers. */
  readonly name: string;
  /** Values of the project's dimensions. Empty: it has none. @example { region: 'eu' } */
  readonly labels: Readonly<Record<string, string>>;
  /** Its share of the service's requests, 0 to 1. */
  readonly share: number;
  /** How it differs from the others, if it does. */
  readonly overrides: InstanceBehaviour;
  readonly firstSample: number;
  /** Not included. */
  readonly endSample: number;
  /** Samples at which counters begin again at 0. */
  readonly resets: ReadonlySet<number>;
  /** Whether there is a sample of a family. */
  readonly present: (family: SeriesFamily, sample: number) => boolean;
}

/**
 * Which processes a service has over a scenario: as many in each region as it says of itself, where a dimension divides
 * it.
 */
export function instancesOf(
  service: string,
  behaviour: ServiceBehaviour,
  grid: Grid,
  dimensions: readonly Dimension[] = [],
): readonly Instance[] {
  return divisionsOf(behaviour, dimensions).flatMap(({ labels, share, own }) => {
    const name = [service, ...Object.values(labels)].join('-');
    const divided: ServiceBehaviour = { ...behaviour, lost: [...behaviour.lost, ...(own.lost ?? [])] };
    const lifetimes = Array.from({ length: behaviour.instances }, (_unused, number) =>
      instanceLifetimes(name, divided, grid, number),
    ).flat();
    return lifetimes.map((instance) => ({
      ...instance,
      labels,
      share: share / behaviour.instances,
      overrides: { ...own, ...instance.overrides },
    }));
  });
}

/** A part of a service that a dimension divides off, with its share of the traffic. */
interface Division {
  readonly labels: Readonly<Record<string, string>>;
  readonly share: number;
  readonly own: DivisionBehaviour;
}

/** Every value of every dimension. Those of which a scenario says nothing share what is left of the traffic. */
function divisionsOf({ divisions }: ServiceBehaviour, dimensions: readonly Dimension[]): readonly Division[] {
  const places = dimensions.reduce<readonly Readonly<Record<string, string>>[]>(
    (all, { label, values = [`${label}-1`, `${label}-2`] }) =>
      all.flatMap((labels) => values.map((value) => ({ ...labels, [label]: value }))),
    [{}],
  );
  const ownOf = (labels: Readonly<Record<string, string>>): DivisionBehaviour =>
    divisions[Object.values(labels).join('/')] ?? {};
  const stated = places.flatMap((labels) => ownOf(labels).share ?? []);
  const left = 1 - stated.reduce((sum, share) => sum + share, 0);
  return places.map((labels) => {
    const own = ownOf(labels);
    return { labels, own, share: own.share ?? left / (places.length - stated.length) };
  });
}

type Lifetime = Omit<Instance, 'labels' | 'share'>;

function instanceLifetimes(service: string, behaviour: ServiceBehaviour, grid: Grid, number: number): Lifetime[] {
  const sampleAt = (seconds: number) => Math.ceil((seconds - grid.start) / grid.step);
  const rollouts = behaviour.restarts
    .filter((restart) => restart.kind === 'rollout')
    .map(({ at, apart }) => sampleAt(secondsOf(at) + number * toSeconds(apart)));
  const resets = new Set<number>();
  const away: (readonly [from: number, until: number])[] = [];
  for (const restart of behaviour.restarts) {
    if (restart.kind !== 'in place') continue;
    const at = secondsOf(restart.at);
    const down = toSeconds(restart.down ?? '0s');
    resets.add(sampleAt(at + down));
    if (down > 0) away.push([sampleAt(at), sampleAt(at + down)]);
  }
  const present = (family: SeriesFamily, sample: number): boolean => {
    const second = grid.start + sample * grid.step;
    if (away.some(([from, until]) => sample >= from && sample < until)) return false;
    return !behaviour.lost.some(
      ({ families, from, until }) =>
        (families === 'all' || families.includes(family)) && second >= secondsOf(from) && second < secondsOf(until),
    );
  };
  const edges = [0, ...rollouts, grid.samples];
  return edges.slice(1).map((endSample, generation) => ({
    name: `${service}-${number}${generation === 0 ? '' : `-r${generation}`}`,
    overrides: behaviour.instanceOverrides[number] ?? {},
    firstSample: edges[generation] ?? 0,
    endSample,
    resets,
    present,
  }));
}

import { toSeconds } from '../model/duration.ts';
import { secondsOf } from './clock.ts';
import type { InstanceBehaviour, SeriesFamily, ServiceBehaviour } from './scenario.ts';

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

/** Which processes a service has over a scenario. */
export function instancesOf(service: string, behaviour: ServiceBehaviour, grid: Grid): readonly Instance[] {
  return Array.from({ length: behaviour.instances }, (_unused, number) =>
    instanceLifetimes(service, behaviour, grid, number),
  ).flat();
}

function instanceLifetimes(service: string, behaviour: ServiceBehaviour, grid: Grid, number: number): Instance[] {
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

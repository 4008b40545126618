/** What a pool's series mean for its size: pure. */
import type { PoolDemand, PoolSizing } from '../model/pool-sizing.ts';
import type { Point } from '../model/time.ts';

/** What was measured of a pool. Points are times in seconds since 1970 with a value. */
export interface PoolSeries {
  readonly service: PoolSizing['service'];
  readonly pool: string;
  readonly kind: PoolSizing['kind'];
  readonly maximum: number;
  /** Seconds above which what a connection is held for counts as slow, whatever is usual: the alert's limit. */
  readonly slowFrom: number;
  /** Of each instance: connections in use by Little's law. */
  readonly demand: readonly (readonly Point[])[];
  /** Of each instance: connections taken a second; in the same order. */
  readonly taken: readonly (readonly Point[])[];
  /** The highest values of the pool's own gauges. */
  readonly reported: number | undefined;
  readonly waiting: number | undefined;
}

/** The peak fills this share of a pool of the right size: where ServicePoolSaturated warns. */
const FULL = 0.75;
/** Queries three times slower are a bad day; sixty times was the incident: 50 ms became 3 s. */
const SLOWER = [3, 60] as const;
/** A connection held three times as long as usual is slow work, and not more work. */
const HELD_LONGER = 3;

/**
 * Sizes a pool by Little's law: ceil(peak / 0.75).
 *
 * @example sizePool(series).demand?.size // 3
 */
export function sizePool(series: PoolSeries): PoolSizing {
  const { service, pool, kind, maximum } = series;
  const demand = demandOf(series);
  // Instances come and go with deployments: those at one time count.
  const instances = usualInstances(series.demand);
  const sizing = { service, pool, kind, maximum, instances, demand };
  return { ...sizing, ...(demand === undefined ? UNKNOWN : judge(sizing, demand, series.slowFrom)) };
}

const UNKNOWN = {
  verdict: 'unknown',
  recommendation:
    'Nothing to size it by: neither the time connections are held nor the time of queries was recorded. Check the metrics before anything else.',
} as const;

function demandOf({ demand, taken, maximum, reported, waiting }: PoolSeries): PoolDemand | undefined {
  const all = demand.flatMap((points, instance) => {
    const rates = new Map(taken[instance]?.map(({ at, value }) => [at, value]));
    return points.map(({ at, value }) => ({ at, value, rate: rates.get(at) ?? 0 }));
  });
  const [first] = all;
  if (first === undefined) return undefined;
  const peak = all.reduce((most, point) => (point.value > most.value ? point : most), first);
  const rate = all.reduce((most, point) => Math.max(most, point.rate), 0);
  // The busiest instance at each time: what one pool has to hold.
  const busiest = new Map<number, number>();
  for (const { at, value } of all) busiest.set(at, Math.max(busiest.get(at) ?? 0, value));
  const usual = median([...busiest.values()]);
  const heldUsually = median(all.filter((point) => point.rate > 0).map((point) => point.value / point.rate));
  return {
    usual,
    busiest: rate,
    peak: peak.value,
    peakAt: peak.at,
    heldUsually,
    heldAtPeak: peak.rate > 0 ? peak.value / peak.rate : 0,
    reported,
    waiting,
    size: Math.max(1, Math.ceil(peak.value / FULL)),
    headroom: 1 - peak.value / maximum,
    slower: SLOWER.map((factor) => ({ factor, connections: rate * heldUsually * factor })),
  };
}

type Sized = Omit<PoolSizing, 'verdict' | 'recommendation' | 'demand'>;

function judge(pool: Sized, demand: PoolDemand, slowFrom: number): Pick<PoolSizing, 'verdict' | 'recommendation'> {
  const { maximum, kind, instances } = pool;
  const { peak, size, heldUsually, heldAtPeak, reported = 0, waiting = 0 } = demand;
  const full = peak >= FULL * maximum;
  const everywhere = kind === 'database' ? `, ${size * instances} connections to the database in all` : '';
  const longer = heldAtPeak >= HELD_LONGER * heldUsually;
  // In the middle of an incident slow is usual, and no reason for a larger pool either.
  if (full && (longer || heldAtPeak >= slowFrom)) {
    const instead = longer ? `instead of ${time(heldUsually)}` : `and ${time(slowFrom)} is slow`;
    return {
      verdict: 'slow',
      recommendation: `Do not enlarge it. At the peak each connection was held ${time(heldAtPeak)} ${instead}: a pool for that has ${size}${everywhere}, and makes a slow ${kind === 'database' ? 'database' : 'dependency'} slower. Find what is slow.`,
    };
  }
  if (full) {
    return {
      verdict: 'small',
      recommendation: `Enlarge it to ${size}${everywhere}, if there is room for them: traffic alone fills it.`,
    };
  }
  if (reported >= FULL * maximum || waiting > 0) {
    return {
      verdict: 'held',
      recommendation: `Do not enlarge it. It was full or waited for, and the work needed ${number(peak)} of ${maximum}: connections are held without work, as by an open transaction or a leak.`,
    };
  }
  return { verdict: 'fits', recommendation: fits(maximum, demand) };
}

function fits(maximum: number, { slower }: PoolDemand): string {
  const [first] = slower.filter(({ connections }) => connections > maximum);
  if (first === undefined) return 'Leave it: it would hold even if everything took sixty times as long.';
  const needed = `${number(first.connections)} connections of ${maximum}`;
  return `Leave it. If everything took ${first.factor} times as long, it would need ${needed}: let a time limit end slow work, a bigger pool only lets more of it in.`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Instances at one time, half of the time. */
function usualInstances(instances: readonly (readonly Point[])[]): number {
  const counts = new Map<number, number>();
  for (const { at } of instances.flat()) counts.set(at, (counts.get(at) ?? 0) + 1);
  // The usual number: during a rollout there are more for a moment.
  return median([...counts.values()]);
}

function time(seconds: number): string {
  return seconds >= 1 ? `${number(seconds)} s` : `${number(seconds * 1000)} ms`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(2)));
}

import { type Curve, valueAt } from './curve.ts';
import { meanOf, shareUpTo } from './durations.ts';
import type { Grid, Instance } from './instances.ts';
import type { Labels } from './labels.ts';
import { poisson, randomFor } from './random.ts';
import type { SeriesFamily } from './scenario.ts';

/** A sample that says the series has ended, as Prometheus writes it when a target or a series is gone. */
export const STALE = Number.POSITIVE_INFINITY;

/** A series with its samples, one for each point of the grid. NaN: no sample. `STALE`: its end. */
export interface Series {
  readonly name: string;
  readonly labels: Labels;
  readonly samples: Float64Array;
  /** Of a native histogram, whose `samples` are its counts: what else each sample holds. */
  readonly native?: NativeBuckets;
}

/** Buckets of a native histogram. https://prometheus.io/docs/specs/native_histograms/#schema */
export interface NativeBuckets {
  /** A bucket is 2^(2^-schema) times as wide as the one before it. */
  readonly schema: number;
  /** Index of the first bucket, whose upper boundary is 2^(offset × 2^-schema). */
  readonly offset: number;
  /** The observations of each bucket alone, at every sample. */
  readonly counts: readonly Float64Array[];
  readonly sums: Float64Array;
}

/** Values at every sample; for what is counted, those of the middle of the interval before it. */
export type Values = Float64Array;

/** Writes the series of a service's instances. */
export interface Recorder {
  readonly gauge: (to: Place, values: Values) => void;
  /** `perSecond` is counted up. `whole` rounds: requests come in ones. */
  readonly counter: (to: Place, perSecond: Values, whole?: boolean) => void;
  /** A histogram of `perSecond` durations. */
  readonly histogram: (
    to: Place,
    perSecond: Values,
    spread: Spread,
    boundaries: readonly number[] | 'native' | 'none',
  ) => void;
  /** A curve at every sample, or in the middle of the interval before it. */
  readonly values: (curve: Curve, when: 'at' | 'between') => Values;
  readonly series: () => readonly Series[];
}

/** How durations spread: most have a 95th percentile of `p95` seconds, a share of them, the tail, another one. */
export interface Spread {
  readonly p95: Values;
  readonly tail?: { readonly share: number; readonly p95: number };
}

/** Which series of which process. */
export interface Place {
  readonly name: string;
  readonly labels: Labels;
  readonly family: SeriesFamily;
  readonly instance: Instance;
  /** Dimensions of the instance that the series do not have. Default: they have all. */
  readonly lacks?: readonly string[];
  /** Of a histogram. Default: `s`. */
  readonly unit?: 's' | 'ms';
}

/** How series are recorded. */
export interface RecorderOptions {
  readonly arrivals: 'even' | 'poisson';
  /** It and a series' own labels alone decide its random arrivals. */
  readonly seed: string;
  /** Whether anybody reads a series; others are left out. Default: all are read. */
  readonly reads?: ((name: string, labels: Labels) => boolean) | undefined;
}

/** A recorder. */
export function openRecorder(grid: Grid, { arrivals, seed, reads = () => true }: RecorderOptions): Recorder {
  const recorded: Series[] = [];
  const known = new Map<Curve, { at?: Values; between?: Values }>();
  const shares = new Map<Values, Map<number, Values>>();

  const add = (
    name: string,
    labels: Labels,
    { instance, family }: Place,
    valueIn: (sample: number) => number,
    native?: NativeBuckets,
  ) => {
    const samples = new Float64Array(grid.samples).fill(Number.NaN);
    let ended = true;
    for (let sample = instance.firstSample; sample <= instance.endSample && sample < grid.samples; sample += 1) {
      if (sample < instance.endSample && instance.present(family, sample)) {
        samples[sample] = valueIn(sample);
        ended = false;
      } else if (!ended) {
        samples[sample] = STALE;
        ended = true;
      }
    }
    recorded.push({ name, labels, samples, ...(native === undefined ? {} : { native }) });
  };

  /** Counts up `increments`, from 0, and from 0 again at every reset. */
  const counted = ({ instance }: Place, increments: (sample: number) => number, round: (value: number) => number) => {
    const totals = new Float64Array(grid.samples);
    let total = 0;
    for (let sample = instance.firstSample + 1; sample < instance.endSample; sample += 1) {
      total = instance.resets.has(sample) ? 0 : total + increments(sample);
      totals[sample] = round(total);
    }
    return totals;
  };

  const arriving = (name: string, labels: Labels, mean: (sample: number) => number): ((sample: number) => number) => {
    if (arrivals === 'even') return mean;
    const random = randomFor(seed, name, JSON.stringify(labels));
    return (sample) => poisson(mean(sample), random);
  };

  const shareOf = (p95: Values, boundary: number): Values => {
    const known = shares.get(p95) ?? new Map<number, Values>();
    shares.set(p95, known);
    const share = known.get(boundary) ?? p95.map((value) => shareUpTo(boundary, value));
    known.set(boundary, share);
    return share;
  };

  const addNative = (to: Place, perSecond: Values, { p95, tail }: Required<Spread>): void => {
    const unit = to.unit === 'ms' ? 1000 : 1;
    const first = Math.floor(Math.log2(SHORTEST * unit) * 2 ** NATIVE_SCHEMA);
    let lower: Values = new Float64Array(grid.samples);
    const counts = Array.from({ length: NATIVE_BUCKETS }, (_unused, index) => {
      const limit =
        index === NATIVE_BUCKETS - 1 ? Number.POSITIVE_INFINITY : 2 ** ((first + index) / 2 ** NATIVE_SCHEMA);
      const slow = tail.share * shareUpTo(limit / unit, tail.p95);
      const upTo = shareOf(p95, limit / unit).map((share) => share * (1 - tail.share) + slow);
      const beneath = lower;
      lower = upTo;
      const own = (sample: number) => at(perSecond, sample) * grid.step * (at(upTo, sample) - at(beneath, sample));
      return counted(to, arriving(to.name, { ...to.labels, le: String(index) }, own), (value) => value);
    });
    const mean = (sample: number) => meanOf(at(p95, sample)) * (1 - tail.share) + meanOf(tail.p95) * tail.share;
    const sums = counted(to, (sample) => at(perSecond, sample) * grid.step * mean(sample) * unit, rounded);
    const total = (sample: number) => counts.reduce((sum, bucket) => sum + at(bucket, sample), 0);
    add(to.name, to.labels, to, total, { schema: NATIVE_SCHEMA, offset: first, counts, sums });
  };

  return {
    gauge: (place, values) => {
      const to = located(place);
      if (reads(to.name, to.labels)) add(to.name, to.labels, to, (sample) => rounded(at(values, sample)));
    },
    counter: (place, perSecond, whole = false) => {
      const to = located(place);
      if (!reads(to.name, to.labels)) return;
      const mean = (sample: number) => at(perSecond, sample) * grid.step;
      const totals = whole ? counted(to, arriving(to.name, to.labels, mean), Math.round) : counted(to, mean, rounded);
      add(to.name, to.labels, to, (sample) => at(totals, sample));
    },
    histogram: (place, perSecond, { p95, tail = NO_TAIL }, boundaries) => {
      const to = located(place);
      const { name, labels } = to;
      const unit = to.unit === 'ms' ? 1000 : 1;
      if (boundaries === 'native') {
        if (reads(name, labels)) addNative(to, perSecond, { p95, tail });
        return;
      }
      const limits = [...(boundaries === 'none' ? [] : boundaries), Number.POSITIVE_INFINITY];
      const [bucket, count, sum] = [`${name}_bucket`, `${name}_count`, `${name}_sum`];
      const cells = limits.map((limit) => ({
        limit,
        le: { ...labels, le: limit === Number.POSITIVE_INFINITY ? '+Inf' : String(limit * unit) },
      }));
      const bucketsRead = boundaries !== 'none' && cells.some(({ le }) => reads(bucket, le));
      const countRead = reads(count, labels);
      if (bucketsRead || countRead) {
        let below = new Float64Array(grid.samples);
        let lower: Values = below;
        for (const { limit, le } of cells) {
          const slow = tail.share * shareUpTo(limit, tail.p95);
          const upTo = shareOf(p95, limit).map((share) => share * (1 - tail.share) + slow);
          const beneath = lower;
          const own = (sample: number) => at(perSecond, sample) * grid.step * (at(upTo, sample) - at(beneath, sample));
          const cell = counted(to, arriving(name, le, own), (value) => value);
          const counts = below;
          const totals = cell.map((value, sample) => value + at(counts, sample));
          if (bucketsRead && reads(bucket, le)) add(bucket, le, to, (sample) => Math.round(at(totals, sample)));
          [below, lower] = [totals, upTo];
        }
        const all = below;
        if (countRead) add(count, labels, to, (sample) => Math.round(at(all, sample)));
      }
      if (!reads(sum, labels)) return;
      const mean = (sample: number) => meanOf(at(p95, sample)) * (1 - tail.share) + meanOf(tail.p95) * tail.share;
      const seconds = counted(to, (sample) => at(perSecond, sample) * grid.step * mean(sample) * unit, rounded);
      add(sum, labels, to, (sample) => at(seconds, sample));
    },
    values: (curve, when) => {
      const entry = known.get(curve) ?? {};
      known.set(curve, entry);
      const back = when === 'at' ? 0 : grid.step / 2;
      entry[when] ??= Float64Array.from({ length: grid.samples }, (_unused, sample) =>
        valueAt(curve, grid.start + sample * grid.step - back),
      );
      return entry[when];
    },
    series: () => recorded,
  };
}

/** Buckets of native histograms are 19 % wide: finer than any classic ones, and files stay readable. */
const NATIVE_SCHEMA = 2;
/** Seconds: quicker ones share the first bucket. */
const SHORTEST = 0.0005;
/** Up to four minutes. */
const NATIVE_BUCKETS = 76;

const NO_TAIL = { share: 0, p95: 1 } as const;

/** With the labels of the instance's dimensions, where the metric has them. */
function located(to: Place): Place {
  const divided = Object.entries(to.instance.labels).filter(([label]) => !to.lacks?.includes(label));
  return divided.length === 0 ? to : { ...to, labels: { ...to.labels, ...Object.fromEntries(divided) } };
}

/** Six digits after the point: what an exporter writes, and files stay small. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function at(values: Values, sample: number): number {
  return values[sample] ?? 0;
}

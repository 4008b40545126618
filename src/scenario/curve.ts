import { type Duration, toSeconds } from '../model/duration.ts';
import { secondsOf, type TimeOfDay } from './clock.ts';

/** How a value gets to a point from the one before: evenly, by a constant factor a minute, or all at once. */
export type Way = 'linear' | 'exponential' | 'step';

/** A value at a time, and the way that leads there. Default: linear. */
export type Point = readonly [at: TimeOfDay, value: number, way?: Way];

/** A number that changes over the day. Plain data, so that a scenario can be printed, compared and composed. */
export type Curve =
  | number
  | { readonly shape: 'points'; readonly points: readonly Point[] }
  | { readonly shape: 'daily'; readonly low: number; readonly high: number; readonly peak: TimeOfDay }
  | {
      readonly shape: 'bursts';
      readonly from: TimeOfDay;
      readonly until: TimeOfDay;
      readonly every: Duration;
      readonly lasting: Duration;
      readonly low: number;
      readonly high: number;
    }
  | { readonly shape: 'product' | 'sum'; readonly of: readonly Curve[] };

/**
 * A value that goes through points: the first value before them, the last one after.
 *
 * @example through(['14:15', 0.05], ['14:45', 3, 'exponential'], ['16:00', 3], ['16:30', 0.05])
 */
export function through(...points: readonly Point[]): Curve {
  return { shape: 'points', points };
}

/** A daily rhythm: a cosine between `low`, twelve hours from the peak, and `high`. */
export function daily(rhythm: { readonly low: number; readonly high: number; readonly peak: TimeOfDay }): Curve {
  return { shape: 'daily', ...rhythm };
}

/** `low`, with bursts of `high`: what flaps around a threshold. */
export function bursts(pattern: Omit<Extract<Curve, { shape: 'bursts' }>, 'shape'>): Curve {
  return { shape: 'bursts', ...pattern };
}

/** Curves multiplied. @example product(daily({ low: 5, high: 40, peak: '15:00' }), spike) */
export function product(...of: readonly Curve[]): Curve {
  return { shape: 'product', of };
}

/** Curves added. */
export function sum(...of: readonly Curve[]): Curve {
  return { shape: 'sum', of };
}

/** The value of a curve at a second of the scenario's day. */
export function valueAt(curve: Curve, second: number): number {
  if (typeof curve === 'number') return curve;
  switch (curve.shape) {
    case 'points':
      return alongPoints(curve.points, second);
    case 'daily': {
      const angle = ((second - secondsOf(curve.peak)) / 86_400) * 2 * Math.PI;
      return curve.low + ((curve.high - curve.low) * (1 + Math.cos(angle))) / 2;
    }
    case 'bursts': {
      const since = second - secondsOf(curve.from);
      const burning = since >= 0 && second < secondsOf(curve.until);
      return burning && since % toSeconds(curve.every) < toSeconds(curve.lasting) ? curve.high : curve.low;
    }
    case 'product':
      return curve.of.reduce<number>((all, one) => all * valueAt(one, second), 1);
    case 'sum':
      return curve.of.reduce<number>((all, one) => all + valueAt(one, second), 0);
    default:
      return curve satisfies never;
  }
}

/** The lowest and the highest value of a curve whose values are not negative; of composed ones, bounds of them. */
export function rangeOf(curve: Curve): readonly [low: number, high: number] {
  if (typeof curve === 'number') return [curve, curve];
  switch (curve.shape) {
    case 'points': {
      const values = curve.points.map(([, value]) => value);
      return values.length === 0 ? [0, 0] : [Math.min(...values), Math.max(...values)];
    }
    case 'daily':
    case 'bursts':
      return [curve.low, curve.high];
    case 'product':
    case 'sum': {
      const ranges = curve.of.map(rangeOf);
      const [start, join] =
        curve.shape === 'product'
          ? ([1, (left: number, right: number) => left * right] as const)
          : ([0, (left: number, right: number) => left + right] as const);
      return [ranges.map(([low]) => low).reduce(join, start), ranges.map(([, high]) => high).reduce(join, start)];
    }
    default:
      return curve satisfies never;
  }
}

function alongPoints(points: readonly Point[], second: number): number {
  const [first] = points;
  if (first === undefined) return 0;
  let [before, value] = [secondsOf(first[0]), first[1]];
  for (const [at, next, way = 'linear'] of points) {
    const here = secondsOf(at);
    if (second < here) return here === before ? value : between(value, next, (second - before) / (here - before), way);
    [before, value] = [here, next];
  }
  return value;
}

function between(from: number, to: number, share: number, way: Way): number {
  switch (way) {
    case 'linear':
      return from + (to - from) * Math.max(0, share);
    case 'exponential':
      return from * (to / from) ** Math.max(0, share);
    case 'step':
      return from;
    default:
      return way satisfies never;
  }
}

import { groupBy } from '../model/group-by.ts';
import { type Series, STALE } from '../scenario/recorder.ts';

/** What a metric is in Prometheus' text form. */
export type FamilyType = 'counter' | 'gauge' | 'histogram' | 'summary';

/** The series of one metric: of a histogram its buckets, count and sum. */
export interface Family {
  readonly name: string;
  readonly type: FamilyType;
  readonly series: readonly Series[];
}

const PART = /_(bucket|count|sum)$/;

/** Sorts series into metrics, each with the type that its names imply. */
export function familiesOf(series: readonly Series[]): readonly Family[] {
  const names = new Set(series.map(({ name }) => name));
  const whole = (name: string): string => {
    const base = name.replace(PART, '');
    // A gauge may end in _count, as OpenTelemetry's number of connections does; only sums have one beside them.
    return base !== name && names.has(`${base}_sum`) && names.has(`${base}_count`) ? base : name;
  };
  return [...groupBy(series, ({ name }) => whole(name))].map(([name, members]) => ({
    name,
    type: typeOf(name, names),
    series: members,
  }));
}

function typeOf(name: string, names: ReadonlySet<string>): FamilyType {
  if (names.has(`${name}_bucket`)) return 'histogram';
  if (names.has(`${name}_sum`)) return 'summary';
  return name.endsWith('_total') ? 'counter' : 'gauge';
}

/**
 * What a series says between two of its samples. What counts up goes up evenly, so that no scrape sees a jump,
 * whenever it comes; what goes up and down stays as it was.
 *
 * @param position samples since the first one, with a fraction.
 * @returns undefined where the series is not there.
 */
export function valueBetween({ name, samples }: Series, type: FamilyType, position: number): number | undefined {
  const before = samples[Math.floor(position)];
  if (before === undefined || Number.isNaN(before) || before === STALE) return undefined;
  if (type === 'gauge') return before;
  const after = samples[Math.floor(position) + 1] ?? before;
  // Fewer than before: the process starts again at the next sample.
  if (Number.isNaN(after) || after === STALE || after < before) return before;
  const value = before + (after - before) * (position % 1);
  return type === 'counter' || name.endsWith('_sum') ? value : Math.floor(value);
}

/** Time intervals: stretches of time with a name, in which rules notify nobody. Grafana also calls them mute timings. */
import type { JsonObject } from '../json.ts';
import { aText, type FormProblem, listOf, optional, withFields } from './form.ts';
import type { Common, KindSpec } from './kind.ts';

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
] as const;

type Weekday = (typeof WEEKDAYS)[number];
type Month = (typeof MONTHS)[number] | `${number}`;

/** One stretch of time: all that it states has to hold. It states something. */
export interface Interval {
  /** Times of a day, `HH:MM`; the end, which may be `24:00`, is not part of it. Default: the whole day. */
  readonly times?: readonly { readonly startTime: string; readonly endTime: string }[];
  /** Days of the week, which begins on Sunday. Default: all. @example ['saturday', 'sunday'], ['monday:friday'] */
  readonly weekdays?: readonly (Weekday | `${Weekday}:${Weekday}`)[];
  /** Days of a month from 1, or from its end from -1. Default: all. @example ['1:7', '-1'] */
  readonly daysOfMonth?: readonly (`${number}` | `${number}:${number}`)[];
  /** Months by name or number. Default: all. @example ['december', 'july:august'] */
  readonly months?: readonly (Month | `${Month}:${Month}`)[];
  /** Years. Default: all. @example ['2027', '2027:2029'] */
  readonly years?: readonly (`${number}` | `${number}:${number}`)[];
  /** Time zone, as the IANA names it. Default: UTC. @example 'Europe/Berlin' */
  readonly location?: string;
}

/** Intervals under one name: it is that time where any of them is. */
export interface TimeInterval {
  /** Unique in the organisation; carries the owner's prefix. @example 'acme-nights' */
  readonly name: string;
  readonly intervals: readonly Interval[];
}

export interface TimeIntervalResource extends Common {
  readonly kind: 'time-interval';
  readonly timeInterval: TimeInterval;
}

/** The fields of an interval that are lists of ranges, and what their parts may be. */
const RANGES = {
  weekdays: { least: 0, most: 6, names: WEEKDAYS, first: 0 },
  daysOfMonth: { least: -31, most: 31, names: [], first: 0 },
  months: { least: 1, most: 12, names: MONTHS, first: 1 },
  years: { least: 1, most: 9999, names: [], first: 0 },
} as const satisfies Readonly<
  Record<string, { readonly least: number; readonly most: number; readonly names: readonly string[]; first: number }>
>;
type RangeField = keyof typeof RANGES;
const FIELDS = Object.keys(RANGES) as readonly RangeField[];

/**
 * The form in which Grafana gives an interval back: months as numbers, a range of one as that one, no empty list.
 *
 * @example canonical({ months: ['january:march'] }) // { months: ['1:3'] }
 */
export function canonical({ times = [], location, ...ranges }: Interval): Interval {
  const lists = FIELDS.flatMap((field) => {
    const list: readonly string[] = ranges[field] ?? [];
    return list.length === 0 ? [] : [[field, list.map((range) => canonicalRange(field, range))] as const];
  });
  return {
    ...(times.length === 0 ? {} : { times: times.map(({ startTime, endTime }) => ({ startTime, endTime })) }),
    ...Object.fromEntries(lists),
    ...(location === undefined ? {} : { location }),
  };
}

function canonicalRange(field: RangeField, range: string): string {
  const ends = range.split(':').map((end) => {
    const number = numberOf(field, end);
    if (number === undefined) return end;
    return field === 'weekdays' ? (WEEKDAYS[number] ?? end) : String(number);
  });
  return new Set(ends).size === 1 ? (ends[0] ?? range) : ends.join(':');
}

function numberOf(field: RangeField, text: string): number | undefined {
  const { names, first, least, most } = RANGES[field];
  const named = (names as readonly string[]).indexOf(text.toLowerCase());
  if (named >= 0) return named + first;
  const number = field !== 'weekdays' && /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most && number !== 0 ? number : undefined;
}

/** An interval in one line. @example '22:00-24:00 monday:friday Europe/Berlin' */
function textOf(interval: Interval): string {
  const times = (interval.times ?? []).map(({ startTime, endTime }) => `${startTime}-${endTime}`);
  const named: Readonly<Record<RangeField, string>> = {
    weekdays: '',
    daysOfMonth: 'days of month ',
    months: 'months ',
    years: 'years ',
  };
  const ranges = FIELDS.flatMap((field) => {
    const list: readonly string[] = interval[field] ?? [];
    return list.length === 0 ? [] : [`${named[field]}${list.join(' ')}`];
  });
  return [...times, ...ranges, interval.location ?? 'UTC'].join(' ');
}

/** What Grafana would refuse of a time interval in its canonical form, and what would silence everything, or nothing. */
export function faultsOf({ name, intervals }: TimeInterval): readonly FormProblem[] {
  const faults: FormProblem[] = [];
  const fault = (path: FormProblem['path'], message: string) => faults.push({ path, message });
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) fault(['name'], 'has other signs in it than a-z, 0-9 and single hyphens');
  if (intervals.length === 0) fault(['intervals'], 'is empty: it would never be that time');
  for (const [index, interval] of intervals.entries()) {
    const at = ['intervals', index] as const;
    if (Object.keys(interval).every((field) => field === 'location'))
      fault(at, 'states no time: it would always be that time, and nobody would be notified');
    for (const [place, { startTime, endTime }] of (interval.times ?? []).entries()) {
      const problem = timesProblem(startTime, endTime);
      if (problem !== undefined) fault([...at, 'times', place], problem);
    }
    for (const field of FIELDS) {
      for (const [place, range] of (interval[field] ?? []).entries()) {
        const problem = rangeProblem(field, range);
        if (problem !== undefined) fault([...at, field, place], problem);
      }
    }
    if (interval.location !== undefined && !isTimeZone(interval.location))
      fault([...at, 'location'], `"${interval.location}" is no time zone, such as Europe/Berlin`);
  }
  return faults;
}

function timesProblem(start: string, end: string): string | undefined {
  const wrong = [start, end].find((time) => !/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(time));
  if (wrong !== undefined) return `"${wrong}" is no time of a day, HH:MM`;
  if (start < end) return undefined;
  return `${start} is not before ${end}: a night is two, ${start} to 24:00 and 00:00 to ${end}`;
}

function rangeProblem(field: RangeField, range: string): string | undefined {
  const parts = range.split(':');
  const ends = parts.map((part) => numberOf(field, part));
  const wrong = parts.find((_, index) => ends[index] === undefined);
  if (wrong !== undefined || parts.length > 2) return `"${wrong ?? range}" is none of its ${WORDS[field]}`;
  // As Alertmanager counts from the end, by the shortest month.
  const [from = 0, to = from] = ends.map((end) => (end === undefined || end >= 0 ? end : end + 28));
  if (from > to) return `${range} ends before it begins: state the ${WORDS[field]} one by one, or two ranges`;
  return (ends[0] ?? 0) < 0 && (ends[1] ?? -1) > 0 ? `${range} has to end with a day from the end as well` : undefined;
}

const WORDS: Readonly<Record<RangeField, string>> = {
  weekdays: 'weekdays (sunday to saturday)',
  daysOfMonth: 'days of a month (1 to 31, -31 to -1)',
  months: 'months (january to december, or 1 to 12)',
  years: 'years',
};

/** Go knows time zones by their exact names, and no offsets. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const texts = optional(listOf(aText));
const problems = withFields({
  timeInterval: withFields({
    name: aText,
    intervals: listOf(
      withFields({
        times: optional(listOf(withFields({ startTime: aText, endTime: aText }))),
        weekdays: texts,
        daysOfMonth: texts,
        months: texts,
        years: texts,
        location: optional(aText),
      }),
    ),
  }),
});

const linesOf = (intervals: unknown): readonly string[] => (intervals as readonly Interval[]).map(textOf);

export const timeInterval: KindSpec<TimeIntervalResource> = {
  name: 'time interval',
  part: 'alerts',
  shared: true,
  content: ({ timeInterval: { name, intervals } }) => ({ name, intervals }) as unknown as JsonObject,
  anonymous: true,
  wayOut: 'rename it where the alerts are defined, or the other one in Grafana',
  described: { intervals: { kind: 'routing', name: 'intervals', paging: true, shown: linesOf } },
  effect: { of: ({ intervals }) => linesOf(intervals).join('; '), gone: 'it silences nothing any more' },
  rendered: {
    file: '_time-intervals.yaml',
    list: 'timeIntervals',
    read: ({ uid, ...stated }) => {
      const held = stated as unknown as TimeInterval;
      return { kind: 'time-interval', uid: String(uid), title: held.name, timeInterval: held };
    },
  },
  problems,
};

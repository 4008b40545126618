/** Time intervals in Grafana's form, which its provisioning API and its files share, and back. */
import { z } from 'zod';
import { type JsonObject, jsonEqual } from '../model/json.ts';
import { canonical, type Interval } from '../model/kinds/time-interval.ts';

const texts = z.array(z.string()).nullish();
const stored = z.looseObject({
  times: z.array(z.looseObject({ start_time: z.string(), end_time: z.string() })).nullish(),
  weekdays: texts,
  days_of_month: texts,
  months: texts,
  years: texts,
  location: z.string().nullish(),
});

/** The intervals under a name, as Grafana has them. */
export const storedIntervals = z.array(stored).nullish();
type StoredIntervals = z.infer<typeof storedIntervals>;

/** @example encodeIntervals([{ weekdays: ['saturday'] }]) // [{ weekdays: ['saturday'] }] */
export function encodeIntervals(intervals: readonly Interval[]): readonly JsonObject[] {
  return intervals.map((interval) => {
    const { times, weekdays, daysOfMonth, months, years, location } = canonical(interval);
    const form = {
      times: times?.map(({ startTime, endTime }) => ({ start_time: startTime, end_time: endTime })),
      weekdays,
      days_of_month: daysOfMonth,
      months,
      years,
      location,
    };
    return JSON.parse(JSON.stringify(form)) as JsonObject;
  });
}

/** The way back. What does not come out again when the result is encoded stands in `rest`. */
export function decodeIntervals(held: StoredIntervals): {
  readonly intervals: readonly Interval[];
  readonly rest?: JsonObject;
} {
  const intervals = (held ?? []).map(({ times, weekdays, days_of_month: daysOfMonth, months, years, location }) =>
    // Texts until they are looked at; what Grafana keeps, it has looked at.
    canonical({
      times: (times ?? []).map(({ start_time: startTime, end_time: endTime }) => ({ startTime, endTime })),
      ...({
        weekdays: weekdays ?? [],
        daysOfMonth: daysOfMonth ?? [],
        months: months ?? [],
        years: years ?? [],
      } as Interval),
      ...(location ? { location } : {}),
    }),
  );
  const form = (held ?? []) as unknown as readonly JsonObject[];
  const same = jsonEqual(form, encodeIntervals(intervals));
  return { intervals, ...(same ? {} : { rest: { time_intervals: form } }) };
}

import { callerFile } from '../model/caller.ts';
import { deepFreeze } from '../model/json.ts';
import { canonical, type Interval, type TimeInterval } from '../model/kinds/time-interval.ts';
import type { Project } from '../model/project.ts';
import type { TimeIntervalResource } from '../model/resource.ts';

/** A time interval as people describe it, by its short name. */
export interface TimeIntervalFacts {
  /** Unique in the project: a-z, 0-9 and single hyphens. @example 'nights' */
  readonly name: string;
  /** It is that time where any of them is. */
  readonly intervals: readonly Interval[];
  /** The file that defines it. */
  readonly source: string;
}

/**
 * Describes a time interval (Grafana: mute timing), for alerts that notify nobody in it. Times are in UTC unless an
 * interval states its `location`. What Grafana would refuse is the diagnostic R018.
 *
 * @example
 * export const weekends = defineTimeInterval({
 *   name: 'weekends',
 *   intervals: [{ weekdays: ['saturday', 'sunday'], location: 'Europe/Berlin' }],
 * });
 */
export function defineTimeInterval(facts: Omit<TimeIntervalFacts, 'source'>): TimeIntervalFacts {
  return deepFreeze({ ...facts, source: callerFile() ?? 'alerts/routing.ts' });
}

/** The name of a time interval in Grafana: the mark before it makes it unique in the organisation. */
export function timeIntervalName({ mark }: Pick<Project, 'mark'>, { name }: Pick<TimeIntervalFacts, 'name'>): string {
  return `${mark}-${name}`;
}

/** The time intervals as resources. */
export function buildTimeIntervals(
  { timeIntervals }: { readonly timeIntervals: readonly TimeIntervalFacts[] },
  project: Pick<Project, 'mark'>,
): readonly TimeIntervalResource[] {
  return timeIntervals.map((facts) => {
    const name = timeIntervalName(project, facts);
    const timeInterval: TimeInterval = { name, intervals: facts.intervals.map(canonical) };
    return { kind: 'time-interval', uid: name, title: name, source: facts.source, timeInterval };
  });
}

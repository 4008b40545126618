/** Which scenario the simulator lives through, and which of its times is now. */
import { secondsOf, type TimeOfDay, timeOf } from '../scenario/clock.ts';
import { incidentLinear } from '../scenario/library/incident.ts';
import { scenarios } from '../scenario/library/index.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { healthyNow } from './healthy.ts';

/**
 * Seconds before now that are in the history: three hours that dashboards show at first, and what these are compared
 * with, up to two and a half hours before. The rest is room to look further back.
 */
const BEFORE = 8 * 3600;
/** Hours that can be lived through before the counters begin again. */
const AFTER = 12 * 3600;
const DAY = 24 * 3600;

/** A scenario with its clock put to the real one. */
export interface Run {
  /** From the first sample of the history until long after now. */
  readonly scenario: Scenario;
  /** The scenario's midnight, in seconds since 1970. */
  readonly midnight: number;
}

/** The day of the incident, at its real time: what the overview links to, with the hours before to compare with. */
export const incidentPast: Run = {
  scenario: { ...incidentLinear, from: '10:30', until: '17:00' },
  midnight: Date.parse(`${incidentLinear.day}T00:00:00Z`) / 1000,
};

/** Short names of the scenarios that people ask for most. */
const SHORT: Readonly<Record<string, Scenario>> = { healthy: healthyNow, incident: incidentLinear };

/** A scenario by its id, or by a short name: `healthy`, `incident`. */
export function previewScenario(name: string): Scenario | undefined {
  return SHORT[name] ?? scenarios.find(({ id }) => id === name);
}

/** Every name that `previewScenario` knows. */
export function scenarioNames(): readonly string[] {
  return [...Object.keys(SHORT), ...scenarios.map(({ id }) => id)];
}

/**
 * When a scenario begins if nobody says so: the first thing that happens, or where nothing does, as soon as there is
 * room for the history. A healthy day goes by the real clock.
 */
export function beginningOf({ id, events, from }: Scenario): TimeOfDay | undefined {
  if (id === healthyNow.id) return undefined;
  return events[0]?.at ?? timeOf(Math.max(secondsOf(from), BEFORE));
}

/**
 * Puts a scenario's clock: as if it were `from` now.
 *
 * @param from undefined: the real time of day, UTC. @param now seconds since 1970.
 * @example startRun(incidentLinear, '14:40', Date.now() / 1000) // pools have been filling for twenty-five minutes
 */
export function startRun(scenario: Scenario, from: TimeOfDay | undefined, now: number): Run {
  const whole = Math.floor(now);
  const time = from === undefined ? whole % DAY : secondsOf(from);
  // A day later is the same time of a healthy day, and leaves room for the hours before.
  const start = scenario.id === healthyNow.id ? time + DAY : time;
  return {
    scenario: { ...scenario, from: timeOf(Math.max(0, start - BEFORE)), until: timeOf(start + AFTER) },
    midnight: whole - start,
  };
}

/** When a time of a run's scenario really is, in seconds since 1970. */
export function realTime({ midnight }: Run, time: TimeOfDay): number {
  return midnight + secondsOf(time);
}

/** The time of a run's scenario at a real time, both in seconds. */
export function scenarioSecond({ midnight }: Run, now: number): number {
  return now - midnight;
}

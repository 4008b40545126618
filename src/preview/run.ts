/** Which scenario the simulator lives through, and which of its times is now. */
import { secondsOf, type TimeOfDay, timeOf } from '../scenario/clock.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Incident, incidentScenario } from '../scenario/source.ts';

/**
 * Seconds before now that are in the history: three hours that dashboards show at first, and what these are compared
 * with, up to two and a half hours before. The rest is room to look further back.
 */
const BEFORE = 8 * 3600;
/** Hours that can be lived through before the counters begin again. */
const AFTER = 12 * 3600;
const DAY = 24 * 3600;
/** Seconds of the past around an incident: its hours are compared with those before. */
const AROUND = { before: 3 * 3600, after: 3600 } as const;

/** A scenario with its clock put to the real one. */
export interface Run {
  /** From the first sample of the history until long after now. */
  readonly scenario: Scenario;
  /** The scenario's midnight, in seconds since 1970. */
  readonly midnight: number;
}

/** What a preview may live through. */
export interface PreviewScenarios {
  /** A day like any other: it goes by the real clock. */
  readonly healthy: Scenario;
  readonly incident?: Incident | undefined;
  /** The project's own. */
  readonly others: readonly Scenario[];
}

/** The day of an incident, at its real time: what the overview links to, with the hours before to compare with. */
export function incidentPast(incident: Incident | undefined): Run | undefined {
  const scenario = incidentScenario(incident);
  if (incident === undefined || scenario === undefined) return undefined;
  const from = timeOf(Math.max(0, secondsOf(incident.from) - AROUND.before));
  const until = timeOf(secondsOf(incident.until) + AROUND.after);
  return { scenario: { ...scenario, from, until }, midnight: Date.parse(`${scenario.day}T00:00:00Z`) / 1000 };
}

/** A scenario by its id, or by a short name: `healthy`, and `incident` where the project has one. */
export function previewScenario(name: string, scenarios: PreviewScenarios): Scenario | undefined {
  return shortNames(scenarios)[name] ?? scenarios.others.find(({ id }) => id === name);
}

/** Every name that `previewScenario` knows. */
export function scenarioNames(scenarios: PreviewScenarios): readonly string[] {
  return [...new Set([...Object.keys(shortNames(scenarios)), ...scenarios.others.map(({ id }) => id)])];
}

function shortNames({ healthy, incident }: PreviewScenarios): Readonly<Record<string, Scenario>> {
  const known = incidentScenario(incident);
  return { healthy, ...(known === undefined ? {} : { incident: known }) };
}

/**
 * When a scenario begins if nobody says so: the first thing that happens, or where nothing does, as soon as there is
 * room for the history.
 */
export function beginningOf({ events, from }: Scenario): TimeOfDay {
  return events[0]?.at ?? timeOf(Math.max(secondsOf(from), BEFORE));
}

/**
 * Puts a scenario's clock: as if it were `from` now.
 *
 * @param now seconds since 1970.
 * @example startRun(incidentLinear, '14:40', Date.now() / 1000) // pools have been filling for twenty-five minutes
 */
export function startRun(scenario: Scenario, from: TimeOfDay, now: number): Run {
  return runAt(scenario, secondsOf(from), now);
}

/**
 * The same for a day that repeats itself.
 *
 * @param from default: the real time of day, UTC.
 */
export function startDay(scenario: Scenario, from: TimeOfDay | undefined, now: number): Run {
  // A day later is the same time of such a day, and leaves room for the hours before.
  return runAt(scenario, (from === undefined ? Math.floor(now) % DAY : secondsOf(from)) + DAY, now);
}

function runAt(scenario: Scenario, start: number, now: number): Run {
  return {
    scenario: { ...scenario, from: timeOf(Math.max(0, start - BEFORE)), until: timeOf(start + AFTER) },
    midnight: Math.floor(now) - start,
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

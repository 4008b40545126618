/** What is wrong with scenarios, found before any of them runs: nonsense would be silent, and silence looks like health. */
import type { Diagnostic } from '../model/diagnostic.ts';
import { groupBy } from '../model/group-by.ts';
import { type Catalog, dependencyAddress, findService, type Service } from '../model/service.ts';
import { secondsOf, type TimeOfDay } from './clock.ts';
import { type Curve, valueAt } from './curve.ts';
import type { Scenario, ServiceStory } from './scenario.ts';

/** What scenarios are about. */
export interface ScenarioSubject {
  readonly catalog: Catalog;
  /** Names of all alerts. */
  readonly alerts: ReadonlySet<string>;
}

/**
 * All that is wrong: services, pools, dependencies and alerts that do not exist, times in no order, shares that are
 * none.
 *
 * @example checkScenarios([incidentLinear], { catalog, alerts }) // []
 */
export function checkScenarios(scenarios: readonly Scenario[], subject: ScenarioSubject): readonly Diagnostic[] {
  const twice = [...groupBy(scenarios, ({ id }) => id)].flatMap(([id, all]) => (all.length > 1 ? [id] : []));
  return [
    ...twice.map((id) => problem(id, 'has the id of another scenario', 'Give each an id of its own.')),
    ...scenarios.flatMap((scenario) => checkOne(scenario, subject)),
  ];
}

function checkOne(scenario: Scenario, subject: ScenarioSubject): Diagnostic[] {
  const times = checkTimes(scenario);
  // Without times nothing else can be looked at.
  if (times.length > 0) return times;
  return [...checkNames(scenario, subject), ...checkStories(scenario, subject)];
}

function checkTimes(scenario: Scenario): Diagnostic[] {
  const { id, day, from, until, events, outages, expect } = scenario;
  const report = (what: string) => problem(id, what, 'Times are 14:15 or 14:15:30; hours past 24 are the next day’s.');
  const texts = [from, until, ...events.map(({ at }) => at), ...outages.flatMap((each) => [each.from, each.until])];
  const expected = expect.must.flatMap(({ between, resolvedBy, untilAtLeast }) => [
    ...between,
    ...[resolvedBy, untilAtLeast].filter((time) => time !== undefined),
  ]);
  const points = Object.values({ everyone: scenario.everyone, ...scenario.services }).flatMap(timesIn);
  const broken = [...new Set([...texts, ...expected, ...points])].filter((text) => secondOf(text) === undefined);
  if (broken.length > 0) return broken.map((text) => report(`has "${text}", which is no time of day`));
  const [start, end] = [secondsOf(from), secondsOf(until)];
  if (end <= start) return [report(`ends at ${until}, before it begins at ${from}`)];
  const outside = [...events.map(({ at }) => at), ...expected].filter(
    (time) => secondsOf(time) < start || secondsOf(time) > end,
  );
  return [
    ...(/^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day))
      ? []
      : [problem(id, `has the day "${day}"`, 'Write it as 2025-12-15.')]),
    ...[...new Set(outside)].map((time) => report(`names ${time}, which is not between ${from} and ${until}`)),
  ];
}

/** Every time in a story, wherever it stands. */
function timesIn(value: unknown): TimeOfDay[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) {
    // A point of a curve begins with its time.
    const [at, number] = value as unknown[];
    return typeof at === 'string' && typeof number === 'number' ? [at as TimeOfDay] : value.flatMap(timesIn);
  }
  return Object.entries(value).flatMap(([key, inner]) =>
    ['at', 'from', 'until', 'peak'].includes(key) && typeof inner === 'string' ? [inner as TimeOfDay] : timesIn(inner),
  );
}

function secondOf(text: TimeOfDay): number | undefined {
  try {
    return secondsOf(text);
  } catch {
    return undefined;
  }
}

function checkNames(scenario: Scenario, { catalog, alerts }: ScenarioSubject): Diagnostic[] {
  const { id, services, expect } = scenario;
  const known = catalog.services.map((service) => service.id);
  const about = [...expect.must, ...expect.may, ...expect.never];
  const strange = [...Object.keys(services), ...about.flatMap(({ service }) => service ?? [])].filter(
    (name) => name !== 'project' && !known.includes(name),
  );
  const unheard = about.map(({ alert }) => alert).filter((alert) => !alerts.has(alert));
  return [
    ...[...new Set(strange)].map((name) =>
      problem(
        id,
        `is about ${name}, which is no service`,
        `Services: ${known.join(', ')}. Correct the scenario, or take it out of the library.`,
      ),
    ),
    ...[...new Set(unheard)].map((alert) =>
      problem(id, `expects something of ${alert}, which is no alert`, `Alerts: ${[...alerts].sort().join(', ')}`),
    ),
  ];
}

function checkStories(scenario: Scenario, { catalog }: ScenarioSubject): Diagnostic[] {
  const { id, everyone, services } = scenario;
  const own = Object.entries(services).flatMap(([name, story]) => {
    const service = findService(catalog, name);
    return service === undefined ? [] : [...checkParts(id, service, story), ...checkValues(scenario, `${name}`, story)];
  });
  return [...checkValues(scenario, 'every service', everyone), ...own];
}

/** Pools and dependencies that the service does not have would be left out without a word. */
function checkParts(id: string, service: Service, { pools = {}, calls = {} }: Partial<ServiceStory>): Diagnostic[] {
  const names = service.pools.map(({ name }) => name);
  const addresses = service.dependencies.map(dependencyAddress);
  const list = (all: readonly string[]) => (all.length === 0 ? 'it has none' : all.join(', '));
  return [
    ...Object.keys(pools)
      .filter((name) => !names.includes(name))
      .map((name) => problem(id, `fills the pool ${name}, which ${service.id} does not have`, `Pools: ${list(names)}`)),
    ...Object.keys(calls)
      .filter((address) => !addresses.includes(address))
      .map((address) =>
        problem(id, `has ${service.id} call ${address}, which it does not`, `Dependencies: ${list(addresses)}`),
      ),
  ];
}

interface Bounded {
  readonly what: string;
  readonly curve: Curve | undefined;
  readonly most: number;
}

/** Shares are 0 to 1, everything else is not negative, and points stand in the order of time. */
function checkValues(scenario: Scenario, who: string, story: Partial<ServiceStory>): Diagnostic[] {
  const share = (what: string, curve: Curve | undefined): Bounded => ({ what, curve, most: 1 });
  const amount = (what: string, curve: Curve | undefined): Bounded => ({ what, curve, most: Number.POSITIVE_INFINITY });
  const bounded = [
    amount('traffic', story.traffic),
    amount('latencyP95', story.latencyP95),
    amount('queryP95', story.queryP95),
    share('errors', story.errors),
    share('cpu', story.cpu),
    share('memory', story.memory),
    ...Object.entries(story.pools ?? {}).flatMap(([name, { used, waiting }]) => [
      share(`pools.${name}.used`, used),
      amount(`pools.${name}.waiting`, waiting),
    ]),
    ...Object.entries(story.calls ?? {}).flatMap(([name, { errors, timeouts, latencyP95, perRequest }]) => [
      share(`calls.${name}.errors`, errors),
      share(`calls.${name}.timeouts`, timeouts),
      amount(`calls.${name}.latencyP95`, latencyP95),
      amount(`calls.${name}.perRequest`, perRequest),
    ]),
    ...Object.entries(story.odd ?? {}).flatMap(([number, { errors, latencyP95, poolUsed, cpu, memory }]) => [
      share(`odd.${number}.errors`, errors),
      amount(`odd.${number}.latencyP95`, latencyP95),
      share(`odd.${number}.poolUsed`, poolUsed),
      share(`odd.${number}.cpu`, cpu),
      share(`odd.${number}.memory`, memory),
    ]),
  ];
  return bounded.flatMap(({ what, curve, most }) => {
    if (curve === undefined) return [];
    const unordered = pointsIn(curve).find((points) => points.some((at, index) => at < (points[index - 1] ?? at)));
    if (unordered !== undefined) {
      return [problem(scenario.id, `has points of ${what} of ${who} in no order`, 'Write them from the earliest on.')];
    }
    const odd = samplesOf(scenario, curve).find((value) => !(value >= 0 && value <= most));
    if (odd === undefined) return [];
    const remedy = most === 1 ? 'It is a share: 0.05 is 5 %.' : 'It can not be negative.';
    return [problem(scenario.id, `has ${what} of ${who} at ${odd}`, remedy)];
  });
}

/** The times of every list of points in a curve, in seconds. */
function pointsIn(curve: Curve): number[][] {
  if (typeof curve === 'number') return [];
  switch (curve.shape) {
    case 'points':
      return [curve.points.map(([at]) => secondsOf(at))];
    case 'product':
    case 'sum':
      return curve.of.flatMap(pointsIn);
    case 'daily':
    case 'bursts':
      return [];
    default:
      return curve satisfies never;
  }
}

/** A curve's values, a minute apart. */
function samplesOf({ from, until }: Scenario, curve: Curve): readonly number[] {
  const [start, end] = [secondsOf(from), secondsOf(until)];
  return Array.from({ length: Math.ceil((end - start) / 60) + 1 }, (_, minute) => valueAt(curve, start + minute * 60));
}

function problem(id: string, message: string, remedy: string): Diagnostic {
  return { code: 'T105', level: 'error', file: 'src/scenario/library', subject: `scenario ${id}`, message, remedy };
}

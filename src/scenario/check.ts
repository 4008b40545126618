/** What is wrong with scenarios, found before any of them runs: nonsense would be silent, and silence looks like health. */
import type { Diagnostic } from '../model/diagnostic.ts';
import { isDuration, toSeconds } from '../model/duration.ts';
import { groupBy } from '../model/group-by.ts';
import { type Catalog, dependencyAddress, findService, type Service } from '../model/service.ts';
import { secondsOf, type TimeOfDay } from './clock.ts';
import { type Curve, valueAt } from './curve.ts';
import { seriesProblems } from './problems.ts';
import { behaviourOf, type Scenario, type ServiceBehaviour } from './scenario.ts';

/** What scenarios are about. */
export interface ScenarioSubject {
  readonly catalog: Catalog;
  /** Names of all alerts. */
  readonly alerts: ReadonlySet<string>;
}

/**
 * All that is wrong: services, pools, dependencies and alerts that do not exist, times in no order, shares that are
 * none, services that no series can be made of (T106), and nothing to prove or to prove it with (T107).
 *
 * @example checkScenarios([incidentLinear], { catalog, alerts }) // []
 */
export function checkScenarios(scenarios: readonly Scenario[], subject: ScenarioSubject): readonly Diagnostic[] {
  const twice = [...groupBy(scenarios, ({ id }) => id)].flatMap(([id, all]) => (all.length > 1 ? [id] : []));
  return [
    ...nothingProven(scenarios, subject),
    ...subject.catalog.services.flatMap(seriesProblems),
    ...twice.map((id) => problem(id, 'has the id of another scenario', 'Give each an id of its own.')),
    ...scenarios.flatMap((scenario) => checkOne(scenario, subject)),
  ];
}

/** No scenario and no alert break no expectation. That is no proof of anything. */
function nothingProven(scenarios: readonly Scenario[], { alerts }: ScenarioSubject): Diagnostic[] {
  const nothing = (message: string, remedy: string): Diagnostic[] => [
    { code: 'T107', level: 'error', subject: 'the replay', message, remedy },
  ];
  if (scenarios.length === 0) {
    return nothing(
      'has no scenario, and proves nothing',
      'Add one to scenarios/, or take the standard ones: scenarios: [standardScenarios]',
    );
  }
  return alerts.size > 0
    ? []
    : nothing('has no alert rule, and proves nothing', 'Define alerts in alerts/ before they are replayed.');
}

function checkOne(scenario: Scenario, subject: ScenarioSubject): Diagnostic[] {
  const times = checkTimes(scenario);
  // Without times nothing else can be looked at.
  if (times.length > 0) return times;
  return [...checkNames(scenario, subject), ...checkBehaviours(scenario, subject)];
}

/** Without times and durations, no series can be made at all. */
export function checkTimes(scenario: Scenario): Diagnostic[] {
  const { id, day, from, until, events, outages, expect } = scenario;
  const behaviours = { defaults: scenario.defaults, ...scenario.services, series: scenario.series };
  const durations = [
    ...Object.values(behaviours).flatMap(durationsIn),
    ...durationsIn({ every: scenario.sampleInterval }),
  ];
  const unreadable = durations.filter(([key, text]) => !isDuration(text) || (key === 'every' && toSeconds(text) === 0));
  if (unreadable.length > 0) {
    return unreadable.map(([, text]) =>
      problem(
        id,
        `has "${String(text)}", which is not a duration`,
        'Durations are 15s, 5m or 1h; what repeats takes some time.',
      ),
    );
  }
  const report = (what: string) => problem(id, what, 'Times are 14:15 or 14:15:30; hours past 24 are the next day’s.');
  const texts = [from, until, ...events.map(({ at }) => at), ...outages.flatMap((each) => [each.from, each.until])];
  const expected = expect.must.flatMap(({ between, resolvedBy, untilAtLeast }) => [
    ...between,
    ...[resolvedBy, untilAtLeast].filter((time) => time !== undefined),
  ]);
  const points = Object.values(behaviours).flatMap(timesIn);
  const broken = [...new Set([...texts, ...expected, ...points])].filter((text) => secondOf(text) === undefined);
  if (broken.length > 0) return broken.map((text) => report(`has "${text}", which is not a time of day`));
  const [start, end] = [secondsOf(from), secondsOf(until)];
  if (end <= start) return [report(`ends at ${until}, before it begins at ${from}`)];
  const outside = [...events.map(({ at }) => at), ...expected].filter(
    (time) => secondsOf(time) < start || secondsOf(time) > end,
  );
  return [
    ...(/^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day))
      ? []
      : [problem(id, `has the day "${day}"`, 'Write it as 2026-01-14.')]),
    ...[...new Set(outside)].map((time) => report(`names ${time}, which is not between ${from} and ${until}`)),
  ];
}

/** Every time in a behaviour, wherever it stands. */
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

/** Every duration in a behaviour, wherever it stands, by its key. */
function durationsIn(value: unknown): (readonly [key: string, duration: unknown])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    ['down', 'apart', 'every', 'lasting'].includes(key) && inner !== undefined
      ? [[key, inner] as const]
      : durationsIn(inner),
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
        `is about ${name}, which is not a service`,
        `Services: ${known.join(', ')}. Correct the scenario, or take it out.`,
      ),
    ),
    ...[...new Set(unheard)].map((alert) =>
      problem(id, `expects something of ${alert}, which is not an alert`, `Alerts: ${[...alerts].sort().join(', ')}`),
    ),
  ];
}

function checkBehaviours(scenario: Scenario, { catalog }: ScenarioSubject): Diagnostic[] {
  const { id, defaults, services } = scenario;
  const own = Object.entries(services).flatMap(([name, behaviour]) => {
    const service = findService(catalog, name);
    return service === undefined
      ? []
      : [...checkParts(id, service, behaviour), ...checkValues(scenario, `${name}`, behaviour)];
  });
  return [...checkValues(scenario, 'every service', defaults), ...checkInstances(scenario, catalog), ...own];
}

/** More than these are a mistake: each is some dozens of series. */
const MOST_INSTANCES = 100;

function checkInstances(scenario: Scenario, { services }: Catalog): Diagnostic[] {
  return services.flatMap(({ id }) => {
    const { instances, instanceOverrides } = behaviourOf(scenario, id);
    if (!Number.isInteger(instances) || instances < 1 || instances > MOST_INSTANCES) {
      return [
        problem(scenario.id, `has ${instances} instances of ${id}`, `Give a whole number from 1 to ${MOST_INSTANCES}.`),
      ];
    }
    return Object.keys(instanceOverrides)
      .filter((number) => !(Number(number) < instances))
      .map((number) =>
        problem(
          scenario.id,
          `overrides instance ${number} of ${id}, which has ${instances}`,
          'Instances are counted from 0.',
        ),
      );
  });
}

/** Pools and dependencies that the service does not have would be left out without a word. */
function checkParts(id: string, service: Service, { pools = {}, calls = {} }: Partial<ServiceBehaviour>): Diagnostic[] {
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
function checkValues(scenario: Scenario, who: string, behaviour: Partial<ServiceBehaviour>): Diagnostic[] {
  const share = (what: string, curve: Curve | undefined): Bounded => ({ what, curve, most: 1 });
  const amount = (what: string, curve: Curve | undefined): Bounded => ({ what, curve, most: Number.POSITIVE_INFINITY });
  const bounded = [
    amount('traffic', behaviour.traffic),
    amount('latencyP95', behaviour.latencyP95),
    amount('queryP95', behaviour.queryP95),
    share('errors', behaviour.errors),
    share('cpu', behaviour.cpu),
    share('memory', behaviour.memory),
    ...Object.entries(behaviour.pools ?? {}).flatMap(([name, { used, waiting }]) => [
      share(`pools.${name}.used`, used),
      amount(`pools.${name}.waiting`, waiting),
    ]),
    ...Object.entries(behaviour.calls ?? {}).flatMap(([name, { errors, timeouts, latencyP95, perRequest }]) => [
      share(`calls.${name}.errors`, errors),
      share(`calls.${name}.timeouts`, timeouts),
      amount(`calls.${name}.latencyP95`, latencyP95),
      amount(`calls.${name}.perRequest`, perRequest),
    ]),
    ...Object.entries(behaviour.instanceOverrides ?? {}).flatMap(
      ([number, { errors, latencyP95, poolUsed, cpu, memory }]) => [
        share(`instanceOverrides.${number}.errors`, errors),
        amount(`instanceOverrides.${number}.latencyP95`, latencyP95),
        share(`instanceOverrides.${number}.poolUsed`, poolUsed),
        share(`instanceOverrides.${number}.cpu`, cpu),
        share(`instanceOverrides.${number}.memory`, memory),
      ],
    ),
  ];
  return bounded.flatMap(({ what, curve, most }) => {
    if (curve === undefined) return [];
    const unordered = pointsIn(curve).find((points) => points.some((at, index) => at < (points[index - 1] ?? at)));
    if (unordered !== undefined) {
      return [problem(scenario.id, `has points of ${what} of ${who} in no order`, 'Write them from the earliest on.')];
    }
    const impossible = samplesOf(scenario, curve).find((value) => !(value >= 0 && value <= most));
    if (impossible === undefined) return [];
    const remedy = most === 1 ? 'It is a share: 0.05 is 5 %.' : 'It cannot be negative.';
    return [problem(scenario.id, `has ${what} of ${who} at ${impossible}`, remedy)];
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
  return { code: 'T105', level: 'error', file: 'scenarios/', subject: `scenario ${id}`, message, remedy };
}

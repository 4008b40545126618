/** Requests that fail. */
import { toDuration } from '../../model/duration.ts';
import { formatQuantity } from '../../model/quantity.ts';
import { bursts, type Scenario, secondsOf, through } from '../../scenario/index.ts';
import { healthyOf, type Stage, tidy } from './stage.ts';
import { calledOf, callersOf, lastOf } from './subjects.ts';
import { later } from './timing.ts';
import { troubleScenario } from './trouble.ts';

/** One instance of three that fails half of its requests. */
export function badInstance(stage: Stage): readonly Scenario[] {
  const service = lastOf(stage.catalog);
  if (service === undefined) return [];
  const { id, title, thresholds } = service;
  const failing = tidy(Math.min(1, 2.5 * thresholds.instanceErrorRatio.above.value));
  const well = healthyOf(stage, service);
  return troubleScenario(stage, (then) => ({
    id: 'bad-instance',
    title: `One instance of three of ${title} fails`,
    because: 'Users see a third of its errors; the second alert says that one instance is to blame.',
    events: [
      { at: '14:00', title: 'One instance goes bad' },
      { at: then('14:30'), title: 'It is taken out' },
    ],
    services: {
      [id]: {
        instances: 3,
        instanceOverrides: {
          2: { errors: through(['14:00', 0], ['14:01', failing], [then('14:30'), failing], [then('14:31'), 0]) },
        },
        errors: well.errors,
      },
      ...Object.fromEntries(
        callersOf(service, stage.catalog).map(({ service: caller, address }) => {
          const seen = tidy(0.3 * caller.thresholds.dependencyErrorRatio.above.value);
          return [caller.id, { calls: { ...healthyOf(stage, caller).calls, [address]: { errors: seen } } }];
        }),
      ),
    },
    must: [
      {
        signal: 'instance-error-ratio',
        service: id,
        after: [6, 9],
        before: then('14:30'),
        resolvedBy: then('14:45'),
        because: 'Take it out, and all is well.',
      },
      {
        signal: 'error-ratio',
        service: id,
        after: [4, 6],
        before: then('14:30'),
        resolvedBy: then('14:42'),
        because: 'A part of the requests fails, whoever is to blame.',
      },
    ],
    never: [],
  }));
}

/** Errors that grow through the limit, with requests that arrive by chance. */
export function errorRamp(stage: Stage): readonly Scenario[] {
  const service = calledOf(stage.catalog);
  if (service === undefined) return [];
  const limit = service.thresholds.errorRatio.above;
  const peak = tidy(Math.min(1, 1.6 * limit.value));
  const passed = later('14:00', Math.round((limit.value / peak) * 960));
  return troubleScenario(stage, (then) => ({
    id: 'error-ramp',
    title: `Errors of ${service.title} grow slowly at 40 requests a second`,
    because: 'Users are failed from the limit on: the page has to come within minutes of the true share.',
    arrivals: 'poisson',
    events: [
      { at: '14:00', title: 'Errors begin' },
      { at: passed, title: `${formatQuantity(limit)} of the requests fail` },
      { at: then('14:40'), title: 'Rollback' },
    ],
    services: {
      [service.id]: { errors: through(['14:00', 0], ['14:16', peak], [then('14:40'), peak], [then('14:41'), 0]) },
    },
    must: [
      {
        signal: 'error-ratio',
        service: service.id,
        after: [1, 6],
        before: then('14:40'),
        untilAtLeast: then('14:40'),
        resolvedBy: then('14:52'),
        because: 'The first thing that users notice: page at once.',
      },
    ],
    never: [{ signal: 'dependency-error-ratio', because: 'Its callers allow more than fails here.' }],
  }));
}

/** Errors that come and go around the limit. */
export function flapping(stage: Stage): readonly Scenario[] {
  const service = calledOf(stage.catalog);
  if (service === undefined) return [];
  const limit = service.thresholds.errorRatio.above.value;
  const [low, high] = [tidy(0.04 * limit), tidy(Math.min(1, 1.8 * limit))];
  return troubleScenario(stage, (then) => {
    // A burst holds on for as long as the rule wants, and ends before an eighth one would be whole.
    const lasting = 300 + secondsOf(then('14:00')) - secondsOf('14:00');
    const every = lasting + 180;
    const until = later('14:00', 7 * every + lasting - 60);
    return {
      id: 'flapping',
      title: `Errors of ${service.title} come and go around the threshold`,
      because: 'One page that lasts is acted on; eight that come and go are muted.',
      until: later(until, 1500),
      events: [
        { at: '14:00', title: `Bursts of errors, ${lasting / 60} minutes of every ${every / 60}` },
        { at: until, title: 'It ends' },
      ],
      services: {
        [service.id]: {
          errors: bursts({ from: '14:00', until, every: toDuration(every), lasting: toDuration(lasting), low, high }),
        },
      },
      must: [
        {
          signal: 'error-ratio',
          service: service.id,
          after: [4, 6],
          before: later('14:00', lasting + 120),
          untilAtLeast: until,
          resolvedBy: later(until, 600),
          because: 'It fires once, from the first bad minutes to the last.',
        },
      ],
      never: [],
    };
  });
}

/** A bad deployment that is taken back, and what the first caller of the service shows to users. */
export function rollback(stage: Stage): readonly Scenario[] {
  const service = calledOf(stage.catalog);
  if (service === undefined) return [];
  const { id, title, thresholds } = service;
  const well = healthyOf(stage, service);
  const failing = tidy(Math.min(1, 5 * thresholds.errorRatio.above.value));
  const slow = tidy(5 * well.latencyP95);
  const callers = callersOf(service, stage.catalog);
  const front = (callers.find((caller) => caller.service.tier === 'edge') ?? callers[0])?.service;
  const frontWell = front === undefined ? well : healthyOf(stage, front);
  const frontFailing = tidy(Math.min(1, 2.4 * (front?.thresholds.errorRatio.above.value ?? 0)));
  return troubleScenario(stage, (then) => ({
    id: 'rollback',
    title: `A bad deployment of ${title}, rolled back after twenty minutes`,
    because: 'The page comes while the deployment is still remembered, and goes when it is gone.',
    events: [
      { at: '14:00', title: 'Deployment' },
      { at: then('14:20'), title: 'Rollback' },
    ],
    services: {
      [id]: {
        errors: through(
          ['14:02', well.errors],
          ['14:03', failing],
          [then('14:20'), failing],
          [then('14:21'), well.errors],
        ),
        latencyP95: through(
          ['14:02', well.latencyP95],
          ['14:03', slow],
          [then('14:20'), slow],
          [then('14:21'), well.latencyP95],
        ),
        restarts: [
          { kind: 'rollout', at: '14:00', apart: '30s' },
          { kind: 'rollout', at: then('14:20'), apart: '30s' },
        ],
      },
      ...(front === undefined
        ? {}
        : {
            [front.id]: {
              errors: through(
                ['14:02', frontWell.errors],
                ['14:03', frontFailing],
                [then('14:20'), frontFailing],
                [then('14:21'), frontWell.errors],
              ),
            },
          }),
    },
    must: [
      {
        signal: 'error-ratio',
        service: id,
        after: [3, 6.5],
        before: then('14:20'),
        resolvedBy: then('14:31'),
        because: 'Minutes after the deployment: it is the first thing to look at.',
      },
      ...(front === undefined
        ? []
        : ([
            {
              signal: 'error-ratio',
              service: front.id,
              after: [3, 6.5],
              before: then('14:20'),
              resolvedBy: then('14:31'),
              because: 'Users see it; both are one page, grouped by the system.',
            },
            {
              signal: 'dependency-error-ratio',
              service: front.id,
              after: [3, 6.5],
              before: then('14:20'),
              resolvedBy: then('14:31'),
              because: `Says that ${front.title} itself is well.`,
            },
          ] as const)),
    ],
    never: [],
    resolvedBy: then('14:35'),
  }));
}

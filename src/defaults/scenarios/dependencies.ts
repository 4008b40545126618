/** Trouble behind a service: what it calls, and its database. */
import { dependencyAddress } from '../../model/service.ts';
import { type Scenario, through } from '../../scenario/index.ts';
import { healthyOf, type Stage, tidy } from './stage.ts';
import { callersOf, dependentOf, titleOf, withDatabase } from './subjects.ts';
import { troubleScenario } from './trouble.ts';

/** Something that a service calls answers with errors. */
export function dependencyErrors(stage: Stage): readonly Scenario[] {
  const found = dependentOf(stage.catalog);
  if (found === undefined) return [];
  const { service, dependency } = found;
  const name = titleOf(dependency, stage.catalog);
  return troubleScenario(stage, (then) => ({
    id: 'dependency-errors',
    title: `${name} answers ${service.title} with errors`,
    because: 'On-call cannot repair it, but the team has to know whose fault it is.',
    events: [
      { at: '14:15', title: 'Every call fails' },
      { at: then('14:45'), title: `${name} recovers` },
    ],
    assumptions: [`${service.title} does without it, so that its own requests succeed.`],
    services: {
      [service.id]: {
        calls: {
          ...healthyOf(stage, service).calls,
          [dependencyAddress(dependency)]: {
            perRequest: 0.5,
            errors: through(['14:15', 0], ['14:16', 1], [then('14:45'), 1], [then('14:46'), 0]),
          },
        },
      },
    },
    must: [
      {
        signal: 'dependency-error-ratio',
        service: service.id,
        after: [2, 4.5],
        before: then('14:45'),
        untilAtLeast: then('14:45'),
        resolvedBy: then('14:55'),
        because: 'The label names the dependency: no need to search.',
      },
    ],
    never: [{ signal: 'error-ratio', because: 'No request of ours fails.' }],
  }));
}

/** Something that a service calls does not answer at all. */
export function dependencyTimeouts(stage: Stage): readonly Scenario[] {
  const found = dependentOf(stage.catalog);
  if (found === undefined) return [];
  const { service, dependency } = found;
  const name = titleOf(dependency, stage.catalog);
  const well = healthyOf(stage, service);
  const [answers, timeout] = [0.1, 5];
  return troubleScenario(stage, (then) => ({
    id: 'dependency-timeouts',
    title: `${name} does not answer ${service.title} at all`,
    because: 'Timeouts have no status. A filter that wants one sees them minutes later or never.',
    events: [
      { at: '14:15', title: `Every call times out after ${timeout} s` },
      { at: then('14:45'), title: `${name} recovers` },
    ],
    assumptions: [`Every second request calls it, waits its ${timeout} s and then succeeds without it.`],
    services: {
      [service.id]: {
        latencyP95: through(
          ['14:15', well.latencyP95],
          ['14:16', timeout],
          [then('14:45'), timeout],
          [then('14:46'), well.latencyP95],
        ),
        queryP95: well.queryP95,
        calls: {
          ...well.calls,
          [dependencyAddress(dependency)]: {
            perRequest: 0.5,
            timeouts: through(['14:15', 0], ['14:16', 1], [then('14:45'), 1], [then('14:46'), 0]),
            latencyP95: through(
              ['14:15', answers],
              ['14:16', timeout],
              [then('14:45'), timeout],
              [then('14:46'), answers],
            ),
          },
        },
      },
      ...Object.fromEntries(
        callersOf(service, stage.catalog).map(({ service: caller, address }) => [
          caller.id,
          { calls: { ...healthyOf(stage, caller).calls, [address]: { perRequest: 0.1 } } },
        ]),
      ),
    },
    must: [
      {
        signal: 'dependency-error-ratio',
        service: service.id,
        after: [2, 4.5],
        before: then('14:45'),
        resolvedBy: then('14:55'),
        because: 'As early as with errors: what has no status has failed.',
      },
      {
        signal: 'degradation',
        service: service.id,
        after: [2.5, 5],
        before: then('14:45'),
        resolvedBy: then('14:55'),
        because: `Requests take ${timeout} seconds and hold every outbound connection: somebody has to act.`,
      },
      {
        signal: 'pool-utilisation',
        service: service.id,
        after: [2, 6],
        before: then('14:45'),
        resolvedBy: then('14:56'),
        because: 'Calls that wait hold their connections.',
      },
    ],
    never: [{ signal: 'error-ratio', because: 'Requests succeed, slowly.' }],
  }));
}

/** A query that loses its index. */
export function queryRegression(stage: Stage): readonly Scenario[] {
  const service = withDatabase(stage.catalog).at(-1);
  if (service === undefined) return [];
  const { id, title, thresholds } = service;
  const well = healthyOf(stage, service);
  const query = well.queryP95;
  const slow = tidy(1.6 * thresholds.queryP95.above.value);
  const waiting = tidy(slow + 0.05);
  const others = withDatabase(stage.catalog).filter((other) => other !== service);
  return troubleScenario(stage, (then) => ({
    id: 'query-regression',
    title: `A query of ${title} loses its index`,
    because: 'One slow query is how a cascade begins: the alert has to name it.',
    events: [
      { at: '14:15', title: 'The index is gone' },
      { at: then('15:05'), title: 'The index is back' },
    ],
    services: {
      [id]: {
        queryP95: through(['14:15', query], ['14:20', slow], [then('15:05'), slow], [then('15:06'), query]),
        latencyP95: through(
          ['14:15', well.latencyP95],
          ['14:20', waiting],
          [then('15:05'), waiting],
          [then('15:06'), well.latencyP95],
        ),
      },
    },
    must: [
      {
        signal: 'query-p95',
        service: id,
        after: [4, 10],
        before: then('15:05'),
        resolvedBy: then('15:20'),
        because: 'Says where it comes from.',
      },
      {
        signal: 'latency-regression',
        service: id,
        after: [2, 5.5],
        before: then('15:05'),
        resolvedBy: then('15:20'),
        because: 'The earliest sign.',
      },
      {
        signal: 'degradation',
        service: id,
        after: [1, 6],
        before: then('15:05'),
        resolvedBy: then('15:20'),
        because: 'Slow, and slow because of its queries: the pool is next.',
      },
    ],
    never: [
      ...others.map((other) => ({ signal: 'query-p95', service: other.id, because: 'Its database is well.' }) as const),
      { signal: 'error-ratio', because: 'Nothing fails.' },
    ],
  }));
}

/** Things that run out: connections, processors, memory. */
import { type Scenario, through } from '../../scenario/index.ts';
import { healthyOf, type Stage, tidy } from './stage.ts';
import { calledOf, edgeOf, poolOwnerOf } from './subjects.ts';
import { troubleScenario } from './trouble.ts';

/** One instance of three whose pool fills within hours. */
export function connectionLeak(stage: Stage): readonly Scenario[] {
  const service = poolOwnerOf(stage.catalog);
  if (service === undefined) return [];
  const limit = service.thresholds.poolUtilisation.atLeast.value;
  const idle = tidy(Math.min(0.2, limit / 3));
  return troubleScenario(stage, (then) => ({
    id: 'connection-leak',
    title: `One instance of three of ${service.title} leaks connections`,
    because: 'The pool warns an hour before it is empty; an average over instances would not.',
    until: then('16:00'),
    events: [
      { at: '13:00', title: 'The leak begins' },
      { at: then('15:45'), title: 'Restart' },
    ],
    assumptions: ['Requests that wait for a connection are not yet slow enough to be seen elsewhere.'],
    services: {
      [service.id]: {
        instances: 3,
        instanceOverrides: {
          1: { poolUsed: through(['13:00', idle], ['15:30', 1], [then('15:45'), 1], [then('15:46'), idle]) },
        },
        restarts: [{ kind: 'in place', at: then('15:45') }],
      },
    },
    must: [
      {
        signal: 'pool-utilisation',
        service: service.id,
        after: [3, 4.5],
        before: then('15:45'),
        resolvedBy: then('15:55'),
        because: 'At its limit there is still time to restart the instance.',
      },
    ],
    never: [{ signal: 'degradation', because: 'Users notice nothing yet.' }],
  }));
}

/** More work than processors, where users come in. */
export function edgeOverload(stage: Stage): readonly Scenario[] {
  const service = edgeOf(stage.catalog);
  if (service === undefined) return [];
  const { id, title, thresholds } = service;
  const well = healthyOf(stage, service);
  const slow = tidy(1.3 * thresholds.latencyP95.above.value);
  const failing = tidy(0.6 * thresholds.errorRatio.above.value);
  const busy = tidy(Math.min(1, 1.2125 * thresholds.cpuUtilisation.above.value));
  return troubleScenario(stage, (then) => ({
    id: 'edge-overload',
    title: `${title} has more work than processors`,
    because: 'Users wait, and the alert about the processor says why.',
    events: [
      { at: '14:00', title: 'Traffic begins to climb' },
      { at: then('14:40'), title: 'More instances' },
    ],
    services: {
      [id]: {
        traffic: through(['14:00', 40], ['14:15', 160]),
        cpu: through(['14:00', well.cpu], ['14:15', busy], [then('14:40'), busy], [then('14:42'), well.cpu]),
        latencyP95: through(
          ['14:10', well.latencyP95],
          ['14:15', slow],
          [then('14:40'), slow],
          [then('14:42'), well.latencyP95],
        ),
        ...(service.databases.length === 0 ? {} : { queryP95: well.queryP95 }),
        errors: through(
          ['14:10', well.errors],
          ['14:20', failing],
          [then('14:40'), failing],
          [then('14:42'), well.errors],
        ),
      },
    },
    must: [
      {
        signal: 'cpu-utilisation',
        service: id,
        after: [9, 15],
        before: then('14:40'),
        resolvedBy: then('14:55'),
        because: 'Names the cause.',
      },
      {
        signal: 'latency-p95',
        service: id,
        after: [3, 7],
        before: then('14:40'),
        resolvedBy: then('14:56'),
        because: 'Users wait now: at the edge slow pages.',
      },
      {
        signal: 'latency-regression',
        service: id,
        after: [2, 5.75],
        before: then('14:40'),
        resolvedBy: then('14:56'),
        because: 'The first to notice.',
      },
    ],
    never: [
      { signal: 'error-ratio', because: 'Few requests fail, and their share is below the limit.' },
      { signal: 'degradation', because: 'Pools are not the matter.' },
    ],
  }));
}

/** Memory that grows until the process is killed. */
export function memoryLeak(stage: Stage): readonly Scenario[] {
  const service = calledOf(stage.catalog);
  if (service === undefined) return [];
  const { memory } = healthyOf(stage, service);
  return troubleScenario(stage, (then) => ({
    id: 'memory-leak',
    title: `A memory leak of ${service.title} grows to the limit`,
    because: 'There is time until working hours: it must not wake anybody up.',
    events: [
      { at: '13:00', title: 'The leak begins' },
      { at: then('15:00'), title: 'The limit: killed and restarted' },
    ],
    services: {
      [service.id]: {
        memory: through(['13:00', memory], ['15:00', 1], [then('15:00'), 1], [then('15:01'), tidy(0.8 * memory)]),
        restarts: [{ kind: 'in place', at: then('15:00'), down: '1m' }],
      },
    },
    must: [
      {
        signal: 'memory-utilisation',
        service: service.id,
        after: [4, 7],
        before: then('15:00'),
        resolvedBy: then('15:10'),
        because: 'Minutes before the process is killed, and not by night.',
      },
    ],
    never: [{ signal: 'telemetry-absent', because: 'A minute without series is a restart.' }],
  }));
}

/** When the metrics themselves are missing, or say nothing. */
import type { Service } from '../../model/service.ts';
import { type Scenario, type ServiceBehaviour, through } from '../../scenario/index.ts';
import { healthyOf, type Stage, tidy } from './stage.ts';
import { calledOf, callersOf, edgeOf, limitedOf, reachedFrom, withDatabase } from './subjects.ts';
import { troubleScenario } from './trouble.ts';

/** One family of metrics that has another name after an update. */
export function familyLost(stage: Stage): readonly Scenario[] {
  const [service] = withDatabase(stage.catalog);
  if (service === undefined) return [];
  return troubleScenario(stage, (then) => ({
    id: 'family-lost',
    title: `The database metrics of ${service.title} are gone`,
    because: 'Its query alerts are blind; without a warning nobody knows until they are needed.',
    events: [
      { at: '14:00', title: 'An agent is updated: the family has another name' },
      { at: then('14:40'), title: 'It is back' },
    ],
    services: { [service.id]: { lost: [{ families: ['database'], from: '14:00', until: then('14:40') }] } },
    must: [
      {
        signal: 'telemetry-absent',
        service: service.id,
        after: [2, 5],
        before: then('14:40'),
        untilAtLeast: then('14:40'),
        resolvedBy: then('14:47'),
        because: 'Says which family is missing.',
      },
    ],
    never: [{ signal: 'query-p95', because: 'Missing is not slow.' }],
  }));
}

/** Somebody takes the limits out of a deployment. */
export function limitsMissing(stage: Stage): readonly Scenario[] {
  const service = limitedOf(stage.catalog);
  if (service === undefined) return [];
  return troubleScenario(stage, (then) => ({
    id: 'limits-missing',
    title: `${service.title} has no limits any more`,
    because: 'What is used of nothing is nothing: its alerts on CPU and memory are silent for ever.',
    events: [
      { at: '14:00', title: 'A deployment without limits' },
      { at: then('15:00'), title: 'They are set again' },
    ],
    services: { [service.id]: { lost: [{ families: ['limits'], from: '14:00', until: then('15:00') }] } },
    must: [
      {
        signal: 'limit-absent',
        service: service.id,
        after: [14, 17],
        before: then('15:00'),
        untilAtLeast: then('15:00'),
        resolvedBy: then('15:10'),
        because: 'Says which limit is missing, and wakes nobody.',
      },
    ],
    never: [
      { signal: 'telemetry-absent', because: 'Its metrics are all there.' },
      { signal: 'cpu-utilisation', because: 'Without a limit there is nothing to be near.' },
    ],
  }));
}

/** No series at all of the service where users come in. */
export function serviceSilent(stage: Stage): readonly Scenario[] {
  const service = edgeOf(stage.catalog);
  if (service === undefined) return [];
  const { id, title } = service;
  return troubleScenario(stage, (then) => ({
    id: 'service-silent',
    title: `Nothing is heard of ${title} any more`,
    because: 'No series at all is not health: at the edge it pages.',
    events: [
      { at: '14:00', title: `All series of ${title} end` },
      { at: then('14:30'), title: 'They are back' },
    ],
    services: { [id]: { lost: [{ families: 'all', from: '14:00', until: then('14:30') }] } },
    must: [
      {
        signal: 'telemetry-absent',
        service: id,
        after: [2, 5],
        before: then('14:30'),
        untilAtLeast: then('14:30'),
        resolvedBy: then('14:40'),
        because: 'Every other alert of the service is blind.',
      },
    ],
    never: [{ signal: 'traffic-ratio', because: 'One cause, one alert: without series it says nothing.' }],
  }));
}

/** Requests that no longer get in. */
export function edgeHangs(stage: Stage): readonly Scenario[] {
  const service = edgeOf(stage.catalog);
  if (service === undefined) return [];
  const { title } = service;
  return troubleScenario(stage, (then) => {
    const quiet = ({ thresholds }: Service): Partial<ServiceBehaviour> => {
      const left = tidy(40 * 0.05 * thresholds.trafficRatio.below.value);
      return { traffic: through(['14:00', 40], ['14:00:30', left], [then('14:30'), left], [then('14:30:30'), 40]) };
    };
    return {
      id: 'edge-hangs',
      title: `Requests no longer reach ${title}`,
      because: 'A hang has no errors and no latency: it looks like a quiet night.',
      events: [
        { at: '14:00', title: 'The load balancer sends nothing' },
        { at: then('14:30'), title: 'It does again' },
      ],
      services: Object.fromEntries(reachedFrom(service, stage.catalog).map((one) => [one.id, quiet(one)])),
      must: [
        {
          signal: 'traffic-ratio',
          service: service.id,
          after: [4, 7.5],
          before: then('14:30'),
          untilAtLeast: then('14:30'),
          resolvedBy: then('14:42'),
          because: 'Users do not get through, and nothing else says so.',
        },
      ],
      never: [],
    };
  });
}

/** Telemetry that dies while a page is open. */
export function blindMidIncident(stage: Stage): readonly Scenario[] {
  const service = calledOf(stage.catalog);
  if (service === undefined) return [];
  const { id, title } = service;
  const { errors: few } = healthyOf(stage, service);
  const many = manyErrors(service);
  return troubleScenario(stage, (then) => ({
    id: 'blind-mid-incident',
    title: `Telemetry of ${title} dies while a page is open`,
    because: 'A page that resolves because its data is gone tells a lie. Rules keep their last state.',
    events: [
      { at: '14:00', title: 'Errors begin' },
      { at: then('14:15'), title: `All series of ${title} end` },
      { at: then('14:40'), title: 'They are back; errors go on' },
      { at: then('14:50'), title: 'Rollback' },
    ],
    services: {
      [id]: {
        errors: through(['14:00', few], ['14:01', many], [then('14:50'), many], [then('14:51'), few]),
        lost: [{ families: 'all', from: then('14:15'), until: then('14:40') }],
      },
      ...unseenByCallers(service, stage),
    },
    must: [
      {
        signal: 'error-ratio',
        service: id,
        after: [4, 5.5],
        before: then('14:15'),
        untilAtLeast: then('14:50'),
        resolvedBy: then('15:01'),
        because: 'It stays one page from the first minute to the last, with and without data.',
      },
      {
        signal: 'telemetry-absent',
        service: id,
        after: [2, 5],
        before: then('14:40'),
        resolvedBy: then('14:50'),
        because: 'Says that the page is no longer measured.',
      },
    ],
    never: [],
  }));
}

/** Prometheus itself that does not answer, while a page is open. */
export function prometheusDown(stage: Stage): readonly Scenario[] {
  const service = calledOf(stage.catalog);
  if (service === undefined) return [];
  const { id } = service;
  const { errors: few } = healthyOf(stage, service);
  const many = manyErrors(service);
  return troubleScenario(stage, (then) => ({
    id: 'prometheus-down',
    title: 'Prometheus does not answer while a page is open',
    because: 'One page says that nothing is measured; no other may come of it, and none may go.',
    events: [
      { at: '13:50', title: 'Errors begin' },
      { at: then('14:00'), title: 'Prometheus does not answer' },
      { at: then('14:20'), title: 'It does again; errors go on' },
      { at: then('14:45'), title: 'Rollback' },
    ],
    outages: [{ from: then('14:00'), until: then('14:20') }],
    services: {
      [id]: { errors: through(['13:50', few], ['13:51', many], [then('14:45'), many], [then('14:46'), few]) },
      ...unseenByCallers(service, stage),
    },
    must: [
      {
        signal: 'data-source-reachable',
        service: 'project',
        after: [1, 3],
        before: then('14:20'),
        untilAtLeast: then('14:20'),
        resolvedBy: then('14:27'),
        because: 'Every other alert is blind until it is over.',
      },
      {
        signal: 'error-ratio',
        service: id,
        after: [3, 6.5],
        before: then('14:00'),
        untilAtLeast: then('14:45'),
        resolvedBy: then('14:56'),
        because: 'It stays one page, with and without Prometheus.',
      },
      {
        signal: 'alert-queries',
        service: id,
        after: [4, 6],
        before: then('14:20'),
        untilAtLeast: then('14:20'),
        resolvedBy: then('14:29'),
        because: 'Its queries fail as well: one warning for all services, beside the page.',
      },
    ],
    never: [{ signal: 'telemetry-absent', because: 'A query that fails says nothing about series.' }],
  }));
}

function manyErrors({ thresholds }: Service): number {
  return tidy(Math.min(1, 4 * thresholds.errorRatio.above.value));
}

/** Callers that do without what fails: the trouble is of one service alone. */
function unseenByCallers(service: Service, stage: Stage): Readonly<Record<string, Partial<ServiceBehaviour>>> {
  return Object.fromEntries(
    callersOf(service, stage.catalog).map(({ service: caller, address }) => {
      const { errors } = healthyOf(stage, service);
      return [caller.id, { calls: { ...healthyOf(stage, caller).calls, [address]: { errors } } }];
    }),
  );
}

/** When the metrics themselves are missing, or say nothing. */
import { through } from '../curve.ts';
import { defineScenario } from '../scenario.ts';

export const familyLost = defineScenario({
  id: 'family-lost',
  title: 'The database metrics of user-service are gone',
  because: 'Its query alerts are blind; without a warning nobody knows until they are needed.',
  from: '12:40',
  until: '15:25',
  events: [
    { at: '14:00', title: 'An agent is updated: the family has another name' },
    { at: '14:40', title: 'It is back' },
  ],
  services: { 'user-service': { lost: [{ families: ['database'], from: '14:00', until: '14:40' }] } },
  expect: {
    must: [
      {
        alert: 'ServiceTelemetryAbsent',
        service: 'user-service',
        pages: false,
        between: ['14:12', '14:15'],
        untilAtLeast: '14:40',
        resolvedBy: '14:47',
        because: 'Says which family is missing.',
      },
    ],
    may: [],
    never: [{ alert: 'ServiceQueryP95High', because: 'Missing is not slow.' }],
  },
});

export const serviceSilent = defineScenario({
  id: 'service-silent',
  title: 'Nothing is heard of the gateway any more',
  because: 'No series at all is not health: at the edge it pages.',
  from: '12:40',
  until: '15:25',
  events: [
    { at: '14:00', title: 'All series of the gateway end' },
    { at: '14:30', title: 'They are back' },
  ],
  services: { 'api-gateway': { lost: [{ families: 'all', from: '14:00', until: '14:30' }] } },
  expect: {
    must: [
      {
        alert: 'ServiceTelemetryAbsent',
        service: 'api-gateway',
        pages: true,
        between: ['14:07', '14:10'],
        untilAtLeast: '14:30',
        resolvedBy: '14:40',
        because: 'Every other alert of the gateway is blind.',
      },
    ],
    may: [],
    never: [{ alert: 'ServiceTrafficDropped', because: 'One cause, one alert: without series it says nothing.' }],
  },
});

export const gatewayHangs = defineScenario({
  id: 'gateway-hangs',
  title: 'Requests no longer reach the gateway',
  because: 'A hang has no errors and no latency: it looks like a quiet night.',
  from: '12:40',
  until: '15:25',
  events: [
    { at: '14:00', title: 'The load balancer sends nothing' },
    { at: '14:30', title: 'It does again' },
  ],
  services: {
    'api-gateway': { traffic: through(['14:00', 40], ['14:00:30', 0.4], ['14:30', 0.4], ['14:30:30', 40]) },
    'user-service': { traffic: through(['14:00', 40], ['14:00:30', 0.4], ['14:30', 0.4], ['14:30:30', 40]) },
    'order-service': { traffic: through(['14:00', 40], ['14:00:30', 0.4], ['14:30', 0.4], ['14:30:30', 40]) },
  },
  expect: {
    must: [
      {
        alert: 'ServiceTrafficDropped',
        service: 'api-gateway',
        pages: true,
        between: ['14:08', '14:12'],
        untilAtLeast: '14:30',
        resolvedBy: '14:42',
        because: 'Users do not get through, and nothing else says so.',
      },
    ],
    may: [{ alert: 'ServiceTrafficDropped', because: 'The services behind warn as well; only the gateway pages.' }],
    never: [],
  },
});

export const blindMidIncident = defineScenario({
  id: 'blind-mid-incident',
  title: 'Telemetry dies while a page is open',
  because: 'A page that resolves because its data is gone tells a lie. Rules keep their last state.',
  from: '12:40',
  until: '15:25',
  events: [
    { at: '14:00', title: 'Errors begin' },
    { at: '14:15', title: 'All series of user-service end' },
    { at: '14:40', title: 'They are back; errors go on' },
    { at: '14:50', title: 'Rollback' },
  ],
  services: {
    'user-service': {
      errors: through(['14:00', 0.001], ['14:01', 0.2], ['14:50', 0.2], ['14:51', 0.001]),
      lost: [{ families: 'all', from: '14:15', until: '14:40' }],
    },
    'api-gateway': { calls: { 'user-service': { errors: 0.001 } } },
    'order-service': { calls: { 'user-service': { errors: 0.001 } } },
  },
  expect: {
    must: [
      {
        alert: 'ServiceErrorRateHigh',
        service: 'user-service',
        pages: true,
        between: ['14:04', '14:06'],
        untilAtLeast: '14:50',
        resolvedBy: '15:01',
        because: 'It stays one page from the first minute to the last, with and without data.',
      },
      {
        alert: 'ServiceTelemetryAbsent',
        service: 'user-service',
        pages: false,
        between: ['14:22', '14:25'],
        resolvedBy: '14:50',
        because: 'Says that the page is no longer measured.',
      },
    ],
    may: [{ alert: 'ServiceInstanceErrorsHigh', service: 'user-service', because: 'Each instance is bad.' }],
    never: [],
  },
});

export const prometheusDown = defineScenario({
  id: 'prometheus-down',
  title: 'Prometheus does not answer while a page is open',
  because: 'One page says that nothing is measured; no other may come of it, and none may go.',
  from: '12:40',
  until: '15:25',
  events: [
    { at: '13:50', title: 'Errors begin' },
    { at: '14:00', title: 'Prometheus does not answer' },
    { at: '14:20', title: 'It does again; errors go on' },
    { at: '14:45', title: 'Rollback' },
  ],
  outages: [{ from: '14:00', until: '14:20' }],
  services: {
    'user-service': { errors: through(['13:50', 0.001], ['13:51', 0.2], ['14:45', 0.2], ['14:46', 0.001]) },
    'api-gateway': { calls: { 'user-service': { errors: 0.001 } } },
    'order-service': { calls: { 'user-service': { errors: 0.001 } } },
  },
  expect: {
    must: [
      {
        alert: 'DataSourceUnreachable',
        service: 'project',
        pages: true,
        between: ['14:01', '14:03'],
        untilAtLeast: '14:20',
        resolvedBy: '14:27',
        because: 'Every other alert is blind until it is over.',
      },
      {
        alert: 'ServiceErrorRateHigh',
        service: 'user-service',
        pages: true,
        between: ['13:53', '13:57'],
        untilAtLeast: '14:45',
        resolvedBy: '14:56',
        because: 'It stays one page, with and without Prometheus.',
      },
      {
        alert: 'ServiceAlertQueryFailing',
        service: 'user-service',
        pages: false,
        between: ['14:04', '14:06'],
        untilAtLeast: '14:20',
        resolvedBy: '14:29',
        because: 'Its queries fail as well: one warning for all services, beside the page.',
      },
    ],
    may: [
      { alert: 'ServiceInstanceErrorsHigh', service: 'user-service', because: 'Each instance is bad.' },
      { alert: 'ServiceAlertQueryFailing', because: 'The queries of every service fail.' },
    ],
    never: [{ alert: 'ServiceTelemetryAbsent', because: 'A query that fails says nothing about series.' }],
  },
});

/** Things that run out: connections, processors, memory. */
import { through } from '../curve.ts';
import { defineScenario } from '../scenario.ts';

export const connectionLeak = defineScenario({
  id: 'connection-leak',
  title: 'One instance of three leaks connections',
  because: 'The pool warns an hour before it is empty; an average over instances would not.',
  from: '12:40',
  until: '16:00',
  events: [
    { at: '13:00', title: 'The leak begins' },
    { at: '15:45', title: 'Restart' },
  ],
  assumptions: ['Requests that wait for a connection are not yet slow enough to be seen elsewhere.'],
  services: {
    'user-service': {
      instances: 3,
      instanceOverrides: { 1: { poolUsed: through(['13:00', 0.2], ['15:30', 1], ['15:45', 1], ['15:46', 0.2]) } },
      restarts: [{ kind: 'in place', at: '15:45' }],
    },
  },
  expect: {
    must: [
      {
        alert: 'ServicePoolSaturated',
        service: 'user-service',
        pages: false,
        between: ['14:46', '14:48'],
        resolvedBy: '15:55',
        because: 'At 75 % there is still most of an hour to restart the instance.',
      },
    ],
    may: [],
    never: [{ alert: 'ServiceDegradationConfirmed', because: 'Users notice nothing yet.' }],
  },
});

export const gatewayOverload = defineScenario({
  id: 'gateway-overload',
  title: 'The gateway has more work than processors',
  because: 'Users wait, and the alert about the processor says why.',
  from: '12:40',
  until: '15:25',
  events: [
    { at: '14:00', title: 'Traffic begins to climb' },
    { at: '14:40', title: 'More instances' },
  ],
  services: {
    'api-gateway': {
      traffic: through(['14:00', 40], ['14:15', 160]),
      cpu: through(['14:00', 0.3], ['14:15', 0.97], ['14:40', 0.97], ['14:42', 0.5]),
      latencyP95: through(['14:10', 0.05], ['14:15', 2.6], ['14:40', 2.6], ['14:42', 0.06]),
      errors: through(['14:10', 0.001], ['14:20', 0.03], ['14:40', 0.03], ['14:42', 0.001]),
    },
  },
  expect: {
    must: [
      {
        alert: 'ServiceCpuHigh',
        service: 'api-gateway',
        pages: false,
        between: ['14:20', '14:26'],
        resolvedBy: '14:55',
        because: 'Names the cause, ten minutes after 80 %.',
      },
      {
        alert: 'ServiceLatencyP95High',
        service: 'api-gateway',
        pages: true,
        between: ['14:16', '14:21'],
        resolvedBy: '14:56',
        because: 'At the edge slow pages: users wait now.',
      },
      {
        alert: 'ServiceLatencyRegression',
        service: 'api-gateway',
        pages: false,
        between: ['14:12', '14:16'],
        resolvedBy: '14:56',
        because: 'The first to notice.',
      },
    ],
    may: [],
    never: [
      { alert: 'ServiceErrorRateHigh', because: '3 % are below the limit.' },
      { alert: 'ServiceDegradationConfirmed', because: 'Pools are not the matter.' },
    ],
  },
});

export const memoryLeak = defineScenario({
  id: 'memory-leak',
  title: 'A memory leak grows to the limit',
  because: 'There is time until working hours: it must not wake anybody up.',
  from: '12:40',
  until: '15:25',
  events: [
    { at: '13:00', title: 'The leak begins' },
    { at: '15:00', title: 'The limit: killed and restarted' },
  ],
  services: {
    'user-service': {
      memory: through(['13:00', 0.5], ['15:00', 1], ['15:01', 0.4]),
      restarts: [{ kind: 'in place', at: '15:00', down: '1m' }],
    },
  },
  expect: {
    must: [
      {
        alert: 'ServiceMemoryHigh',
        service: 'user-service',
        pages: false,
        between: ['14:40', '14:43'],
        resolvedBy: '15:10',
        because: 'Seventeen minutes before the process is killed.',
      },
    ],
    may: [],
    never: [{ alert: 'ServiceTelemetryAbsent', because: 'A minute without series is a restart.' }],
  },
});

/** Trouble behind a service: what it calls, and its database. */
import { through } from '../curve.ts';
import { defineScenario } from '../scenario.ts';

export const dependencyErrors = defineScenario({
  id: 'dependency-errors',
  title: 'The payment provider answers with errors',
  because: 'On-call cannot repair it, but the team has to know whose fault it is.',
  from: '12:40',
  until: '15:25',
  events: [
    { at: '14:15', title: 'Every payment fails' },
    { at: '14:45', title: 'The provider recovers' },
  ],
  assumptions: ['order-service offers another way to pay, so that its own requests succeed.'],
  services: {
    'order-service': {
      calls: {
        'payments.example.com': { errors: through(['14:15', 0], ['14:16', 1], ['14:45', 1], ['14:46', 0]) },
      },
    },
  },
  expect: {
    must: [
      {
        alert: 'ServiceDependencyErrorsHigh',
        service: 'order-service',
        pages: false,
        between: ['14:17', '14:20'],
        untilAtLeast: '14:45',
        resolvedBy: '14:55',
        because: 'The label names the provider: no need to search.',
      },
    ],
    may: [],
    never: [{ alert: 'ServiceErrorRateHigh', because: 'No request of ours fails.' }],
  },
});

export const dependencyTimeouts = defineScenario({
  id: 'dependency-timeouts',
  title: 'The payment provider does not answer at all',
  because: 'Timeouts have no status. A filter that wants one sees them minutes later or never.',
  from: '12:40',
  until: '15:25',
  events: [
    { at: '14:15', title: 'Every payment times out after 5 s' },
    { at: '14:45', title: 'The provider recovers' },
  ],
  assumptions: ['Every second order wants a payment, waits its 5 s and then succeeds without it.'],
  services: {
    'order-service': {
      latencyP95: through(['14:15', 0.05], ['14:16', 5], ['14:45', 5], ['14:46', 0.05]),
      queryP95: 0.045,
      calls: {
        'payments.example.com': {
          timeouts: through(['14:15', 0], ['14:16', 1], ['14:45', 1], ['14:46', 0]),
          latencyP95: through(['14:15', 0.1], ['14:16', 5], ['14:45', 5], ['14:46', 0.1]),
        },
      },
    },
    'api-gateway': { calls: { 'order-service': { perRequest: 0.1 } } },
  },
  expect: {
    must: [
      {
        alert: 'ServiceDependencyErrorsHigh',
        service: 'order-service',
        pages: false,
        between: ['14:17', '14:20'],
        resolvedBy: '14:55',
        because: 'As early as with errors: what has no status has failed.',
      },
      {
        alert: 'ServiceDegradationConfirmed',
        service: 'order-service',
        pages: true,
        between: ['14:18', '14:21'],
        resolvedBy: '14:55',
        because: 'Orders take five seconds and hold every outbound connection: somebody has to act.',
      },
      {
        alert: 'ServicePoolSaturated',
        service: 'order-service',
        pages: false,
        between: ['14:17', '14:22'],
        resolvedBy: '14:56',
        because: 'Calls that wait hold their connections.',
      },
    ],
    may: [
      { alert: 'ServiceLatencyRegression', service: 'order-service', because: 'A hundred times slower.' },
      { alert: 'ServiceLatencyP95High', service: 'order-service', because: 'Orders take five seconds.' },
    ],
    never: [{ alert: 'ServiceErrorRateHigh', because: 'Orders succeed, slowly.' }],
  },
});

export const queryRegression = defineScenario({
  id: 'query-regression',
  title: 'A query of order-service loses its index',
  because: 'The cause of the incident in another service, alone: the alert has to name it.',
  from: '12:40',
  until: '15:25',
  events: [
    { at: '14:15', title: 'The index is gone' },
    { at: '15:05', title: 'The index is back' },
  ],
  services: {
    'order-service': {
      queryP95: through(['14:15', 0.045], ['14:20', 0.8], ['15:05', 0.8], ['15:06', 0.045]),
      latencyP95: through(['14:15', 0.05], ['14:20', 0.85], ['15:05', 0.85], ['15:06', 0.05]),
    },
  },
  expect: {
    must: [
      {
        alert: 'ServiceQueryP95High',
        service: 'order-service',
        pages: false,
        between: ['14:22', '14:28'],
        resolvedBy: '15:20',
        because: 'Says where it comes from.',
      },
      {
        alert: 'ServiceLatencyRegression',
        service: 'order-service',
        pages: false,
        between: ['14:17', '14:21'],
        resolvedBy: '15:20',
        because: 'The earliest sign.',
      },
      {
        alert: 'ServiceDegradationConfirmed',
        service: 'order-service',
        pages: true,
        between: ['14:19', '14:24'],
        resolvedBy: '15:20',
        because: 'Slow, and slow because of its queries: the pool is next.',
      },
    ],
    may: [{ alert: 'ServicePoolSaturated', service: 'order-service', because: 'Slow queries hold connections.' }],
    never: [
      { alert: 'ServiceQueryP95High', service: 'user-service', because: 'Its database is well.' },
      { alert: 'ServiceErrorRateHigh', because: 'Nothing fails.' },
    ],
  },
});

/** Requests that fail. */
import { bursts, product, through } from '../curve.ts';
import { defineScenario } from '../scenario.ts';

export const badInstance = defineScenario({
  id: 'bad-instance',
  title: 'One instance of three fails half of its requests',
  because: 'Users see a sixth of their requests fail; the second alert says that one instance is to blame.',
  from: '12:40',
  until: '15:25',
  events: [
    { at: '14:00', title: 'One instance goes bad' },
    { at: '14:30', title: 'It is taken out' },
  ],
  services: {
    'order-service': {
      instances: 3,
      instanceOverrides: { 2: { errors: through(['14:00', 0], ['14:01', 0.5], ['14:30', 0.5], ['14:31', 0]) } },
      errors: 0.001,
    },
    'api-gateway': { calls: { 'order-service': { errors: 0.03 } } },
  },
  expect: {
    must: [
      {
        alert: 'ServiceInstanceErrorsHigh',
        service: 'order-service',
        pages: false,
        between: ['14:06', '14:10'],
        resolvedBy: '14:45',
        because: 'Take it out, and all is well.',
      },
      {
        alert: 'ServiceErrorRateHigh',
        service: 'order-service',
        pages: true,
        between: ['14:04', '14:07'],
        resolvedBy: '14:42',
        because: 'A sixth of the requests fails.',
      },
    ],
    may: [],
    never: [],
  },
});

export const errorRamp = defineScenario({
  id: 'error-ramp',
  title: 'Errors grow slowly at 40 requests a second',
  because: 'The review wants a page when 5 % fail for three minutes: it comes within six of the true 5 %.',
  from: '12:40',
  until: '15:25',
  arrivals: 'poisson',
  events: [
    { at: '14:00', title: 'Errors begin' },
    { at: '14:10', title: '5 % of the requests fail' },
    { at: '14:40', title: 'Rollback' },
  ],
  services: { 'user-service': { errors: through(['14:00', 0], ['14:16', 0.08], ['14:40', 0.08], ['14:41', 0]) } },
  expect: {
    must: [
      {
        alert: 'ServiceErrorRateHigh',
        service: 'user-service',
        pages: true,
        between: ['14:11', '14:16'],
        untilAtLeast: '14:40',
        resolvedBy: '14:52',
        because: 'Review, alert 1: page at once.',
      },
    ],
    may: [],
    never: [{ alert: 'ServiceDependencyErrorsHigh', because: '8 % are below its limit of 10 %.' }],
  },
});

export const flapping = defineScenario({
  id: 'flapping',
  title: 'Errors come and go around the threshold',
  because: 'One page that lasts is acted on; eight that come and go are muted.',
  from: '12:40',
  until: '15:25',
  events: [
    { at: '14:00', title: 'Five bad minutes of every eight' },
    { at: '15:00', title: 'It ends' },
  ],
  services: {
    'user-service': {
      errors: bursts({ from: '14:00', until: '15:00', every: '8m', lasting: '5m', low: 0.002, high: 0.09 }),
    },
  },
  expect: {
    must: [
      {
        alert: 'ServiceErrorRateHigh',
        service: 'user-service',
        pages: true,
        between: ['14:04', '14:06'],
        untilAtLeast: '15:00',
        resolvedBy: '15:10',
        because: 'It fires once, from the first bad minutes to the last.',
      },
    ],
    may: [],
    never: [],
  },
});

export const rollback = defineScenario({
  id: 'rollback',
  title: 'A bad deployment, rolled back after twenty minutes',
  because: 'The page comes while the deployment is still remembered, and goes when it is gone.',
  from: '12:40',
  until: '15:25',
  events: [
    { at: '14:00', title: 'Deployment' },
    { at: '14:20', title: 'Rollback' },
  ],
  services: {
    'user-service': {
      errors: through(['14:02', 0.001], ['14:03', 0.25], ['14:20', 0.25], ['14:21', 0.001]),
      latencyP95: through(['14:02', 0.05], ['14:03', 0.25], ['14:20', 0.25], ['14:21', 0.05]),
      restarts: [
        { kind: 'rollout', at: '14:00', apart: '30s' },
        { kind: 'rollout', at: '14:20', apart: '30s' },
      ],
    },
    'api-gateway': {
      errors: product(through(['14:02', 0.001], ['14:03', 0.12], ['14:20', 0.12], ['14:21', 0.001]), 1),
    },
  },
  expect: {
    must: [
      {
        alert: 'ServiceErrorRateHigh',
        service: 'user-service',
        pages: true,
        between: ['14:05', '14:09'],
        resolvedBy: '14:31',
        because: 'Six minutes after the deployment: it is the first thing to look at.',
      },
      {
        alert: 'ServiceErrorRateHigh',
        service: 'api-gateway',
        pages: true,
        between: ['14:05', '14:09'],
        resolvedBy: '14:31',
        because: 'Users see it; both are one page, grouped by the system.',
      },
      {
        alert: 'ServiceDependencyErrorsHigh',
        service: 'api-gateway',
        pages: false,
        between: ['14:05', '14:09'],
        resolvedBy: '14:31',
        because: 'Says that the gateway itself is well.',
      },
    ],
    may: [
      { alert: 'ServiceInstanceErrorsHigh', because: 'All instances are bad, each of them too.' },
      { alert: 'ServiceDependencyErrorsHigh', service: 'order-service', because: 'It calls user-service as well.' },
      { alert: 'ServiceLatencyRegression', because: 'Five times slower.' },
    ],
    never: [],
    resolvedBy: '14:35',
  },
});

import {
  type Curve,
  defineScenario,
  type Expectations,
  type MustFire,
  product,
  type Scenario,
  type ScenarioEvent,
  type TimeOfDay,
  through,
  type Way,
} from 'grafana-as-code/scenarios';

/** A slow query of user-account fills its pool, and then the pool of who waits for it. Tests know its minutes. */
const REVIEW = 'incident review';

const events: readonly ScenarioEvent[] = [
  { at: '14:00', title: 'User Account v1.2.3 goes out', source: REVIEW },
  { at: '14:15', title: 'Balances load slowly', source: REVIEW, sign: true },
  { at: '14:30', title: 'Connection pools at 80 %', source: REVIEW },
  { at: '14:45', title: 'First logins fail', source: REVIEW },
  { at: '15:00', title: 'On-call paged', source: REVIEW, page: true },
  { at: '15:30', title: 'The query is found', source: REVIEW },
  { at: '16:00', title: 'v1.2.2 is back', source: REVIEW },
  { at: '16:30', title: 'Everything is as before', source: REVIEW },
];

const assumptions = [
  'The review fixes times, not shapes: between its points values go straight (linear) or by a constant factor (exponential).',
  'Nine tenths of the response time of user-account is its query.',
  'Errors climb so that the rule of that day (10 % over 5m, for 5m) pages at exactly 15:00.',
  '40 requests a second, two instances of each service; both deployments restart those of user-account.',
];

/** Nothing before the first error, 5 % at 14:50, 26 % at 15:00, gone ten minutes after the rollback. */
const errors = through(['14:45', 0], ['14:50', 0.05], ['15:00', 0.26], ['16:00', 0.26], ['16:10', 0]);
/** 20 to 80 % in fifteen minutes, full fifteen minutes later. */
const pool = through(['14:15', 0.2], ['14:30', 0.8], ['14:45', 1], ['16:00', 1], ['16:20', 0.2]);
const waiting = through(['14:45', 0], ['14:46', 3], ['15:00', 40], ['16:00', 40], ['16:05', 0]);

function latency(way: Way): Curve {
  return through(['14:15', 0.05], ['14:45', 3, way], ['16:00', 3], ['16:20', 0.05]);
}

/** By when each alert has to fire: the measured minute, and one more for the phase of the evaluation. */
interface Deadlines {
  readonly regression: TimeOfDay;
  readonly degradation: TimeOfDay;
  readonly query: TimeOfDay;
  readonly gatewayDegradation: TimeOfDay;
  readonly latency: TimeOfDay;
  readonly firstWarningBy: TimeOfDay;
  readonly firstPageBy: TimeOfDay;
}

function expectations(by: Deadlines): Expectations {
  const slow = (pages: boolean, alert: string, service: string, latest: TimeOfDay, because: string): MustFire => ({
    alert,
    service,
    pages,
    between: ['14:15', latest],
    untilAtLeast: '16:00',
    because,
  });
  const failing = (pages: boolean, alert: string, service: string, latest: TimeOfDay, because: string): MustFire => ({
    ...slow(pages, alert, service, latest, because),
    between: ['14:45', latest],
  });
  return {
    must: [
      slow(false, 'ServiceLatencyRegression', 'user-account', by.regression, 'The earliest sign.'),
      slow(true, 'ServiceDegradationConfirmed', 'user-account', by.degradation, 'Two signs are no chance.'),
      slow(false, 'ServiceQueryP95High', 'user-account', by.query, 'It names the database.'),
      slow(false, 'ServicePoolSaturated', 'user-account', '14:33', 'Time to react before the pool is full.'),
      slow(true, 'ServiceDegradationConfirmed', 'app-gateway', by.gatewayDegradation, 'The edge waits too.'),
      slow(false, 'ServiceLatencyP95High', 'user-account', by.latency, 'Balances are slow.'),
      slow(true, 'ServiceLatencyP95High', 'app-gateway', by.latency, 'Customers wait.'),
      failing(true, 'ServicePoolWaiting', 'user-account', '14:48', 'Requests queue before they fail.'),
      failing(true, 'ServiceErrorRateHigh', 'app-gateway', '14:56', 'The true ratio passes 5 % at 14:50.'),
      failing(false, 'ServiceDependencyErrorsHigh', 'app-gateway', '15:00', 'It names user-account.'),
    ],
    may: [
      { alert: 'ServiceLatencyRegression', because: 'The callers of user-account are slower as well.' },
      { alert: 'ServicePoolSaturated', service: 'app-gateway', because: 'Its outbound pool fills too.' },
      { alert: 'ServiceErrorRateHigh', pages: true, because: 'Errors spread to every service.' },
      { alert: 'ServiceDependencyErrorsHigh', service: 'offer-service', because: 'It calls user-account too.' },
      { alert: 'ServiceInstanceErrorsHigh', because: 'In the end every instance fails requests.' },
    ],
    never: [
      { alert: 'ServiceCpuHigh', because: 'Waiting costs no processor time.' },
      { alert: 'ServiceMemoryHigh', because: 'Waiting costs no memory.' },
    ],
    firstWarningBy: by.firstWarningBy,
    firstPageBy: by.firstPageBy,
    resolvedBy: '16:36',
  };
}

/** The same incident in either shape. */
function incident(shape: 'linear' | 'exponential', deadlines: Deadlines): Scenario {
  const slow = latency(shape);
  return defineScenario({
    id: `incident-${shape}`,
    title: `Incident of 2026-03-16, ${shape} shape`,
    because: 'The next one like it has to be noticed before logins fail.',
    day: '2026-03-16',
    from: '11:30',
    until: '16:45',
    events,
    assumptions,
    services: {
      'user-account': {
        latencyP95: slow,
        errors: product(errors, 1.2),
        pools: { primary: { used: pool, waiting } },
        restarts: [
          { kind: 'in place', at: '14:00' },
          { kind: 'in place', at: '16:00' },
        ],
        cpu: 0.35,
        memory: 0.55,
      },
      'app-gateway': {
        latencyP95: product(slow, 1.1),
        errors,
        pools: { outbound: { used: pool } },
        calls: { 'offer-service': { perRequest: 0.3 }, 'user-account': { perRequest: 1 } },
      },
      'offer-service': {
        traffic: 12,
        latencyP95: product(slow, 0.4),
        queryP95: 0.02,
        errors: product(errors, 0.3),
        calls: { 'user-account': { perRequest: 0.2 }, 'payments.example.com': { perRequest: 0.5 } },
      },
    },
    expect: expectations(deadlines),
    release: { service: 'user-account', version: 'v1.2.3', deployed: '14:00', rolledBack: '16:00' },
  });
}

export const incidentLinear = incident('linear', {
  regression: '14:20',
  degradation: '14:24',
  query: '14:28',
  gatewayDegradation: '14:33',
  latency: '14:39',
  firstWarningBy: '14:20',
  firstPageBy: '14:24',
});

export const incidentExponential = incident('exponential', {
  regression: '14:25',
  degradation: '14:33',
  query: '14:41',
  gatewayDegradation: '14:36',
  latency: '14:47',
  firstWarningBy: '14:25',
  firstPageBy: '14:33',
});

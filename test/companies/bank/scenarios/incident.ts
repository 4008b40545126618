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

const REVIEW = 'incident review';

/** The fixed points of the review. */
const events: readonly ScenarioEvent[] = [
  { at: '14:00', title: 'Deployment to User Account', source: REVIEW },
  { at: '14:15', title: 'Response times start climbing', source: REVIEW, sign: true },
  { at: '14:30', title: 'Connection pools at 80 %', source: REVIEW },
  { at: '14:45', title: 'First 503 errors appear', source: REVIEW },
  { at: '15:00', title: 'On-call paged', source: REVIEW, page: true },
  { at: '15:30', title: 'Root cause identified', source: REVIEW },
  { at: '16:00', title: 'Rollback complete', source: REVIEW },
  { at: '16:30', title: 'All services recovered', source: REVIEW },
];

const assumptions = [
  'The review fixes times, not shapes: between its points values go straight (linear) or by a constant factor (exponential).',
  '"50 ms to 3+ seconds" is the 95th percentile of user-account; nine tenths of it is its query.',
  'Durations are log-normal and close together: the median is 72 % of the 95th percentile. With a wider spread the alert on p95 > 2 s comes a minute later.',
  'The pools of the review are those of user-account and the outbound pool of app-gateway; offer-service calls user-account for one request in five, and its p95 is four tenths of that of user-account.',
  'Errors climb so that the rule of that day (10 % over 5m, for 5m) pages at exactly 15:00; the true ratio on the gateway passes 5 % at 14:50.',
  'Everything improves in a straight line from the rollback on, and is as before at 16:20; the review calls it recovered at 16:30.',
  '40 requests a second, two instances of each service; the deployment and the rollback restart those of user-account.',
];

/** Nothing before the first error, 5 % at 14:50, 26 % at 15:00, gone ten minutes after the rollback. */
const errors = through(['14:45', 0], ['14:50', 0.05], ['15:00', 0.26], ['16:00', 0.26], ['16:10', 0]);
/** 20 to 80 % in fifteen minutes, full fifteen minutes later. */
const pool = through(['14:15', 0.2], ['14:30', 0.8], ['14:45', 1], ['16:00', 1], ['16:20', 0.2]);
const waiting = through(['14:45', 0], ['14:46', 3], ['15:00', 40], ['16:00', 40], ['16:05', 0]);

function latency(way: Way): Curve {
  return through(['14:15', 0.05], ['14:45', 3, way], ['16:00', 3], ['16:20', 0.05]);
}

/** By when each alert has to fire: the table of docs/alerting.md, and a minute for the phase of the evaluation. */
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
      slow(false, 'ServiceLatencyRegression', 'user-account', by.regression, 'The earliest sign, before users notice.'),
      slow(
        true,
        'ServiceDegradationConfirmed',
        'user-account',
        by.degradation,
        'The first page: two signs are no chance.',
      ),
      slow(false, 'ServiceQueryP95High', 'user-account', by.query, 'Review, alert 4: names the database as the cause.'),
      slow(false, 'ServicePoolSaturated', 'user-account', '14:33', 'Review, alert 3: time to react before exhaustion.'),
      slow(true, 'ServiceDegradationConfirmed', 'app-gateway', by.gatewayDegradation, 'The cascade reaches the edge.'),
      slow(false, 'ServiceLatencyP95High', 'user-account', by.latency, 'Review, alert 2.'),
      slow(true, 'ServiceLatencyP95High', 'app-gateway', by.latency, 'Review, alert 2: users wait.'),
      failing(true, 'ServicePoolWaiting', 'user-account', '14:48', 'Requests queue: errors are minutes away.'),
      failing(
        true,
        'ServiceErrorRateHigh',
        'app-gateway',
        '14:56',
        'Review, alert 1: the true ratio passes 5 % at 14:50.',
      ),
      failing(false, 'ServiceDependencyErrorsHigh', 'app-gateway', '15:00', 'Review, alert 5: names user-account.'),
    ],
    may: [
      { alert: 'ServiceLatencyRegression', because: 'The callers of user-account are slower as well.' },
      { alert: 'ServicePoolSaturated', service: 'app-gateway', because: 'Its outbound pool fills as the review says.' },
      { alert: 'ServiceErrorRateHigh', pages: true, because: 'Errors spread to every service.' },
      { alert: 'ServiceDependencyErrorsHigh', service: 'offer-service', because: 'It calls user-account too.' },
      { alert: 'ServiceInstanceErrorsHigh', because: 'In the end every instance fails a quarter of its requests.' },
    ],
    never: [
      { alert: 'ServiceCpuHigh', because: 'It would not have helped: waiting costs no processor time.' },
      { alert: 'ServiceMemoryHigh', because: 'It would not have helped.' },
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
    because: 'The next one like it has to be noticed minutes after it begins, and not 45 minutes later by its errors.',
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

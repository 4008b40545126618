import { daily, product } from '../scenario/curve.ts';
import { defineScenario } from '../scenario/scenario.ts';

/** Three times as many requests at two in the afternoon as at two in the night. */
const traffic = daily({ low: 0.35, high: 1, peak: '14:00' });
const ORDINARY = {
  latencyP95: 0.05,
  errors: 0.001,
  tail: { share: 0.005, p95: 0.6 },
  cpu: daily({ low: 0.12, high: 0.4, peak: '14:00' }),
};

/** The services on a day like any other, as the preview shows them now: the topology of the incident, at peace. */
export const healthyNow = defineScenario({
  id: 'healthy',
  title: 'A day like any other',
  because: 'Whoever looks for the first time has to see what well looks like.',
  from: '00:00',
  until: '24:00',
  arrivals: 'poisson',
  services: {
    'user-service': { ...ORDINARY, traffic: product(40, traffic), memory: 0.55 },
    'api-gateway': {
      ...ORDINARY,
      traffic: product(40, traffic),
      latencyP95: 0.06,
      calls: { 'order-service': { perRequest: 0.3 }, 'user-service': { perRequest: 1 } },
    },
    'order-service': {
      ...ORDINARY,
      traffic: product(12, traffic),
      queryP95: 0.02,
      calls: { 'user-service': { perRequest: 0.2 }, 'payments.example.com': { perRequest: 0.5 } },
    },
  },
  expect: { must: [], may: [], never: [] },
});

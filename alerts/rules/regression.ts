import { defineAlert } from '../../src/build/index.ts';

/** Ours: the earliest sign of the incident, 41 minutes before the page of that day. */
export const regression = defineAlert({
  alert: 'ServiceLatencyRegression',
  slug: 'regression',
  signal: 'latency-regression',
  severity: 'warning',
  summary: 'p95 latency is {{value}} what it was',
  description:
    'Slower than in the last hours, not yet slow for users. If a deployment came before it, look at its queries now.',
});

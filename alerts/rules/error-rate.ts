import { defineAlert } from '../../src/build/index.ts';

/** Review, alert 1: page on-call at once. */
export const errorRate = defineAlert({
  alert: 'ServiceErrorRateHigh',
  slug: 'errors',
  signal: 'error-ratio',
  severity: 'critical',
  summary: '{{value}} of requests fail',
  description: 'Users see errors now. If a deployment came before it, roll it back first and look for the cause then.',
});

import { defineAlert } from '../../src/build/index.ts';

/** Review, alert 3, the last chance: requests already queue for a connection. */
export const poolWaiting = defineAlert({
  alert: 'ServicePoolWaiting',
  slug: 'pool-wait',
  signal: 'pool-waiting',
  severity: 'critical',
  summary: '{{value}} requests wait for a database connection',
  description: 'The pool is exhausted; errors are minutes away. Roll back the last deployment or shed load now.',
});

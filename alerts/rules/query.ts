import { defineAlert } from '../../src/build/index.ts';

/** Review, alert 4: something is wrong with the database layer. */
export const query = defineAlert({
  alert: 'ServiceQueryP95High',
  slug: 'query',
  signal: 'query-p95',
  severity: 'warning',
  summary: 'p95 query time is {{value}}',
  description:
    'Slow queries hold connections and fill the pool. Find the operation that got slower, and the deployment that made it so.',
});

import { defineAlert } from '../../src/build/index.ts';

/** Review, alert 3: time to react before exhaustion. */
export const poolSaturated = defineAlert({
  alert: 'ServicePoolSaturated',
  slug: 'pool',
  signal: 'pool-utilisation',
  severity: 'warning',
  summary: 'pool {{label:pool}} is {{value}} full',
  description:
    'At 100 % requests queue, then fail. Find what holds the connections: slow queries, or a dependency that answers late.',
});

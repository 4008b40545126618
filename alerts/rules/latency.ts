import { defineAlert } from '../../src/build/index.ts';

/** Review, alert 2. Pages at the edge, where users wait; inside it warns, because degradation pages there. */
export const latency = defineAlert({
  alert: 'ServiceLatencyP95High',
  slug: 'latency',
  signal: 'latency-p95',
  severity: ({ tier }) => (tier === 'edge' ? 'critical' : 'warning'),
  summary: 'p95 latency is {{value}}',
  description:
    'One request in twenty takes longer than this. Look at queries and pools of the services behind before scaling anything.',
});

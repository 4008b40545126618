import { defineAlert } from '../../src/build/index.ts';

/** Ours: a hang looks idle, with no errors and no latency. */
export const traffic = defineAlert({
  alert: 'ServiceTrafficDropped',
  slug: 'traffic',
  signal: 'traffic-ratio',
  severity: ({ tier }) => (tier === 'edge' ? 'critical' : 'warning'),
  summary: 'traffic is {{value}} of the last hours',
  description:
    'Users do not get through. Look at what stands before this service: load balancer, DNS, certificates, the caller.',
});

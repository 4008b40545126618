import { defineAlert } from '../../src/build/index.ts';

/** Ours: two signs together were certain in every shape of the incident, before its first error. */
export const degradation = defineAlert({
  alert: 'ServiceDegradationConfirmed',
  slug: 'degraded',
  signal: 'degradation',
  severity: 'critical',
  summary: '{{value}} of latency, pool and queries are bad at once',
  description:
    'The service is degrading as on 2025-12-15 and errors will follow. Roll back the last deployment of it, or of what it calls.',
});

import { defineAlert } from '../../src/build/index.ts';

/** Ours: without telemetry the other alerts keep their last state and say nothing new. */
export const telemetry = defineAlert({
  alert: 'ServiceTelemetryAbsent',
  slug: 'telemetry',
  signal: 'telemetry-absent',
  severity: ({ tier }) => (tier === 'edge' ? 'critical' : 'warning'),
  summary: 'metrics of the family {{label:family}} are missing',
  description:
    'Alerts and panels of this family are blind. Is the service up? Does Prometheus scrape it? Did a deployment rename its metrics?',
});

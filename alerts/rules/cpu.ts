import { defineAlert } from '../../src/build/index.ts';

/** Review, alert 6. Never pages: it would not have helped in the incident, and busy is not broken. */
export const cpu = defineAlert({
  alert: 'ServiceCpuHigh',
  slug: 'cpu',
  signal: 'cpu-utilisation',
  severity: 'warning',
  summary: 'CPU is at {{value}} of its limit',
  description:
    'The busiest instance is close to its limit. More traffic: scale out. The same traffic: profile the last deployment.',
});

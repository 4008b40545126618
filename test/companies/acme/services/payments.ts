import { defineService, otel } from 'grafana-as-code';

/** It has nothing: no database, no pool, and calls nobody. */
export const payments = defineService({
  id: 'payments',
  title: 'Payments',
  team: 'money',
  tier: 'internal',
  metrics: otel({ job: 'acme/payments' }),
});

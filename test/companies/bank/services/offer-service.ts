import { defineService, otel } from 'grafana-as-code';

export const offerService = defineService({
  id: 'offer-service',
  title: 'Offer Service',
  team: 'lending',
  tier: 'internal',
  metrics: otel({ job: 'bank/offer-service' }),
  databases: [{ name: 'offers', system: 'postgresql' }],
  pools: [
    { kind: 'database', name: 'primary', maxConnections: 20 },
    { kind: 'http', name: 'outbound', maxConnections: 30 },
  ],
  dependencies: [{ service: 'user-account' }, { external: 'payments.example.com', title: 'Payment provider' }],
});

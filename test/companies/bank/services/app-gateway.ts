import { defineService, otel } from 'grafana-as-code';

export const appGateway = defineService({
  id: 'app-gateway',
  title: 'App Gateway',
  team: 'platform',
  tier: 'edge',
  metrics: otel({ job: 'bank/app-gateway' }),
  pools: [{ kind: 'http', name: 'outbound', maxConnections: 50 }],
  dependencies: [{ service: 'user-account' }, { service: 'offer-service' }],
});

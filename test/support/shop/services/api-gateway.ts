import { defineService, otel } from 'grafana-as-code';

export const apiGateway = defineService({
  id: 'api-gateway',
  title: 'API Gateway',
  team: 'platform',
  tier: 'edge',
  metrics: otel({ job: 'shop/api-gateway' }),
  pools: [{ kind: 'http', name: 'outbound', maxConnections: 50 }],
  dependencies: [{ service: 'user-service' }, { service: 'order-service' }],
});

import { otel } from '../../../../src/metrics/index.ts';
import { defineService } from '../../../../src/model/service.ts';

export const apiGateway = defineService({
  id: 'api-gateway',
  title: 'API Gateway',
  team: 'platform',
  tier: 'edge',
  metrics: otel({ job: 'shop/api-gateway' }),
  pools: [{ kind: 'http', name: 'outbound', maxConnections: 50 }],
  dependencies: [{ service: 'user-service' }, { service: 'order-service' }],
});

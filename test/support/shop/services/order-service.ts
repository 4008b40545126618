import { defineService, otel } from 'grafana-as-code';

export const orderService = defineService({
  id: 'order-service',
  title: 'Order Service',
  team: 'checkout',
  tier: 'internal',
  metrics: otel({ job: 'shop/order-service' }),
  databases: [{ name: 'orders', system: 'postgresql' }],
  pools: [
    { kind: 'database', name: 'primary', maxConnections: 20 },
    { kind: 'http', name: 'outbound', maxConnections: 30 },
  ],
  dependencies: [{ service: 'user-service' }, { external: 'payments.example.com', title: 'Payment provider' }],
});

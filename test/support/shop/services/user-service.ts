import { defineService, otel, percent } from 'grafana-as-code';

export const userService = defineService({
  id: 'user-service',
  title: 'User Service',
  team: 'identity',
  tier: 'internal',
  metrics: otel({ job: 'shop/user-service' }),
  databases: [{ name: 'users', system: 'postgresql' }],
  pools: [{ kind: 'database', name: 'primary', maxConnections: 20 }],
  thresholds: { poolUtilisation: { atLeast: percent(75), for: '2m' } },
});

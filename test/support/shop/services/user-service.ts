import { otel } from '../../../../src/metrics/index.ts';
import { percent } from '../../../../src/model/quantity.ts';
import { defineService } from '../../../../src/model/service.ts';

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

import { defineService, otel, percent } from 'grafana-as-code';

export const userAccount = defineService({
  id: 'user-account',
  title: 'User Account',
  team: 'identity',
  tier: 'internal',
  metrics: otel({ job: 'bank/user-account' }),
  databases: [{ name: 'users', system: 'postgresql' }],
  pools: [{ kind: 'database', name: 'primary', maxConnections: 20 }],
  thresholds: { poolUtilisation: { atLeast: percent(75), for: '2m' } },
});

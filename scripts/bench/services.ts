/** Services as estates have them: of every profile, and bound by hand in all the ways that a binding can be. */
import { micrometer, otel, promClient } from '../../src/metrics/index.ts';
import { countedByLatency } from '../../src/metrics/requests.ts';
import type { MetricProfile } from '../../src/model/metrics.ts';
import { milliseconds } from '../../src/model/quantity.ts';
import { defineService, type Service, type ServiceFacts } from '../../src/model/service.ts';

type Facts = Pick<ServiceFacts, 'metrics'> & Partial<ServiceFacts>;
/** One kind of service. @param id of the service, its job too */
type Kind = (id: string, job: string) => Facts;

const fast = { latencyP95: { above: milliseconds(500) }, degradation: { latencyAbove: milliseconds(500) } } as const;
const pools = [
  { kind: 'database', name: 'primary', maxConnections: 20 },
  { kind: 'http', name: 'outbound', maxConnections: 30 },
] as const;
const external = { external: 'bank.example.com' } as const;

/** A counter with grouped statuses, and a histogram without any, as FastAPI's instrumentator records them. */
function counterBesideHistogram(matchers: readonly string[]): MetricProfile {
  return {
    convention: 'fastapi',
    server: {
      requests: { counter: { name: 'http_requests_total', matchers } },
      failures: { where: 'status="5xx"' },
      latency: { name: 'http_request_duration_seconds', matchers, buckets: [0.1, 0.5, 1] },
      route: 'handler',
      status: 'status',
    },
  };
}

const KINDS: readonly Kind[] = [
  (_, job) => ({ metrics: otel({ job }) }),
  (_, job) => ({ metrics: otel({ job }), databases: [{ name: 'ledger', system: 'postgresql' }], pools }),
  (_, job) => ({ metrics: otel({ job }), pools: [pools[1]], dependencies: [external] }),
  (_, job) => ({
    metrics: otel({ job }),
    databases: [
      { name: 'orders', system: 'postgresql' },
      { name: 'cache', system: 'redis' },
      { name: 'events', system: 'mongodb' },
    ],
    pools,
    dependencies: [external],
  }),
  (id) => ({ metrics: micrometer({ job: id }), databases: [{ name: 'ledger', system: 'postgresql' }], pools }),
  (id) => ({ metrics: promClient({ job: id, cpuLimitCores: 1, memoryLimitBytes: 2 ** 29 }), dependencies: [external] }),
  (id) => ({ metrics: counterBesideHistogram([`job="${id}"`]), thresholds: fast }),
  (id) => {
    const latency = {
      name: 'http_server_request_duration_seconds',
      matchers: [`job="${id}"`],
      buckets: 'native',
    } as const;
    return { metrics: { convention: 'native', server: countedByLatency(latency, 'code=~"5.."') } };
  },
  (id) => {
    const buckets = [0.1, 0.5, 1, 2, 5];
    const latency = {
      name: 'rpc_server_duration_milliseconds',
      matchers: [`job="${id}"`],
      unit: 'ms',
      buckets,
    } as const;
    return { metrics: { convention: 'rpc', server: countedByLatency(latency, 'rpc_grpc_status_code!="0"') } };
  },
];

/** As many services as asked for, kind by kind; those that have dependencies call the one before them, too. */
export function mixedServices(count: number): readonly Service[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `service-${index}`;
    const facts = KINDS[index % KINDS.length]?.(id, `acme/${id}`);
    if (facts === undefined) throw new Error('no kinds');
    const { dependencies = [] } = facts;
    const called = dependencies.length === 0 || index === 0 ? [] : [{ service: `service-${index - 1}` }];
    return defineService({
      id,
      title: `Service ${index}`,
      team: `team-${index % 40}`,
      tier: index % 10 === 0 ? 'edge' : 'internal',
      ...facts,
      dependencies: [...dependencies, ...called],
    });
  });
}

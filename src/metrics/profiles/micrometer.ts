import type { Bound } from '../../model/metrics.ts';
import { matcher } from '../promql.ts';
import { countedByLatency } from '../requests.ts';
import { DEPENDENCY_FAILED, SERVER_FAILED } from './otel.ts';

/** Where `micrometer()` finds a service. */
export interface MicrometerFacts {
  /** The scrape job. @example 'payments' */
  readonly job: string;
}

/**
 * Spring Boot with Micrometer. Histograms are off by default there: set
 * `management.metrics.distribution.percentiles-histogram.http.server.requests=true`, the same for
 * `http.client.requests` and `jdbc.query`, and add the boundaries of `grafana.config.ts` as `slo`.
 *
 * @example micrometer({ job: 'payments' })
 */
export function micrometer({
  job,
}: MicrometerFacts): Bound<
  'server' | 'client' | 'database' | 'databasePool' | 'httpPool' | 'cpu' | 'memory' | 'runtime' | 'restarts'
> {
  const matchers = [matcher('job', '=', job)];
  const heap = [...matchers, matcher('area', '=', 'heap')];
  return {
    convention: 'micrometer',
    server: {
      ...countedByLatency({ name: 'http_server_requests_seconds', matchers }, matcher('status', '!~', SERVER_FAILED)),
      route: 'uri',
      status: 'status',
    },
    client: {
      ...countedByLatency(
        { name: 'http_client_requests_seconds', matchers },
        matcher('status', '!~', DEPENDENCY_FAILED),
      ),
      address: 'client_name',
    },
    database: {
      ...countedByLatency({ name: 'jdbc_query_seconds', matchers }, matcher('error', '!~', '|none')),
      operation: 'jdbc_operation',
    },
    databasePool: {
      pool: 'pool',
      used: { name: 'hikaricp_connections_active', matchers },
      max: { name: 'hikaricp_connections_max', matchers },
      waiting: { gauge: { name: 'hikaricp_connections_pending', matchers } },
      waitTime: { name: 'hikaricp_connections_acquire_seconds', matchers },
      useTime: { name: 'hikaricp_connections_usage_seconds', matchers },
      timeouts: { name: 'hikaricp_connections_timeout_total', matchers },
    },
    httpPool: { kind: 'littles-law' },
    cpu: { kind: 'utilisation', usage: { name: 'process_cpu_usage', matchers } },
    memory: {
      kind: 'ratio',
      usage: { name: 'jvm_memory_used_bytes', matchers: heap },
      limit: { name: 'jvm_memory_max_bytes', matchers: heap },
    },
    runtime: {
      title: 'Garbage collection',
      unit: 'ratio',
      kind: 'counter',
      series: { name: 'jvm_gc_pause_seconds_sum', matchers },
    },
    restarts: { kind: 'start-time', series: { name: 'process_start_time_seconds', matchers } },
  };
}

import type { Bound } from '../../model/metrics.ts';
import { matcher } from '../promql.ts';
import { countedByLatency } from '../requests.ts';
import { DEPENDENCY_FAILED, SERVER_FAILED } from './otel.ts';

/** Where `promClient()` finds a service, and the limits that the process itself does not know. */
export interface PromClientFacts {
  /** The scrape job. @example 'payments' */
  readonly job: string;
  /** CPU limit of one instance, in cores. @example 0.5 */
  readonly cpuLimitCores: number;
  /** Memory limit of one instance, in bytes. @example 512 * 1024 ** 2 */
  readonly memoryLimitBytes: number;
}

/**
 * Node services with prom-client and hand-made metrics under the names most of them choose.
 *
 * @example promClient({ job: 'payments', cpuLimitCores: 1, memoryLimitBytes: 512 * 1024 ** 2 })
 */
export function promClient({
  job,
  cpuLimitCores,
  memoryLimitBytes,
}: PromClientFacts): Bound<
  'server' | 'client' | 'database' | 'databasePool' | 'httpPool' | 'cpu' | 'memory' | 'runtime' | 'restarts'
> {
  const matchers = [matcher('job', '=', job)];
  return {
    convention: 'prom-client',
    server: {
      ...countedByLatency(
        { name: 'http_request_duration_seconds', matchers },
        matcher('status_code', '!~', SERVER_FAILED),
      ),
      route: 'route',
      status: 'status_code',
    },
    client: {
      ...countedByLatency(
        { name: 'http_client_request_duration_seconds', matchers },
        matcher('status_code', '!~', DEPENDENCY_FAILED),
      ),
      address: 'target',
    },
    database: {
      ...countedByLatency({ name: 'db_query_duration_seconds', matchers }, matcher('error', '!=', '')),
      operation: 'operation',
    },
    databasePool: {
      pool: 'pool',
      used: { name: 'db_pool_connections', matchers: [...matchers, matcher('state', '=', 'used')] },
      max: { name: 'db_pool_connections_max', matchers },
      waiting: { gauge: { name: 'db_pool_pending_requests', matchers } },
    },
    httpPool: { kind: 'littles-law' },
    cpu: { kind: 'process-seconds', usage: { name: 'process_cpu_seconds_total', matchers }, limitCores: cpuLimitCores },
    memory: {
      kind: 'declared',
      usage: { name: 'process_resident_memory_bytes', matchers },
      limitBytes: memoryLimitBytes,
    },
    runtime: {
      title: 'Event loop lag p99',
      unit: 'seconds',
      kind: 'gauge',
      series: { name: 'nodejs_eventloop_lag_p99_seconds', matchers },
    },
    restarts: { kind: 'start-time', series: { name: 'process_start_time_seconds', matchers } },
  };
}

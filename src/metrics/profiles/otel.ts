import type { Bound, CpuBinding, MemoryBinding } from '../../model/metrics.ts';
import { matcher } from '../promql.ts';
import { countedByLatency } from '../requests.ts';

/** What is known of a container's limits. */
export interface ContainerLimits {
  /**
   * `none` says that it has none on purpose: its use is shown, and nothing is held against a limit. Numbers take the
   * place of those that nothing reports, of one container. Default: Kubernetes' own, whose absence warns.
   *
   * @example { cores: 0.5, bytes: 512 * 1024 ** 2 }
   */
  readonly limits?: 'none' | { readonly cores: number; readonly bytes: number };
}

/** Kubernetes' view of a service's containers, from cAdvisor and kube-state-metrics. */
export interface ContainerFacts extends ContainerLimits {
  /** Default: `acme`, the part of the job before the slash, where it has one. */
  readonly namespace: string;
  readonly container: string;
}

/** Where `otel()` finds a service. */
export interface OtelFacts extends ContainerLimits {
  /** `<service.namespace>/<service.name>`, as OpenTelemetry's exporters write it. @example 'acme/payments' */
  readonly job: string;
  /** The container's name in its pods. Default: the part of the job after the slash. */
  readonly container?: string;
  /** The pods' namespace. Default: the part of the job before the slash. */
  readonly namespace?: string;
}

/**
 * Failures of a dependency: 5xx, 408 and 429, and requests without a status, which are timeouts. A filter that
 * demands a status sees a dependency that only times out four minutes later.
 */
export const DEPENDENCY_FAILED = '[1-3]..|40[0-79]|4[13-9].|42[0-8]';
/** Failures of a service: all that is no 1xx to 4xx. `error_type` is almost never set by older agents. */
export const SERVER_FAILED = '[1-4]..';

/** CPU and memory of the containers, over their limits. */
export function containerResources({ namespace, container, limits }: ContainerFacts): {
  cpu: CpuBinding;
  memory: MemoryBinding;
} {
  const matchers = [matcher('namespace', '=', namespace), matcher('container', '=', container)];
  const limit = (resource: string) => ({
    name: 'kube_pod_container_resource_limits',
    matchers: [...matchers, matcher('resource', '=', resource)],
  });
  return {
    cpu: {
      kind: 'container',
      usage: { name: 'container_cpu_usage_seconds_total', matchers },
      limit: limits === 'none' ? limits : (limits?.cores ?? limit('cpu')),
      throttled: {
        periods: { name: 'container_cpu_cfs_throttled_periods_total', matchers },
        total: { name: 'container_cpu_cfs_periods_total', matchers },
      },
    },
    memory: {
      kind: 'container',
      usage: { name: 'container_memory_working_set_bytes', matchers },
      limit: limits === 'none' ? limits : (limits?.bytes ?? limit('memory')),
    },
  };
}

/**
 * The default profile: OpenTelemetry's semantic conventions under their Prometheus names.
 *
 * @example otel({ job: 'acme/payments' })
 * @example { ...otel({ job: 'acme/payments' }), httpPool: { kind: 'littles-law' } } // no connection gauge
 */
export function otel({
  job,
  ...facts
}: OtelFacts): Bound<
  'server' | 'client' | 'database' | 'databasePool' | 'httpPool' | 'cpu' | 'memory' | 'runtime' | 'restarts' | 'version'
> {
  const [namespace, name] = job.includes('/')
    ? [job.slice(0, job.indexOf('/')), job.slice(job.indexOf('/') + 1)]
    : ['default', job];
  const matchers = [matcher('job', '=', job)];
  const containers = {
    namespace: facts.namespace ?? namespace,
    container: facts.container ?? name,
    ...(facts.limits === undefined ? {} : { limits: facts.limits }),
  };
  const pod = [matcher('namespace', '=', containers.namespace), matcher('container', '=', containers.container)];
  return {
    convention: 'otel',
    server: {
      ...countedByLatency(
        { name: 'http_server_request_duration_seconds', matchers },
        matcher('http_response_status_code', '!~', SERVER_FAILED),
      ),
      route: 'http_route',
      status: 'http_response_status_code',
    },
    client: {
      ...countedByLatency(
        { name: 'http_client_request_duration_seconds', matchers },
        matcher('http_response_status_code', '!~', DEPENDENCY_FAILED),
      ),
      address: 'server_address',
    },
    database: {
      ...countedByLatency({ name: 'db_client_operation_duration_seconds', matchers }, matcher('error_type', '!=', '')),
      operation: 'db_query_summary',
      system: 'db_system_name',
      namespace: 'db_namespace',
    },
    databasePool: {
      pool: 'db_client_connection_pool_name',
      used: {
        name: 'db_client_connection_count',
        matchers: [...matchers, matcher('db_client_connection_state', '=', 'used')],
      },
      max: { name: 'db_client_connection_max', matchers },
      waiting: { gauge: { name: 'db_client_connection_pending_requests', matchers } },
      waitTime: { name: 'db_client_connection_wait_time_seconds', matchers },
      useTime: { name: 'db_client_connection_use_time_seconds', matchers },
      timeouts: { name: 'db_client_connection_timeouts_total', matchers },
    },
    httpPool: {
      kind: 'gauge',
      used: {
        name: 'http_client_open_connections',
        matchers: [...matchers, matcher('http_connection_state', '=', 'active')],
      },
      address: 'server_address',
    },
    ...containerResources(containers),
    runtime: {
      title: 'Event loop delay p99',
      unit: 'seconds',
      kind: 'gauge',
      series: { name: 'nodejs_eventloop_delay_p99_seconds', matchers },
    },
    restarts: { kind: 'counter', series: { name: 'kube_pod_container_status_restarts_total', matchers: pod } },
    version: { series: { name: 'target_info', matchers }, label: 'service_version' },
  };
}

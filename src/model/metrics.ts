/**
 * How a family of a service's signals is found in Prometheus. Bindings are plain data: PromQL is made of them in
 * `src/metrics`, and each can be replaced on its own where a service differs from its profile.
 *
 * A matcher is one PromQL label matcher as text, such as `job="acme/payments"`.
 */
export type Matcher = string;

/** A classic latency histogram in seconds: `<name>_bucket`, `<name>_count`, `<name>_sum`. */
export interface HistogramBinding {
  /** Base name without suffix. @example 'http_server_request_duration_seconds' */
  readonly name: string;
  /** Select the service's own series, and nothing else. */
  readonly matchers: readonly Matcher[];
}

/** Requests that the service answers. */
export interface ServerBinding extends HistogramBinding {
  /** Matches the series of failed requests: 5xx and requests without a status. */
  readonly failed: Matcher;
  /** Label of the route. @example 'http_route' */
  readonly route: string;
  /** Label of the response status. @example 'http_response_status_code' */
  readonly status: string;
}

/** Requests that the service makes to its dependencies. */
export interface ClientBinding extends HistogramBinding {
  /** Matches failures of the dependency: 5xx, 408, 429, and no status at all, which is a timeout. */
  readonly failed: Matcher;
  /** Label that tells the dependency. @example 'server_address' */
  readonly address: string;
}

/** Queries that the service sends to its databases. */
export interface DatabaseBinding extends HistogramBinding {
  /** Matches failed queries. */
  readonly failed: Matcher;
  /** Label that tells queries apart. @example 'db_query_summary' */
  readonly operation: string;
}

/** A gauge or counter with what selects the service's series of it. */
export interface SeriesBinding {
  readonly name: string;
  readonly matchers: readonly Matcher[];
}

/** The connection pools of a service's databases, as the agent reports them. */
export interface DatabasePoolBinding {
  /** Label with the pool's name. @example 'db_client_connection_pool_name' */
  readonly pool: string;
  /** Gauge: connections in use. */
  readonly used: SeriesBinding;
  /** Gauge: the pool's size. Where agents lack it, the maximum declared in the facts takes its place. */
  readonly max?: SeriesBinding;
  /** Gauge: requests that wait for a connection. */
  readonly waiting?: SeriesBinding;
  /** Histogram in seconds: how long requests waited. */
  readonly waitTime?: HistogramBinding;
  /** Histogram in seconds: how long connections were held; the rate of its sum is the connections in use. */
  readonly useTime?: HistogramBinding;
  /** Counter: requests that gave up waiting. */
  readonly timeouts?: SeriesBinding;
}

/** Outbound HTTP connections: a gauge where the agent has one, else Little's law over the client's durations. */
export type HttpPoolBinding =
  | { readonly kind: 'gauge'; readonly used: SeriesBinding; readonly address: string }
  | { readonly kind: 'littles-law' };

/** What CPU use is measured against. */
export type CpuBinding =
  | {
      readonly kind: 'container';
      readonly usage: SeriesBinding;
      readonly limit: SeriesBinding;
      readonly throttled?: { readonly periods: SeriesBinding; readonly total: SeriesBinding };
    }
  | { readonly kind: 'process-seconds'; readonly usage: SeriesBinding; readonly limitCores: number }
  | { readonly kind: 'utilisation'; readonly usage: SeriesBinding };

/** What memory use is measured against. */
export type MemoryBinding =
  | { readonly kind: 'container'; readonly usage: SeriesBinding; readonly limit: SeriesBinding }
  | { readonly kind: 'ratio'; readonly usage: SeriesBinding; readonly limit: SeriesBinding }
  | { readonly kind: 'declared'; readonly usage: SeriesBinding; readonly limitBytes: number };

/** One number that tells how the runtime feels: event loop delay, or time spent in garbage collection. */
export interface RuntimeBinding {
  readonly title: string;
  readonly unit: 'seconds' | 'ratio';
  /** `gauge` is shown as it is; `counter` as its rate. */
  readonly kind: 'gauge' | 'counter';
  readonly series: SeriesBinding;
}

/**
 * Where each family of a service's signals is found. Families are independent: a service may take its server
 * metrics from one agent and its pool metrics from another.
 *
 * @example metrics: { ...otel({ job: 'acme/payments' }), databasePool: micrometer({ job: 'payments' }).databasePool }
 */
export interface MetricProfile {
  /** Which convention it follows, for people: `otel`, `micrometer`, `prom-client`. */
  readonly convention: string;
  readonly server: ServerBinding;
  readonly client: ClientBinding;
  readonly database: DatabaseBinding;
  readonly databasePool: DatabasePoolBinding;
  readonly httpPool: HttpPoolBinding;
  readonly cpu: CpuBinding;
  readonly memory: MemoryBinding;
  readonly runtime?: RuntimeBinding;
  /** Restarts of the service's instances; a counter, or a start time whose changes count. */
  readonly restarts?: { readonly kind: 'counter' | 'start-time'; readonly series: SeriesBinding };
  /** `target_info`-like series with the running version as a label: deployments without annotations show by it. */
  readonly version?: { readonly series: SeriesBinding; readonly label: string };
}

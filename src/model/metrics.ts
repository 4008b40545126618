/**
 * How a family of a service's signals is found in Prometheus. Bindings are plain data: PromQL is made of them in
 * `src/metrics`, and each can be replaced on its own where a service differs from its profile.
 *
 * A matcher is one PromQL label matcher as text, such as `job="acme/payments"`.
 */
export type Matcher = string;

/** A latency histogram: classic (`<name>_bucket`, `<name>_count`, `<name>_sum`) or native. */
export interface HistogramBinding {
  /** Base name without suffix. @example 'http_server_request_duration_seconds' */
  readonly name: string;
  /** Select the service's own series, and nothing else. */
  readonly matchers: readonly Matcher[];
  /** Labels of the project's dimensions and matchers that these series do not have. Default: they have all. */
  readonly lacks?: readonly string[];
  /** What it is recorded in. Limits and panels are in seconds all the same. Default: `s`. */
  readonly unit?: 's' | 'ms';
  /**
   * Upper boundaries of its buckets, in seconds; `native` for a native histogram, which has none to state. Default:
   * the project's `histogramBoundaries`.
   */
  readonly buckets?: readonly number[] | 'native';
}

/** What counts: a counter, or the observations of the binding's own latency histogram. */
export type RequestCount = { readonly counter: SeriesBinding } | { readonly countOf: 'latency' };

/** Which of the counted ones failed: those of a matcher, or what a counter of its own counts. */
export type FailureCount = { readonly where: Matcher } | { readonly counter: SeriesBinding };

/** Requests, their failures and their latency, each bound on its own: exporters keep them in different metrics. */
export interface RequestBinding {
  readonly requests: RequestCount;
  /** Default: they are not told apart, and there is no error rate. */
  readonly failures?: FailureCount;
  /** Default: it is not recorded, and there is no latency. */
  readonly latency?: HistogramBinding;
}

/** Requests that the service answers. Failed are 5xx and requests without a status. */
export interface ServerBinding extends RequestBinding {
  /** Label of the route. Default: none; panels by route are left out. @example 'http_route' */
  readonly route?: string;
  /** Label of the response status. Default: none. @example 'http_response_status_code' */
  readonly status?: string;
}

/** Requests that the service makes. Failures are the dependency's: 5xx, 408, 429, and no status, which is a timeout. */
export interface ClientBinding extends RequestBinding {
  /** Label that tells the dependency. @example 'server_address' */
  readonly address: string;
}

/** Queries that the service sends to its databases. */
export interface DatabaseBinding extends RequestBinding {
  /** Label that tells queries apart. Default: none. @example 'db_query_summary' */
  readonly operation?: string;
  /** Label that tells systems apart, by the `system` of the service's databases. @example 'db_system_name' */
  readonly system?: string;
  /** Label that tells databases of one system apart, by their names. @example 'db_namespace' */
  readonly namespace?: string;
}

/** A gauge or counter with what selects the service's series of it. */
export interface SeriesBinding {
  readonly name: string;
  readonly matchers: readonly Matcher[];
  /** Labels of the project's dimensions and matchers that these series do not have. Default: they have all. */
  readonly lacks?: readonly string[];
}

/** The connection pools of a service's databases, as the agent reports them. */
export interface DatabasePoolBinding {
  /** Label with the pool's name. @example 'db_client_connection_pool_name' */
  readonly pool: string;
  /** Gauge: connections in use. */
  readonly used: SeriesBinding;
  /** Gauge: the pool's size. Where agents lack it, or say "unlimited", the maximum of the facts takes its place. */
  readonly max?: SeriesBinding;
  /**
   * Requests that wait for a connection: a gauge of them, or a counter of the seconds that all of them have waited, whose
   * rate is as many as wait at once (Little's law). A counter of those that had to wait says nothing of how long.
   *
   * @example { seconds: { name: 'go_sql_wait_duration_seconds_total', matchers } }
   */
  readonly waiting?: { readonly gauge: SeriesBinding } | { readonly seconds: SeriesBinding };
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
      /** Its series, or cores where nothing reports them; `none` for a container that has no limit on purpose. */
      readonly limit: SeriesBinding | number | 'none';
      readonly throttled?: { readonly periods: SeriesBinding; readonly total: SeriesBinding };
    }
  | { readonly kind: 'process-seconds'; readonly usage: SeriesBinding; readonly limitCores: number }
  | { readonly kind: 'utilisation'; readonly usage: SeriesBinding };

/** What memory use is measured against. */
export type MemoryBinding =
  | {
      readonly kind: 'container';
      readonly usage: SeriesBinding;
      /** Its series, or bytes where nothing reports them; `none` for a container that has no limit on purpose. */
      readonly limit: SeriesBinding | number | 'none';
    }
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
  /** Default: it answers no requests. */
  readonly server?: ServerBinding;
  /** Default: its calls are not recorded. */
  readonly client?: ClientBinding;
  /** Default: its queries are not recorded. */
  readonly database?: DatabaseBinding;
  /** Bindings of single databases, by their names, where they differ from `database`. Default: none do. */
  readonly databases?: Readonly<Record<string, DatabaseBinding>>;
  readonly databasePool?: DatabasePoolBinding;
  /** Bindings of single database pools, by their names, where they differ from `databasePool`. Default: none do. */
  readonly databasePools?: Readonly<Record<string, DatabasePoolBinding>>;
  readonly httpPool?: HttpPoolBinding;
  readonly cpu?: CpuBinding;
  readonly memory?: MemoryBinding;
  readonly runtime?: RuntimeBinding;
  /** Restarts of the service's instances; a counter, or a start time whose changes count. */
  readonly restarts?: { readonly kind: 'counter' | 'start-time'; readonly series: SeriesBinding };
  /** `target_info`-like series with the running version as a label: deployments without annotations show by it. */
  readonly version?: { readonly series: SeriesBinding; readonly label: string };
}

/** A profile that is sure to bind some families, so that each can be mixed with those of another one. */
export type Bound<F extends keyof MetricProfile> = MetricProfile & Required<Pick<MetricProfile, F>>;

/** The alerts that the engine offers, by name: the earliest sign first. A project lists those it wants in `alerts/`. */
import { defineAlert } from '../build/index.ts';

/** Ours: the earliest sign of the incident, 41 minutes before its page. */
export const latencyRegression = defineAlert({
  alert: 'ServiceLatencyRegression',
  slug: 'regression',
  signal: 'latency-regression',
  severity: 'warning',
  summary: 'p95 latency is {{value}} what it was',
  description:
    'Slower than in the last hours, not yet slow for users. If a deployment came before it, look at its queries now.',
});

/** Ours: two signs together were certain in every shape of the incident, before its first error. */
export const degradationConfirmed = defineAlert({
  alert: 'ServiceDegradationConfirmed',
  slug: 'degraded',
  signal: 'degradation',
  severity: 'critical',
  summary: '{{value}} of latency, pool and queries are bad at once',
  description:
    'The service is degrading, and errors will follow. Roll back the last deployment of it, or of what it calls.',
});

/** Incident review, alert 1: page on-call at once. */
export const errorRateHigh = defineAlert({
  alert: 'ServiceErrorRateHigh',
  slug: 'errors',
  signal: 'error-ratio',
  severity: 'critical',
  summary: '{{value}} of requests fail',
  description: 'Users see errors now. If a deployment came before it, roll it back first and look for the cause then.',
});

/** Incident review, alert 2. Pages at the edge, where users wait; inside it warns, because degradation pages there. */
export const latencyHigh = defineAlert({
  alert: 'ServiceLatencyP95High',
  slug: 'latency',
  signal: 'latency-p95',
  severity: ({ tier }) => (tier === 'edge' ? 'critical' : 'warning'),
  summary: 'p95 latency is {{value}}',
  description:
    'One request in twenty takes longer than this. Look at queries and pools of the services behind before scaling anything.',
});

/** Incident review, alert 3: time to react before exhaustion. */
export const poolSaturated = defineAlert({
  alert: 'ServicePoolSaturated',
  slug: 'pool',
  signal: 'pool-utilisation',
  severity: 'warning',
  summary: 'pool {{label:pool}} is {{value}} full',
  description:
    'At 100 % requests queue, then fail. Find what holds the connections: slow queries, or a dependency that answers late.',
});

/** Incident review, alert 3, the last chance: requests already queue for a connection. */
export const poolWaiting = defineAlert({
  alert: 'ServicePoolWaiting',
  slug: 'pool-wait',
  signal: 'pool-waiting',
  severity: 'critical',
  summary: '{{value}} requests wait for a database connection',
  description: 'The pool is exhausted; errors are minutes away. Roll back the last deployment or shed load now.',
});

/** Incident review, alert 4: something is wrong with the database layer. */
export const queryTimeHigh = defineAlert({
  alert: 'ServiceQueryP95High',
  slug: 'query',
  signal: 'query-p95',
  severity: 'warning',
  summary: 'p95 query time is {{value}}',
  description:
    'Slow queries hold connections and fill the pool. Find the operation that got slower, and the deployment that made it so.',
});

/** Incident review, alert 5: visibility when what we call starts failing. */
export const dependencyErrorsHigh = defineAlert({
  alert: 'ServiceDependencyErrorsHigh',
  slug: 'dependency',
  signal: 'dependency-error-ratio',
  severity: 'warning',
  summary: '{{value}} of calls to {{label:dependency}} fail',
  description:
    'A dependency fails or times out. If it is ours, go on with its own dashboard; if not, with its status page, and think of turning the feature off.',
});

/** Ours: one bad instance among many disappears in the average. */
export const instanceErrorsHigh = defineAlert({
  alert: 'ServiceInstanceErrorsHigh',
  slug: 'instance',
  signal: 'instance-error-ratio',
  severity: 'warning',
  summary: '{{value}} of the requests to one instance fail',
  description:
    'One instance is bad while the others may be well. Take it out or restart it; compare its version and node with the others.',
});

/** Ours: a hang looks idle, with no errors and no latency. */
export const trafficDropped = defineAlert({
  alert: 'ServiceTrafficDropped',
  slug: 'traffic',
  signal: 'traffic-ratio',
  severity: ({ tier }) => (tier === 'edge' ? 'critical' : 'warning'),
  summary: 'traffic is {{value}} of the last hours',
  description:
    'Users do not get through. Look at what stands before this service: load balancer, DNS, certificates, the caller.',
});

/** Ours: without telemetry the other alerts keep their last state and say nothing new. */
export const telemetryAbsent = defineAlert({
  alert: 'ServiceTelemetryAbsent',
  slug: 'telemetry',
  signal: 'telemetry-absent',
  severity: ({ tier }) => (tier === 'edge' ? 'critical' : 'warning'),
  summary: 'metrics of the family {{label:family}} are missing',
  description:
    'Alerts and panels of this family are blind. Is the service up? Does Prometheus scrape it? Did a deployment rename its metrics?',
});

/** Ours: use over a limit that nobody has set is nothing, so that the alerts on it never fire. Never pages. */
export const limitAbsent = defineAlert({
  alert: 'ServiceLimitAbsent',
  slug: 'limit',
  signal: 'limit-absent',
  severity: 'warning',
  summary: 'the {{label:family}} is missing',
  description:
    'Without it nothing says how near the service is to its end, and its alert cannot fire. Set the limit, or say in the facts that there is none.',
});

/** Incident review, alert 6. Never pages: it would not have helped in the incident, and busy is not broken. */
export const cpuHigh = defineAlert({
  alert: 'ServiceCpuHigh',
  slug: 'cpu',
  signal: 'cpu-utilisation',
  severity: 'warning',
  summary: 'CPU is at {{value}} of its limit',
  description:
    'The busiest instance is close to its limit. More traffic: scale out. The same traffic: profile the last deployment.',
});

/** Incident review, alert 6. Never pages. */
export const memoryHigh = defineAlert({
  alert: 'ServiceMemoryHigh',
  slug: 'memory',
  signal: 'memory-utilisation',
  severity: 'warning',
  summary: 'memory is at {{value}} of its limit',
  description:
    'At the limit the instance is killed and its requests fail. A steady climb is a leak: restart one instance at a time, then find it.',
});

/**
 * Ours: a rule keeps its last state while its query fails, so one whose query fails for good is silent for ever. This
 * one asks all queries of a service at once and fires where any of them fails. A warning, in one notification for all
 * services: when Prometheus itself is down every one of these fires, and DataSourceUnreachable is the page.
 */
export const alertQueryFailing = defineAlert({
  alert: 'ServiceAlertQueryFailing',
  slug: 'queries',
  signal: 'alert-queries',
  severity: 'warning',
  summary: 'a query of its alerts fails, so that it cannot fire',
  description:
    'At least one alert of this service is blind. The annotation Error says why: two series where one is expected, a limit of the server, a time-out. If DataSourceUnreachable fires too, start there.',
  absence: {
    noData: 'Alerting',
    error: 'Alerting',
    because: 'The failing query is what this rule is about; it always has a value, so that none is a failure too.',
  },
});

/** Ours, once for the project: says that Prometheus is down, so that no other alert has to. */
export const dataSourceUnreachable = defineAlert({
  alert: 'DataSourceUnreachable',
  slug: 'data-source',
  signal: 'data-source-reachable',
  severity: 'critical',
  summary: 'Prometheus does not answer Grafana',
  description: 'No alert can fire until it does. Check Prometheus itself, then the data source in Grafana.',
  absence: {
    noData: 'Alerting',
    error: 'Alerting',
    because: 'The failing query is what this rule is about; all others keep their last state meanwhile.',
  },
});

/** Ours: always firing, so that silence at the heartbeat's receiver means alerting itself is down. */
export const alertingWatchdog = defineAlert({
  alert: 'AlertingWatchdog',
  slug: 'watchdog',
  signal: 'watchdog',
  severity: 'none',
  summary: 'alerting works',
  description:
    'Fires always. If its receiver stops hearing it, Grafana, its alerting or the way out is down: nobody would be paged.',
});

import { bindingsOf } from '../../metrics/bindings.ts';
import { watchedFamilies } from '../../metrics/families.ts';
import { micrometer } from '../../metrics/profiles/micrometer.ts';
import { otel } from '../../metrics/profiles/otel.ts';
import { promClient } from '../../metrics/profiles/prom-client.ts';
import { select } from '../../metrics/promql.ts';
import { bindingOf, requestsOf } from '../../metrics/requests.ts';
import type { RunbookText } from '../../model/runbook.ts';
import type { Service } from '../../model/service.ts';
import { type About, deployment, edgeOf, kubectl, queriesAreFor, rollback } from './about.ts';
import { boundary, isOtel, jobOf, lastSeen, missingFamilies } from './queries.ts';
import { code, finished, list, promql, say, someOf, step, text } from './write.ts';

/** Without metrics the other alerts are blind. */
export function telemetry(about: About): RunbookText {
  const { service, terms, panel, page, catalog } = about;
  const job = service && jobOf(service);
  const several = catalog.services.length > 1;
  const limit = service && boundary(service.metrics.server?.latency, service.thresholds.latencyP95.above.value);
  return finished({
    opening: 'Metrics of this service are missing, so the alerts and panels that need them are blind.',
    meaning: [
      text(
        `A whole family of series has not been seen for some minutes. The label ${code('family')} says which: ${FAMILIES}.`,
        'Query, pools and dependency count only while the service has requests.',
        `If ${code('server')} is missing, treat it first: without it those families are not judged any more.`,
        'Without data the other alerts keep their last state: what fired goes on firing, what was silent stays silent.',
      ),
    ],
    impact: [
      text(
        'None for users by itself.',
        `But either the service is down, or you will not see when it is: without ${code('server')} there is no error rate, latency or traffic; without ${code('query')} and the pools none of the early signs of a slow decline.`,
      ),
    ],
    diagnosis: {
      before: [text(queriesAreFor(about))],
      steps: [
        step(
          'up',
          'Is the service up?',
          text(
            `${kubectl(about, 'get pods')}. Not running, or restarting: treat it as an outage.`,
            say`${page('traffic-ratio')} says how.`,
          ),
        ),
        step(
          'families',
          'Which families are missing?',
          text(
            say`${panel('signs-of-degradation')} counts them in its line of missing telemetry.`,
            service === undefined ? undefined : 'Each result of this is one that is gone:',
          ),
          promql(service && missingFamilies(service, terms)),
          text(
            say`Other services also have: ${service && furtherFamilies(service, about)}.`,
            service?.metrics.cpu?.kind === 'container'
              ? `Only ${code('cpu')} and ${code('memory')}: cAdvisor, not the service. Look at all containers of the namespace, not at this one.`
              : undefined,
            several
              ? 'All families of several services: Prometheus or the collector. Go on with {step:reached}.'
              : undefined,
          ),
        ),
        step(
          'reached',
          'Does Prometheus reach it?',
          promql(job && select('up', [job])),
          list(
            `0: it is scraped in vain. Network policy, port, path, or the service does not answer ${code('/metrics')}.`,
            ['1: scraped well, so the family is renamed or was never recorded.', 'Go to {step:renamed}.'],
            [
              'nothing: no target of that name, or metrics are pushed by OTLP and have no such series. Then look at the collector.',
              service !== undefined && isOtel('server', service)
                ? `${code('job')} is ${code('service.namespace/service.name')}; is the service there under another one?`
                : 'Is the service there under another name?',
            ],
          ),
          promql(`count by (job)({__name__=~"${NAMES.join('|')}"})`),
        ),
        step(
          'renamed',
          'Renamed, or without buckets?',
          job === undefined ? undefined : text('Everything the service still sends, by name:'),
          promql(job && `count by (__name__)({${job}})`),
          service &&
            list(
              `names of another convention than ${code(nameOf(service))}: a deployment changed the agent. Roll back, or change ${code('metrics')} in ${code(service.source)}.`,
              [
                `${code('..._count')} but no ${code('..._bucket')}: no percentile can be made.`,
                WITHOUT_BUCKETS[service.metrics.convention] ?? 'The agent is configured to record no histogram.',
              ],
            ),
          service &&
            text('How many seconds ago it was last seen; a deployment annotation at that moment names the cause:'),
          promql(service && lastSeen(service)),
        ),
        step(
          'boundaries',
          'Are the right boundaries there?',
          limit === undefined
            ? undefined
            : text(
                "This alert does not see them, but a wrong p95 begins here. The server's histogram needs a boundary at the limit of p95, as the project's histogramBoundaries have it:",
              ),
          promql(limit),
          limit === undefined || service === undefined
            ? undefined
            : text(
                'Nothing: the agent has boundaries of its own, and a p95 between two of them is only guessed.',
                isOtel('server', service) ? "OpenTelemetry's defaults go from 1 straight to 2.5." : undefined,
              ),
        ),
      ],
      after: [text('**What it is not:** a single lost scrape, or a rollout. Both are bridged.')],
    },
    mitigation: [
      `**Roll back** if it began with a deployment: a service that cannot be watched should not stay. ${rollback(about)}`,
      `The collector or the agent hangs: restart the collector, then the service, ${kubectl(about, `rollout restart ${deployment(about)}`)}.`,
      `The new names are intended: change ${code('metrics')} in the service's file, then ${code('npm run validate')} and ${code('npm run sync')}.`,
      `Until it is back, watch by hand what users feel: the dashboard of ${edgeOf(about)} if that is alive, else its logs.`,
      `Escalate to the team in the alert's ${code('team')} label; if several services are blind, to whoever runs Prometheus.`,
    ],
  });
}

/** The metric that a service is known by. */
function nameOf(service: Service): string {
  const [first] = bindingsOf(service.metrics);
  return first?.name ?? service.metrics.convention;
}

/** Families that only others of the services with the alert have, with the metric that each is known by. */
function furtherFamilies(service: Service, { services }: About): string | undefined {
  const own = new Set(watchedFamilies(service).map(({ family }) => family));
  const further = new Map<string, string>();
  for (const { family, metric } of services.flatMap(watchedFamilies)) {
    if (!own.has(family) && !further.has(family)) further.set(family, `${code(family)} (${code(metric)})`);
  }
  return someOf(...further.values());
}

const FAMILIES = ['server', 'query', 'database pool', 'http pool', 'dependency', 'cpu', 'memory'].map(code).join(', ');

/** Under which the requests of a service are found, whatever agent it has. */
const NAMES = [
  otel({ job: '' }),
  micrometer({ job: '' }),
  promClient({ job: '', cpuLimitCores: 1, memoryLimitBytes: 1 }),
].flatMap(({ server }) => (server === undefined ? [] : [`${bindingOf(requestsOf(server)).name}_count`]));

const WITHOUT_BUCKETS: Readonly<Record<string, string>> = {
  micrometer: `Micrometer's default; it wants ${code('management.metrics.distribution.percentiles-histogram.http.server.requests=true')}.`,
  otel: 'With OpenTelemetry it is a view that drops the buckets or makes them exponential.',
};

import { databasesOf } from '../../metrics/databases.ts';
import { quantile } from '../../metrics/histogram.ts';
import { identityOf } from '../../metrics/identity.ts';
import { limitedPools, poolUtilisation } from '../../metrics/pools.ts';
import type { HistogramBinding } from '../../model/metrics.ts';
import type { RunbookText } from '../../model/runbook.ts';
import {
  type About,
  deployment,
  edgeOf,
  hasPool,
  innermostFirst,
  kubectl,
  queriesAreFor,
  rollback,
  someService,
  titleOf,
} from './about.ts';
import { outboundBy } from './pool-queries.ts';
import { code, finished, list, listed, promql, say, step, text } from './write.ts';

/** Several early signs at once: the page before the first error. */
export function degradation(about: About): RunbookText {
  const { service, terms, panel, page, overview, catalog } = about;
  // As recent as the alert looks.
  const window = terms.window('2m');
  const latest = (histogram: HistogramBinding | undefined) =>
    histogram && quantile(histogram, 0.95, { window, keep: identityOf(terms, histogram) });
  const several = catalog.services.length > 1;
  const databases = service !== undefined && databasesOf(service).length > 0;
  const pools = service !== undefined && limitedPools(service).length > 0;
  const outbound = someService(about, (one) => hasPool(one, 'http'));
  const shown = ['latency', ...(databases ? ['queries'] : []), ...(pools ? ['pool'] : [])];
  return finished({
    opening: 'Several early signs of trouble hold at once: this service is degrading, and errors will follow.',
    meaning: [
      text(
        'The alert counts signs: latency (p95 high, or far above its baseline), pool (the fullest one is above its line) and queries (p95 above its line).',
        'One alone can be noise, and has a warning of its own. As many as its limit says, at the same time, were certain in every shape of a slow decline that was replayed.',
        'A service without a database has no sign of queries, one without pools none of pools.',
      ),
    ],
    impact: [
      text(
        'Users wait longer than usual; few see errors yet.',
        'The usual order is: slow queries, full pools, requests in a queue, 503 on this service, time-outs on its callers.',
        'You are near the beginning, and a rollback now costs users nothing.',
      ),
    ],
    diagnosis: {
      before: [text('Give this five minutes at most.', queriesAreFor(about))],
      steps: [
        step(
          'first',
          'Which service first?',
          several
            ? text(
                say`On the overview ${service && overview(`${service.id}-degradation`)}, and the like in each service's row.`,
                say`Several red: begin with the innermost, ${innermostFirst(about)}. The outer ones are victims.`,
              )
            : undefined,
        ),
        step(
          'deployment',
          'A deployment?',
          text(
            say`${panel('signs-of-degradation')} of that service's dashboard.`,
            'A deployment annotation before the line rose: go to Mitigation now, the cause can wait.',
          ),
        ),
        step(
          'signs',
          'Which signs?',
          text(`${capital(listed(shown))}, one query each:`),
          promql(latest(service?.metrics.server?.latency)),
          promql(databases ? latest(service.metrics.database?.latency) : undefined),
          promql(pools ? poolUtilisation(terms, service, { window, perInstance: false }) : undefined),
          list(
            databases ? say`queries slow, pool filling: a slow query. ${page('query-p95')}.` : undefined,
            databases && pools
              ? say`pool filling, queries fast: connections are held without a query, by a slow call inside a transaction or by a leak. ${page('pool-utilisation')}, "Held without a query?".`
              : undefined,
            databases
              ? 'latency and queries, pool calm: few requests are hit. Look for the one route and the one operation.'
              : 'latency and pool: what the service calls answers late, and holds its connections.',
          ),
        ),
        step(
          'outbound',
          'Is it an outbound pool?',
          text(say`Which dependency holds the connections of ${outbound && titleOf(outbound)}?`),
          promql(outbound && outboundBy(outbound, terms, false)),
          outbound === undefined
            ? undefined
            : text('Open the dashboard of the service that it names, and begin there with {step:deployment}.'),
        ),
        step('left', 'How long until errors?', text(say`${panel('pool-waiting')} above zero: minutes.`)),
      ],
      after: [
        text(
          '**What it is not:** traffic alone. A rush that is served well moves neither p95 nor queries.',
          say`A rush that is not served well is real: look at ${panel('traffic')}, and shed load.`,
        ),
      ],
    },
    mitigation: [
      `**Roll back** the last deployment of this service, or of the one behind that degraded first. ${rollback(about)} Then ${kubectl(about, `rollout status ${deployment(about)}`)}. A rollback does not undo a database migration.`,
      'Nothing was deployed: stop what is optional and heavy, such as exports, batch jobs, reports.',
      databases ? say`A runaway query in the database: cancel it, as ${page('query-p95')} shows.` : undefined,
      `Pools near full and still climbing: shed load at ${edgeOf(about)}, so that some requests succeed rather than none.`,
      say`Do not make the pool bigger: ${page('pool-utilisation')} says why.`,
      `No fall within ten minutes: escalate to the team in the alert's ${code('team')} label, for a database also to whoever runs it, and open an incident.`,
    ],
  });
}

function capital(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

import type { RunbookText } from '../../model/runbook.ts';
import {
  type About,
  deployment,
  edgeOf,
  hasPool,
  kubectl,
  postgresOf,
  queriesAreFor,
  rollback,
  someService,
  titleOf,
} from './about.ts';
import { heldBy, heldWithoutQuery, outboundBy } from './pool-queries.ts';
import { meanAgainstBefore, rateAgainstBefore } from './queries.ts';
import { code, finished, promql, say, someOf, sql, step, text } from './write.ts';

/** A pool is nearly full. */
export function poolSaturated(about: About): RunbookText {
  const { service, terms, panel, page } = about;
  const window = terms.window('5m');
  const database = service !== undefined && hasPool(service, 'database') ? service : undefined;
  const held = database && heldBy(database);
  const outbound = someService(about, (one) => hasPool(one, 'http'));
  const postgres = postgresOf(about);
  return finished({
    opening: 'A connection pool of this service is nearly full; when it is full, requests queue and then fail.',
    meaning: [
      text(
        "In the worst instance, connections in use over the pool's maximum have reached the line in the panel.",
        `The label ${code('pool')} names the pool: a database pool by its name, an outbound HTTP pool by the address it calls.`,
        'An average over instances would hide the one that is full, so the worst one counts.',
      ),
    ],
    impact: [
      text(
        'None for users yet. When it is full each further request waits for a connection, then gives up with a 503.',
        say`${page('pool-waiting')} says when that begins.`,
        'Callers hold their own connections meanwhile, so their pools fill next.',
      ),
    ],
    diagnosis: {
      before: [
        text(
          "**Little's law** explains every full pool: connections needed = requests a second × seconds each one holds a connection. 40 a second × 50 ms need 2; 40 a second × 3 s need 120.",
          'A pool fills because more work arrives or, far more often, because each piece of work takes longer.',
          '**A bigger pool does not fix a slow query:** it lets more slow queries run at once, the database gets slower for everybody, and each one holds its connection longer still.',
        ),
        text(queriesAreFor(about)),
      ],
      steps: [
        step(
          'instances',
          'One instance or all?',
          text(
            say`${panel('pool-utilisation')}.`,
            database === undefined ? 'One: restart it.' : 'One: look at {step:held}, restart it.',
            'All: go on.',
          ),
        ),
        step(
          'work',
          'More work or slower work?',
          held === undefined
            ? undefined
            : text(
                say`${panel('pool-demand')} shows the product.`,
                'Its two factors, first how often a connection is taken per second, then how long it is held, both against an hour ago:',
              ),
          promql(held && rateAgainstBefore({ in: { histogram: held } }, window)),
          promql(held && meanAgainstBefore(held, window)),
          held === undefined
            ? undefined
            : text(
                'First above 1: more traffic, or more queries for each request.',
                say`See ${someOf(panel('traffic'), panel('query-rate'))}.`,
                'Second above 1: go on.',
              ),
        ),
        step(
          'queries',
          'Slow queries?',
          text(
            say`${panel('query-p95')}.`,
            panel('query-p95') === undefined ? undefined : say`Up: ${page('query-p95')}.`,
          ),
        ),
        step(
          'held',
          'Held without a query?',
          database && text('Connections in use, less those that a query keeps busy:'),
          promql(database && heldWithoutQuery(database, terms)),
          database &&
            text(
              'Far above zero: a transaction stays open during other work, or connections leak.',
              postgres === undefined
                ? 'Ask the database for sessions that are idle within a transaction.'
                : `PostgreSQL shows them as ${code('idle in transaction')}:`,
            ),
          database && postgres ? sql(IDLE) : undefined,
        ),
        step(
          'outbound',
          'An outbound pool?',
          text(
            say`${panel('outbound-demand')}: the line that climbs names the dependency that got slower.`,
            outbound === undefined ? undefined : "Open its dashboard, or the provider's status page.",
            say`Of ${outbound && titleOf(outbound)}:`,
          ),
          promql(outbound && outboundBy(outbound, terms, true)),
        ),
      ],
      after: [
        text(
          '**What it is not:** a short burst; the alert averages, and waits. A pool near its line for days, with queries as fast as ever, really is small for the traffic: size it, by day.',
        ),
      ],
    },
    mitigation: [
      `**Roll back** what was deployed before it climbed, here or, for an outbound pool, on the service behind. ${rollback(about)}`,
      database === undefined
        ? undefined
        : `Sessions idle in a transaction: restart the instances, ${kubectl(about, `rollout restart ${deployment(about)}`)}.`,
      [
        `More traffic: shed load at ${edgeOf(about)}, or scale out.`,
        database === undefined
          ? undefined
          : 'Each new instance brings a pool of its own; first see that the database has room.',
        postgres === undefined
          ? undefined
          : `In PostgreSQL: ${code('show max_connections;')} against ${code('select count(*) from pg_stat_activity;')}.`,
      ],
      'A slow dependency: shorten its time-out, or turn the feature off.',
      [
        'A bigger pool comes last, by day and with numbers.',
        database === undefined ? undefined : say`${page('pool-waiting')} has the formula.`,
      ],
      `Still climbing after the rollback: escalate to the team in the alert's ${code('team')} label before it is full.`,
    ],
  });
}

const IDLE = `select pid, application_name, state, now() - xact_start as in_transaction, left(query, 80) as last_query
from pg_stat_activity where state like 'idle in transaction%' order by xact_start limit 20;`;

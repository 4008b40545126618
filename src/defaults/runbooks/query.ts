import { callersOf } from '../../build/index.ts';
import { requestsOf } from '../../metrics/requests.ts';
import type { RunbookText } from '../../model/runbook.ts';
import { type About, ofWhom, plain, postgresOf, queriesAreFor, rollback, titleOf, titles } from './about.ts';
import { busyBy, p95, perRequestAgainstBefore, top } from './queries.ts';
import { code, finished, list, listed, look, promql, say, sql, step, text } from './write.ts';

/** Slow queries: what a slow decline mostly begins with. */
export function query(about: About): RunbookText {
  const { service, terms, panel, page, catalog } = about;
  const database = service?.metrics.database;
  const { latency, operation } = database ?? {};
  const more = service && database && perRequestAgainstBefore(service, requestsOf(database), terms.window('5m'));
  const postgres = postgresOf(about);
  const callers = service === undefined ? [] : callersOf(service, catalog);
  const shares = about.services.flatMap(
    (one) => say`${about.panelOf(one, 'query-time-share')} of ${titleOf(one)}` ?? [],
  );
  return finished({
    opening: 'The database queries of this service have become slow: one in twenty takes longer than its limit.',
    meaning: [
      text(
        'The 95th percentile of query time, over all operations, is above the line in the panel, and stays there.',
        'It is measured in the service, so it holds the network and the driver too, but not the wait for a connection.',
        'With too few queries to judge it reads 0.',
      ),
    ],
    impact: [
      text(
        'A slow query holds its connection for as long as it runs.',
        say`So pools fill (${page('pool-utilisation')}), and requests queue.`,
        callers.length === 0 ? undefined : `Those who call this service then time out: ${titles(callers)}.`,
      ),
    ],
    diagnosis: {
      before: [text(queriesAreFor(about), databasesOf(about))],
      steps: [
        step(
          'operation',
          'One operation or all?',
          ...look(panel('query-p95'), top(5, operation && p95(database?.latency, terms, [operation]))),
          text(
            'One alone: its code, its index, its plan.',
            'Go to {step:cost}.',
            'All together: the database, go to {step:database}.',
          ),
        ),
        step(
          'cost',
          'Which one costs most?',
          text(say`${shares[0]} shows it, too.`),
          promql(top(5, latency && operation && busyBy(latency, terms.window('5m'), operation))),
          database &&
            text(
              '1 is one connection always busy. The top operation is the one to explain first, even if it is not the slowest.',
            ),
        ),
        step(
          'since',
          'Since a deployment?',
          text(
            'A deployment annotation before the climb: go to Mitigation.',
            more === undefined
              ? undefined
              : 'Or is it asked more often than before? More queries per request than an hour ago is an N+1:',
          ),
          promql(more),
        ),
        step(
          'database',
          'What does the database do?',
          postgres
            ? text('First who runs for how long, then who blocks whom:', ofWhom(postgres, about))
            : text('Ask it what runs and for how long, and who blocks whom.'),
          postgres && sql(activity(postgres.database.name)),
          list(
            postgres
              ? 'rows in the second: a lock. The pid that blocks and is not blocked itself is the one to end.'
              : 'a lock: the session that blocks and is not blocked itself is the one to end.',
            postgres
              ? `${code('wait_event_type')} mostly ${code('IO')}: a plan that reads whole tables (${code('explain')} the query), or a slow disk.`
              : 'mostly waiting for the disk: a plan that reads whole tables, or a slow disk.',
            `a migration${postgres ? ', a backup or autovacuum' : ' or a backup'} among the longest: most likely the cause.`,
          ),
        ),
        step(
          'failing',
          'Failing as well?',
          text(
            say`${panel('query-errors')} above zero: time-outs, deadlocks, lost connections. Read the database's own log.`,
          ),
        ),
      ],
      after: [
        text(
          '**What it is not:** a full pool.',
          say`The wait for a connection has its own panel, ${panel('pool-wait-time')}.`,
          'And a report that runs once a night is slow by right: {step:cost} shows whether it is the top operation.',
        ),
      ],
    },
    mitigation: [
      [
        `**Roll back** the deployment that brought the query. ${rollback(about)} This does not undo a migration.`,
        postgres
          ? `If one dropped an index, bring it back without a lock: ${code('create index concurrently ...')}.`
          : 'If one dropped an index, bring it back without a lock.',
      ],
      'Pause the migration, the export or the batch job that you found.',
      postgres
        ? `Cancel the query that blocks or runs away: ${code('select pg_cancel_backend(<pid>);')}, and only if it stays ${code('select pg_terminate_backend(<pid>);')}. Its request fails. A session idle in a transaction needs the second.`
        : 'Cancel the query that blocks or runs away; end its session only if it stays. Its request fails.',
      postgres
        ? `Fresh statistics after a bulk load: ${code('analyze <table>;')}. Safe at any time.`
        : 'Fresh statistics after a bulk load.',
      'Shed load on the route that asks. Do not add instances and do not enlarge the pool: both send the database more of what it cannot do.',
      `Escalate to the team in the alert's ${code('team')} label. If all operations are slow, or a disk or a replica is the reason, to whoever runs ${postgres ? 'PostgreSQL' : 'the database'}.`,
    ],
  });
}

/** As many services with their databases as a sentence names. */
const NAMED = 6;

function databasesOf({ services }: About): string | undefined {
  const querying = services.filter(({ databases }) => databases.length > 0);
  if (querying.length === 0 || querying.length > NAMED) return undefined;
  const named = querying.map(
    (one) =>
      `${titleOf(one)} has ${listed(one.databases.map(({ name, system }) => `${code(name)} (${plain(system)})`))}`,
  );
  return `Databases: ${named.join(', ')}.`;
}

function activity(database: string): string {
  return `select pid, state, wait_event_type, wait_event, now() - query_start as running, left(query, 80) as query
from pg_stat_activity where datname = ${quoted(database)} and state <> 'idle' order by query_start limit 20;

select pid, pg_blocking_pids(pid) as blocked_by, now() - query_start as waiting, left(query, 80) as query
from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0;`;
}

/** A name as a string of SQL. */
export function quoted(name: string): string {
  return `'${name.replaceAll("'", "''")}'`;
}

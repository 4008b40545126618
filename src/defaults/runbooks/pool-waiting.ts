import { waitingFor } from '../../metrics/pools.ts';
import type { RunbookText } from '../../model/runbook.ts';
import {
  type About,
  deployment,
  edgeOf,
  hasPool,
  kubectl,
  ofWhom,
  postgresOf,
  queriesAreFor,
  rollback,
} from './about.ts';
import { neededOfMaximum, poolSize } from './pool-queries.ts';
import { quoted } from './query.ts';
import { code, finished, list, promql, say, sql, step, text } from './write.ts';

/** Requests queue for a connection: the last stage before errors. */
export function poolWaiting(about: About): RunbookText {
  const { service, terms, panel, page } = about;
  const pooled = service !== undefined && hasPool(service, 'database') ? service : undefined;
  const pool = pooled?.metrics.databasePool;
  const postgres = postgresOf(about);
  return finished({
    opening: 'Requests queue for a database connection: the pool is exhausted, and errors are minutes away.',
    meaning: [
      text(
        'In at least one instance, requests wait because every connection of the pool is in use, and the queue has not gone away by itself.',
        'It is the last stage before failures: a request that waits too long gives up, mostly with a 503.',
        say`${page('pool-utilisation')} warns earlier, where the pool fills slowly.`,
      ),
    ],
    impact: [
      text(
        'Every request that needs the database is slower by its time in the queue.',
        pool?.timeouts === undefined
          ? 'Once requests give up waiting, users get errors.'
          : say`When the second line of ${panel('pool-waiting')}, those that gave up, leaves zero, users get errors.`,
        'Callers wait too, and their pools fill.',
      ),
    ],
    diagnosis: {
      before: [
        text(
          "Little's law: connections needed = requests a second × seconds each one holds a connection. With the product above the pool's maximum the queue grows without end. Usually the second factor grew.",
          '**A bigger pool does not fix a slow query:** 40 a second × 3 s need 120 connections, and a database that is slow with a few is slower with 120.',
        ),
        text(queriesAreFor(about)),
      ],
      steps: [
        step(
          'growing',
          'Growing or draining?',
          text(
            say`${panel('pool-waiting')}.`,
            'Falling by itself after a short rush: watch it. Growing, and a deployment annotation before it: go to Mitigation at once.',
          ),
        ),
        step(
          'instances',
          'Which instances?',
          promql(pool?.waiting && waitingFor(pool.waiting, ['instance', pool.pool], terms.window('2m'))),
          pool?.waiting && text('One instance: restart it. All: go on.'),
        ),
        step(
          'missing',
          'How much is missing?',
          pooled && text(say`Needed, over the maximum, in the busiest instance: ${panel('pool-demand')}, or`),
          promql(pooled && neededOfMaximum(pooled, terms)),
          pooled &&
            list(
              [
                'near 1: demand fills the pool (it cannot go far above: what waits holds no connection yet).',
                say`Queries slow: ${page('query-p95')}.`,
                'Traffic high: shed load.',
              ],
              [
                'far below 1: connections are taken and never given back (a leak), or cannot be opened.',
                'Go to {step:database}.',
              ],
            ),
        ),
        step(
          'database',
          'What does the database say?',
          postgres
            ? text('How many sessions in which state, and waiting for what:', ofWhom(postgres, about))
            : text('Ask it for its sessions, their state, and what each of them waits for.'),
          postgres && sql(sessions(postgres.database.name)),
          list(
            [
              'mostly active: the queries. Waiting for a lock beside it, one blocks the others.',
              say`${page('query-p95')}, "What does the database do?", finds it.`,
            ],
            'mostly idle within a transaction: the service holds them, by a leak or by a slow call inside a transaction.',
            `far fewer sessions than the pools should have: new ones are refused or slow. Look at the database's own limit of connections${postgres ? ` (${code('max_connections')})` : ''} and at the network.`,
          ),
        ),
        step(
          'size',
          'By day: is it really too small?',
          pooled &&
            text(
              `The size for each instance, by the busiest moment of the week and with a quarter left free, which ${code('npm run pools')} measures too:`,
            ),
          promql(pooled && poolSize(pooled, terms)),
        ),
      ],
      after: [
        text(
          '**What it is not:** a cold start; the queue of a fresh instance is gone before this fires.',
          say`Waiting while ${panel('pool-utilisation')} is low means a wrong maximum: compare ${pool?.max && code(pool.max.name)} with the configuration.`,
        ),
      ],
    },
    mitigation: [
      `**Roll back** the last deployment before the queue. ${rollback(about)} The restart also empties the queue. A rollback does not undo a database migration.`,
      `**Shed load** at ${edgeOf(about)}: rate limits, optional features off. Some requests served beat none.`,
      say`Cancel the query that holds everything: ${page('query-p95')}, "What does the database do?" and Mitigation.`,
      `Connections leaked: ${kubectl(about, `rollout restart ${deployment(about)}`)}. It buys time, not a cure.`,
      'A bigger pool only by day, if queries are as fast as ever and traffic grew for good: {step:size} has the number.',
      `Queue still there ten minutes after the rollback: escalate to the team in the alert's ${code('team')} label and to whoever runs the database.`,
    ],
  });
}

function sessions(database: string): string {
  return `select state, wait_event_type, count(*), max(now() - state_change) as longest
from pg_stat_activity where datname = ${quoted(database)} group by 1, 2 order by 3 desc;`;
}

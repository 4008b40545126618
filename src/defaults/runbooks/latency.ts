import type { RunbookText } from '../../model/runbook.ts';
import { type About, edgeOf, fromInside, innermostFirst, kubectl, queriesAreFor, rollback, titleOf } from './about.ts';
import { p95, top } from './queries.ts';
import { sideBySide } from './side-by-side.ts';
import { code, finished, list, promql, say, someOf, step, text } from './write.ts';

/** Slow for users. */
export function latency(about: About): RunbookText {
  const { service, terms, panel, page, catalog } = about;
  const server = service?.metrics.server;
  const several = catalog.services.length > 1;
  const byRoute = about.services.flatMap(
    (one) => say`${about.panelOf(one, 'latency-by-route')} of ${titleOf(one)}` ?? [],
  );
  return finished({
    opening: 'One request in twenty takes longer than users will wait.',
    meaning: [
      text(
        "The 95th percentile of this service's response time is above its limit.",
        'It is taken over a few minutes; with too few requests over half an hour; and with fewer than that it reads 0, so one slow request at night does not fire.',
      ),
      text(
        say`${page('latency-regression')} sees a decline earlier.`,
        say`So does ${page('degradation')}, where several signs hold.`,
      ),
    ],
    impact: [
      text(
        'Users wait, press reload and so add load.',
        say`Slow requests hold connections longer: pools of this service and of its callers fill, and when they are full, errors begin (${page('error-ratio')}).`,
      ),
    ],
    diagnosis: {
      before: [text(queriesAreFor(about))],
      steps: [
        step(
          'spread',
          'Everything slow, or some of it?',
          text(say`Open ${panel('latency-quantiles')}.`),
          list('p50 climbs too: everything is slow. A deployment annotation just before it? Go to Mitigation.', [
            'only p95 and p99: one route or one instance.',
            say`${panel('latency-heatmap')} then shows two bands.`,
          ]),
        ),
        step(
          'route',
          'Which route, which instance?',
          text(say`${byRoute[0]} shows it, too.`),
          promql(top(5, server?.route === undefined ? undefined : p95(server.latency, terms, [server.route]))),
          promql(p95(server?.latency, terms, ['instance'])),
          text(
            say`One instance alone: go to ${page('instance-error-ratio')}, "What sets it apart?" and "What is it short of?". The remedy is the same.`,
          ),
        ),
        step(
          'where',
          'Where does the slowness begin?',
          several ? text('The services side by side:') : undefined,
          promql(several ? sideBySide(fromInside(about), (one) => p95(one.latency, terms, ['job'])) : undefined),
          several
            ? text(
                'Follow it inwards: the innermost service that is slow is the one to treat, the others are slow because of it.',
                say`From the inside: ${innermostFirst(about)}.`,
              )
            : undefined,
        ),
        step(
          'waits',
          'What does that service wait for?',
          text('On its dashboard, from the top:'),
          list(
            say`${panel('query-p95')} is up: ${page('query-p95') ?? 'the database'}.`,
            say`queries are fast, ${panel('pool-wait-time') ?? panel('pool-waiting')} is up: ${page('pool-waiting')}.`,
            say`a dependency is slow in ${panel('dependency-table')}: open its dashboard, or the provider's status page.`,
            [
              say`none of these, but ${someOf(panel('cpu-throttling'), panel('runtime')) ?? panel('cpu')} high: ${page('cpu-utilisation') ?? 'the CPU'}.`,
            ],
          ),
        ),
        step(
          'callers',
          'Slow only for its callers?',
          text(
            say`${panel('seen-by-callers')} far above its own p95: the time is lost in between, in the caller's pool or the network.`,
          ),
        ),
      ],
      after: [
        text(
          '**What it is not:** without a histogram boundary at the limit, the percentile is guessed between its neighbours and the alert fires too early.',
          say`${page('telemetry-absent')}, "Are the right boundaries there?", shows how to see them.`,
        ),
      ],
    },
    mitigation: [
      `**Roll back** the deployment that came before it; look at the services behind this one, too. ${rollback(about)} A rollback does not undo a database migration.`,
      `One slow instance: ${kubectl(about, 'delete pod <pod>')}.`,
      `One slow route that is not essential: switch it off, or limit it at ${edgeOf(about)}.`,
      'A slow dependency outside: shorten the time-out on calls to it, so that it cannot hold our connections.',
      say`Scale out only if ${panel('cpu')} is high. It does not help against slow queries, it adds to them.`,
      `No cause after fifteen minutes: escalate to the team in the alert's ${code('team')} label, and to that of the slow service.`,
    ],
  });
}

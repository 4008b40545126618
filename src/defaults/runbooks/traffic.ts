import { rate, requestsOf } from '../../metrics/requests.ts';
import type { Terms } from '../../metrics/timing.ts';
import type { RequestBinding } from '../../model/metrics.ts';
import type { RunbookText } from '../../model/runbook.ts';
import { type About, deployment, fromInside, kubectl, queriesAreFor, rollback } from './about.ts';
import { inWork } from './queries.ts';
import { sideBySide } from './side-by-side.ts';
import { code, finished, list, promql, say, someOf, step, text } from './write.ts';

/** A hang looks idle. */
export function traffic(about: About): RunbookText {
  const { service, terms, panel, page, catalog } = about;
  const window = terms.window('5m');
  const server = service?.metrics.server;
  const several = catalog.services.length > 1;
  return finished({
    opening: 'Far fewer requests reach this service than in the last hours: users probably do not get through.',
    meaning: [
      text(
        'Requests finished per second, over those of one and of two hours ago (the lower of the two), are below the limit.',
        'A service that had hardly any traffic reads 1 and stays silent.',
        'A hang looks like this: no errors, no latency, because nothing finishes.',
        say`If the metrics themselves are gone, ${page('telemetry-absent')} fires instead.`,
      ),
    ],
    impact: [
      text(
        'At the edge users see nothing at all, and no other alert may say so.',
        several
          ? 'Further inside the callers do not reach the service, or have stopped asking, and a part of the product is dead.'
          : undefined,
      ),
    ],
    diagnosis: {
      before: [text(queriesAreFor(about))],
      steps: [
        step(
          'try',
          'Try it yourself.',
          text(
            `From outside, as a user would: ${code("curl -sS -o /dev/null -w '%{http_code} %{time_total}s\\n' https://<public address>/")}. A DNS or certificate error answers the question.`,
          ),
        ),
        step(
          'routes',
          'One route or all?',
          text(
            say`${panel('traffic')}.`,
            'One route gone: a client, a feature flag or a changed path. A deployment annotation just before it: go to Mitigation.',
          ),
        ),
        step(
          'where',
          'Where does the stream end?',
          several ? text('The services, now over an hour ago:') : undefined,
          promql(several ? sideBySide(fromInside(about), (one) => againstBefore(one, terms, '1h')) : undefined),
          several
            ? list(
                [
                  'all low: the cause is before the edge, or in it. Load balancer, DNS, certificate, firewall.',
                  'Whether it is the edge itself, {step:hang} says.',
                ],
                [
                  'only one inside: its caller.',
                  say`Look at ${panel('dependency-error-ratio')} of that caller: time-outs mean it asks and gets no answer.`,
                ],
              )
            : text('What stands before it: load balancer, DNS, certificate, firewall.'),
        ),
        step(
          'hang',
          'Hanging or idle?',
          service &&
            text(
              inWork(service) === undefined
                ? 'Instances with requests that finish:'
                : 'Instances with requests, and those in work (empty where the agent does not record them):',
            ),
          promql(server && rate(requestsOf(server), { window, keep: ['instance'] })),
          promql(service && inWork(service)),
          list(
            [
              'requests in work that never end: a hang. Look at what it calls.',
              say`Look at ${someOf(panel('pool-utilisation'), panel('runtime'))}, too.`,
            ],
            'none in work: nobody asks. Back to what stands before it.',
            `fewer instances than there should be: ${kubectl(about, 'get pods')}. Not ready means that no traffic is sent.`,
          ),
        ),
        step(
          'endpoints',
          "Kubernetes' own view:",
          text(`${kubectl(about, `get endpoints ${service?.id ?? '<service>'}`)} must list the ready pods.`),
        ),
      ],
      after: [
        text(
          '**What it is not:** a calm night. Traffic that falls over hours never falls this far below the last two. But two things do look like it: the end of a rush that lasted for hours (a sale, a campaign, a load test), and a planned shutdown.',
          server === undefined ? undefined : 'Compare with the day before:',
        ),
        promql(server && againstBefore(server, terms, '1d')),
        text(server === undefined ? undefined : 'Near 1, and {step:try} answers well: a false alarm.'),
      ],
    },
    mitigation: [
      `**Roll back** if a deployment or a configuration change came before it, of this service or of its caller. ${rollback(about)} Changes of DNS, load balancer and certificates have no annotation: ask who made one.`,
      `A hang: save the logs, then ${kubectl(about, `rollout restart ${deployment(about)}`)}.`,
      `Pods not ready: ${kubectl(about, 'describe pod <pod>')} says why; most often a failing readiness check of something that it needs.`,
      'Expired certificate, wrong DNS record: put back the last good one.',
      'The cause is outside (provider, CDN, network): escalate there, and put up the status page.',
      `Not found within ten minutes: escalate to the team in the alert's ${code('team')} label, and to whoever runs the network.`,
    ],
  });
}

/** Requests now, over those of the same half hour some time ago. */
function againstBefore(server: RequestBinding, terms: Terms, offset: '1h' | '1d'): string {
  const counted = requestsOf(server);
  const before = rate(counted, { window: '30m', keep: ['job'], offset });
  return `${rate(counted, { window: terms.window('5m'), keep: ['job'] })} / ${before}`;
}

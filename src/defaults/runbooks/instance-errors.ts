import { by, series } from '../../metrics/promql.ts';
import { judgedOf } from '../../metrics/requests.ts';
import type { RunbookText } from '../../model/runbook.ts';
import { type About, hasPool, kubectl, queriesAreFor, rollback } from './about.ts';
import { failedShare, top, whatSetsApart } from './queries.ts';
import { throttled } from './resource-queries.ts';
import { code, finished, list, look, promql, say, step, text } from './write.ts';

/** One bad instance among many. */
export function instanceErrors(about: About): RunbookText {
  const { service, terms, panel, page } = about;
  const server = service?.metrics.server;
  const judged = server && judgedOf(server);
  const apart = service && whatSetsApart(service);
  const pooled = service !== undefined && hasPool(service, 'database');
  const used = service?.metrics.databasePool?.used;
  const throttling = service && throttled(service, terms);
  return finished({
    opening: 'One instance of this service fails far too many of its requests, while the others may be well.',
    meaning: [
      text(
        'Of the instances with enough failures to judge, the worst one has a share above the line in the panel.',
        'The alert stands for the service and does not name the instance; {step:which} does.',
        say`It exists because one bad instance among many disappears in the average that ${page('error-ratio')} looks at.`,
        'Where all instances fail together it says little.',
      ),
    ],
    impact: [
      text(
        'Users get errors by chance: a reload often helps, which makes reports confusing.',
        'A broken instance that fails fast can draw more than its share of traffic, because it looks idle to the load balancer.',
      ),
    ],
    diagnosis: {
      before: [text(queriesAreFor(about))],
      steps: [
        step(
          'which',
          'Which instance, and really only one?',
          ...look(
            panel('error-ratio-by-instance'),
            top(3, judged && failedShare(judged, { window: terms.window('5m'), keep: ['instance'] })),
          ),
          text(
            'All lines high: a shared cause.',
            say`Go to ${page('error-ratio')}.`,
            'To see only one instance on the dashboard, choose it in the variable Instance at the top.',
          ),
        ),
        step(
          'apart',
          'What sets it apart?',
          apart === undefined
            ? text('Its version, its host and when it was started, beside those of the others.')
            : text(
                'Its version, pod and node beside those of the others (empty columns: the agent does not report them):',
              ),
          promql(apart),
          list(
            'the only one with a new version: a rollout that is not finished, and a bad one. Go to Mitigation.',
            `several on one node: the node. ${kubectl(about, 'get pods -o wide')}, then ${code('kubectl describe node <node>')}.`,
            'nothing: go on.',
          ),
        ),
        step(
          'short',
          'What is it short of?',
          pooled || throttling !== undefined
            ? text(pooled ? 'Its own connections, and its own CPU:' : 'Its own CPU:')
            : undefined,
          promql(pooled && used !== undefined ? `sum ${by('instance')}(${series(used)})` : undefined),
          promql(throttling),
          list(
            [
              pooled ? 'its pool is full, the others are not: leaked or broken connections.' : undefined,
              pooled ? say`${panel('pool-utilisation')}.` : undefined,
            ],
            ['throttled, or its runtime stands still.', say`Also ${panel('runtime')}.`],
            [
              'it restarted lately.',
              say`${panel('restarts')}.`,
              `Read what it said before: ${kubectl(about, 'logs <pod> --previous --tail=100')}.`,
            ],
          ),
        ),
        step(
          'how',
          'How does it fail?',
          text(
            say`${panel('failures-by-status')}, with only that instance chosen.`,
            `Its log: ${kubectl(about, 'logs <pod> --since=15m')}.`,
          ),
        ),
      ],
      after: [
        text(
          '**What it is not:** an instance that is shutting down in a rollout fails a few requests and is gone before the alert fires. If every rollout does it, readiness or graceful shutdown wants repair, by day.',
          say`With a single instance running, this alert only repeats ${page('error-ratio')}.`,
        ),
      ],
    },
    mitigation: [
      `**Roll back** if the bad instance is the only one with the new version, before the rollout reaches the others. ${rollback(about)}`,
      `Otherwise take it out: save its log, then let Kubernetes make a new one, ${kubectl(about, 'delete pod <pod>')}.`,
      `The new one fails too, on the same node: ${code('kubectl cordon <node>')}, then delete the pod once more. Tell whoever runs the cluster.`,
      'It comes back on other nodes: not the instance but its work, such as one poisonous message or one customer. The log of {step:how} names it.',
      `Second time in a day, or no cause found: escalate to the team in the alert's ${code('team')} label.`,
    ],
  });
}

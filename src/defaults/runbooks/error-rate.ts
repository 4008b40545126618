import { judgedOf, rate } from '../../metrics/requests.ts';
import type { RunbookText } from '../../model/runbook.ts';
import {
  type About,
  edgeOf,
  fromInside,
  hasPool,
  innermostFirst,
  kubectl,
  queriesAreFor,
  rollback,
  someService,
} from './about.ts';
import { failedShare, top } from './queries.ts';
import { sideBySide } from './side-by-side.ts';
import { code, finished, list, look, promql, say, step, text } from './write.ts';

/** Users see errors now. */
export function errorRate(about: About): RunbookText {
  const { service, terms, panel, page, catalog } = about;
  const window = terms.window('5m');
  const server = service?.metrics.server;
  const judged = server && judgedOf(server);
  const several = catalog.services.length > 1;
  const pooled = someService(about, ({ pools }) => pools.length > 0) !== undefined;
  return finished({
    opening: 'Too many requests to this service fail: users see errors now.',
    meaning: [
      text(
        'The share of requests that ended with a 5xx, or without any status because somebody gave up, is above its limit.',
        "4xx do not count: they are the caller's mistake.",
        'A busy service is judged over a short window, a quiet one over a longer one and only with several failures, so one failed request at night does not fire.',
      ),
      text(
        'It comes late by nature: in a slow decline latency, pools and queries say it earlier. When it fires alone, something other than a slow decline broke.',
      ),
    ],
    impact: [
      text(
        several
          ? "At the edge every failure is a user's. Further inside it is one as far as the callers do not retry, and can do nothing without the answer."
          : "Every failure is a user's, as far as nobody in front retries.",
      ),
    ],
    diagnosis: {
      before: [text(queriesAreFor(about))],
      steps: [
        step(
          'deployment',
          'Did it start with a deployment?',
          text(
            say`Open ${panel('error-ratio')}.`,
            'If a deployment annotation stands just before the climb, here or on a service behind this one, go to Mitigation now and look for the cause later.',
          ),
        ),
        step(
          'failures',
          'Which failures?',
          ...look(
            panel('failures-by-status'),
            top(
              10,
              judged &&
                rate(judged.failed, {
                  window,
                  keep: [server?.route, server?.status].filter((label) => label !== undefined),
                }),
            ),
          ),
          list(
            [
              '503: no free connection, or overload.',
              pooled ? say`Go on with ${panel('verdict-pool-utilisation')}.` : undefined,
              pooled ? say`See ${page('pool-waiting')}.` : undefined,
            ],
            ['502 or 504: something behind is down or too slow.', 'Go to {step:behind}.'],
            '500, on one route: most likely a bug in that route. Read its logs, and what was deployed.',
            ['no status: the caller hung up before the answer.', say`Read ${page('latency-p95')}.`],
          ),
        ),
        step(
          'instances',
          'One instance or all?',
          text(
            say`Open ${panel('error-ratio-by-instance')}.`,
            page('instance-error-ratio') === undefined
              ? 'One line above the others: that instance.'
              : `One line above the others: ${page('instance-error-ratio')}.`,
            'All together: a shared cause, go on.',
          ),
        ),
        step(
          'behind',
          'Is it ours, or from behind?',
          several ? text('The services and their share of failures, side by side:') : undefined,
          promql(
            several
              ? sideBySide(fromInside(about), (one) => {
                  const failing = judgedOf(one);
                  return failing && failedShare(failing, { window, keep: ['job'] });
                })
              : undefined,
          ),
          text(
            several ? 'A service that is missing fails nothing.' : undefined,
            say`Start with the innermost that fails: ${innermostFirst(about)}.`,
            say`${several ? 'Nothing behind it fails? ' : ''}${panel('dependency-error-ratio')}, where a service calls others, shows time-outs and what is outside.`,
            panel('dependency-error-ratio') === undefined ? undefined : say`See ${page('dependency-error-ratio')}.`,
          ),
        ),
      ],
      after: [
        text(
          '**What it is not:** a rollout that fails a handful of requests is over before the alert fires.',
          say`If ${panel('error-ratio')} is back to normal, the alert is still kept for a while against flapping and resolves by itself.`,
        ),
      ],
    },
    mitigation: [
      `**Roll back** the deployment that came before it, even if you are not sure. ${rollback(about)} A rollback does not undo a database migration.`,
      `One bad instance: ${kubectl(about, 'delete pod <pod>')}.`,
      [
        `Overload without a deployment: shed load at ${edgeOf(about)} (rate limits, optional features off), then scale out.`,
        service !== undefined && hasPool(service, 'database')
          ? say`Scaling out opens more database connections: read ${page('pool-utilisation')} first.`
          : undefined,
      ],
      'A dependency fails: turn off the feature that needs it, or answer without it.',
      [
        `Not falling ten minutes after the rollback, or nothing to roll back: escalate to the team in the alert's ${code('team')} label${several ? ', and to the team of the innermost service that fails' : ''}.`,
      ],
    ],
  });
}

import { rate, requestsOf } from '../../metrics/requests.ts';
import type { RunbookText } from '../../model/runbook.ts';
import { type About, deployment, hasPool, kubectl, queriesAreFor, rollback, someService } from './about.ts';
import { cpuByInstance, cpuPerRequestAgainstBefore, throttled } from './resource-queries.ts';
import { code, finished, list, look, promql, say, someOf, step, text } from './write.ts';

/** CPU near its limit: a look, not haste. */
export function cpu(about: About): RunbookText {
  const { service, terms, panel, page } = about;
  const throttling = service === undefined ? undefined : throttled(service, terms);
  const pooled = someService(about, (one) => hasPool(one, 'database')) !== undefined;
  return finished({
    opening: 'The busiest instance of this service uses nearly all the CPU that it may.',
    meaning: [
      text(
        'CPU in use over its limit, in the worst instance, has been above the line in the panel for a while.',
        'The alert stands for the service and does not name the instance; {step:which} does.',
        'Busy is not broken: it asks for a look, not for haste. A service that waits, for its database or for a dependency, uses no CPU.',
      ),
    ],
    impact: [
      text(
        'None while latency is normal.',
        'At the limit a container is throttled: it stands still for parts of each second, and requests get slower although nothing fails.',
        'Where one thread does the work, one busy core is all there is: a Node process lags in its event loop.',
      ),
    ],
    diagnosis: {
      before: [text(queriesAreFor(about))],
      steps: [
        step(
          'which',
          'One instance or all?',
          ...look(panel('cpu'), service && cpuByInstance(service, terms)),
          service && text('One alone: a stuck loop, or traffic that is not spread. Compare its share of the requests:'),
          promql(
            service?.metrics.server &&
              rate(requestsOf(service.metrics.server), { window: terms.window('5m'), keep: ['instance'] }),
          ),
        ),
        step(
          'users',
          'Do users feel it?',
          text(
            say`${someOf(panel('latency-quantiles'), panel('cpu-throttling'), panel('runtime'))}.`,
            throttling === undefined ? undefined : 'Throttling:',
          ),
          promql(throttling),
          text('All calm: note it for the day, and stop here. Latency up with them: go on.'),
        ),
        step(
          'work',
          'More traffic, or more work for each request?',
          service && text('CPU seconds per request, now over an hour ago:'),
          promql(service && cpuPerRequestAgainstBefore(service, terms)),
          list(
            ['near 1: more traffic.', say`${panel('traffic')}.`, 'Scale out.'],
            'well above 1, since a deployment annotation: the new version costs more. Roll back if users feel it.',
            'well above 1 without one: another mix of requests, retries of a caller, or work in the background.',
          ),
        ),
        step(
          'memory',
          'Memory too?',
          text(
            say`${panel('memory')} near its line as well: the garbage collector may be what burns the CPU.`,
            say`Go on with ${page('memory-utilisation')}.`,
          ),
        ),
      ],
      after: [
        text(
          '**What it is not:** a single peak or a warm-up after a rollout; those are over before it fires. A nightly job can fire it and be well.',
          say`And CPU is hardly ever why requests are slow when ${panel('query-p95')} is up too: treat that one first.`,
        ),
      ],
    },
    mitigation: [
      `**Roll back** if a deployment raised the cost of a request and users feel it. ${rollback(about)}`,
      `One stuck instance: ${kubectl(about, 'delete pod <pod>')}.`,
      [
        `More traffic: scale out, ${kubectl(about, `scale ${deployment(about)} --replicas=<n>`)} (an autoscaler, if there is one, sets it back: raise its minimum).`,
        pooled ? 'Each instance brings a connection pool: see that the database has room.' : undefined,
      ],
      'Throttled although the node has room: raise the CPU limit. That restarts the instances one by one.',
      `Users feel none of it: leave it for working hours. Otherwise escalate to the team in the alert's ${code('team')} label.`,
    ],
  });
}

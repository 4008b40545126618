import type { RunbookText } from '../../model/runbook.ts';
import { type About, deployment, kubectl, queriesAreFor, rollback } from './about.ts';
import { hoursOfMemory, memoryByInstance, restartsOf } from './resource-queries.ts';
import { code, finished, list, look, promql, say, someOf, step, text } from './write.ts';

/** Memory near its limit: at it, the instance is killed. */
export function memory(about: About): RunbookText {
  const { service, terms, panel, page } = about;
  const restarts = service === undefined ? undefined : restartsOf(service, terms);
  return finished({
    opening: 'An instance of this service has nearly used up its memory; at the limit it is killed.',
    meaning: [
      text(
        'The memory in use over its limit, in the worst instance, has been above the line in the panel for a while.',
        service?.metrics.memory?.kind === 'container'
          ? 'It is the working set, which is what the kernel looks at when it kills.'
          : undefined,
        'The alert stands for the service and does not name the instance; {step:which} does.',
      ),
    ],
    impact: [
      text(
        'None yet. At the limit the instance is killed without notice: its requests fail, and its traffic moves to the others, which then may follow.',
        'Shortly before, garbage collection takes CPU, and latency rises.',
      ),
    ],
    diagnosis: {
      before: [text(queriesAreFor(about))],
      steps: [
        step(
          'which',
          'One instance or all, slope or step?',
          ...look(say`${panel('memory')} over the last day`, service && memoryByInstance(service, terms)),
          list(
            'a steady slope since the last start, in all instances: a leak. A slope that begins with a deployment annotation is the leak of that deployment.',
            ['a step: a large request, an export, a cache that was filled.', say`Look at ${panel('traffic')}.`],
            'flat and high for days: the limit is just too small. No haste.',
          ),
        ),
        step(
          'left',
          'How long until it is killed?',
          service && text('Hours until the limit, from the slope of the last hour:'),
          promql(service && hoursOfMemory(service, terms)),
          service && text('Nothing: no instance is growing. More than until the morning: leave it for the day.'),
        ),
        step(
          'killed',
          'Has it been killed already?',
          ...look(panel('restarts'), restarts),
          text(
            `On Kubernetes ${kubectl(about, 'describe pod <pod>')} then says ${code('OOMKilled')} under Last State.`,
          ),
        ),
        step(
          'users',
          'Do users feel it?',
          text(
            say`${someOf(panel('latency-quantiles'), panel('runtime'))}.`,
            say`Requests that pile up also fill memory: if ${panel('pool-waiting')} is above zero, memory is the victim.`,
            panel('pool-waiting') === undefined ? undefined : say`Go to ${page('pool-waiting')}.`,
          ),
        ),
      ],
      after: [
        text(
          '**What it is not:** a cache of files.',
          service?.metrics.memory?.kind === 'container'
            ? 'The working set leaves out what the kernel can drop at once.'
            : undefined,
          'A runtime that takes its heap and keeps it is flat near its own maximum, and well: there the limit is what to look at.',
        ),
      ],
    },
    mitigation: [
      `**Roll back** if the slope began with a deployment. ${rollback(about)}`,
      `Save evidence if there is time (a heap snapshot of one instance), then restart one at a time, before the kernel does: ${kubectl(about, `rollout restart ${deployment(about)}`)}. That buys as long as it took to get here.`,
      'A large export or batch: pause it.',
      'Raise the limit if the nodes have room, and the use is honest. That restarts the instances one by one.',
      `Killed again and again, or a restart buys less than an hour: escalate to the team in the alert's ${code('team')} label. Otherwise tell them in working hours.`,
    ],
  });
}

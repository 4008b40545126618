import { series } from '../../metrics/promql.ts';
import type { RunbookText } from '../../model/runbook.ts';
import type { Service } from '../../model/service.ts';
import { type About, deployment, kubectl, queriesAreFor } from './about.ts';
import { code, finished, list, promql, say, step, text } from './write.ts';

/** A limit is missing, so that the alert on what is used of it cannot fire. */
export function limit(about: About): RunbookText {
  const { service, panel, page } = about;
  return finished({
    opening: 'A CPU or memory limit of this service is missing: nothing says how near it is to its end.',
    meaning: [
      text(
        `The series of a limit have not been seen for some minutes. The label ${code('family')} says which one.`,
        'What is used over no limit is nothing, so that the alert on it is silent, and its panel empty.',
      ),
    ],
    impact: [
      text(
        'None for users by itself.',
        say`But ${page('memory-utilisation')} and the like do not fire any more.`,
        'A container without a memory limit takes what the node has, and its neighbours are killed with it.',
      ),
    ],
    diagnosis: {
      before: [text(queriesAreFor(about))],
      steps: [
        step(
          'set',
          'Is a limit set?',
          text(`${kubectl(about, `get ${deployment(about)} -o yaml`)}, under ${code('resources')}.`),
          list(
            'no: somebody took it out, or it never had one. Go to Mitigation.',
            'yes: then nobody reports it. Go on.',
          ),
        ),
        step(
          'reported',
          'Is it reported?',
          promql(service && reported(service)),
          text('Nothing for any service: kube-state-metrics is down, or Prometheus does not scrape it.'),
          text(say`${panel('signs-of-degradation')} shows since when, in its line of missing limits.`),
        ),
      ],
    },
    mitigation: [
      'Set the limit, a third above what the service uses at its peak.',
      `It is meant to have none: say so in its facts, ${code("otel({ …, limits: 'none' })")}, and the alert is gone with the panels that need it.`,
      `Nobody reports it: whoever runs Prometheus repairs kube-state-metrics. Until then state the limit in the facts, ${code('limits: { cores, bytes }')}.`,
    ],
  });
}

/** The limits that are reported of the same containers. */
function reported({ metrics: { cpu, memory } }: Service): string | undefined {
  const binding = [cpu, memory].find((one) => one?.kind === 'container' && typeof one.limit === 'object');
  return binding?.kind === 'container' && typeof binding.limit === 'object' ? series(binding.limit) : undefined;
}

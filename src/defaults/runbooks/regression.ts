import { quantile } from '../../metrics/histogram.ts';
import type { RunbookText } from '../../model/runbook.ts';
import { type About, fromInside, innermostFirst, queriesAreFor, rollback } from './about.ts';
import { latencyByVersion, p95, versionsOf } from './queries.ts';
import { sideBySide } from './side-by-side.ts';
import { code, finished, list, promql, say, step, text } from './write.ts';

/** The earliest sign: slower than before, perhaps not yet slow. */
export function regression(about: About): RunbookText {
  const { service, terms, panel, page, catalog } = about;
  const several = catalog.services.length > 1;
  const versions = service && versionsOf(service);
  const nowOverBefore = sideBySide(
    several ? fromInside(about) : service === undefined ? [] : [service],
    ({ latency }) =>
      latency &&
      `${p95(latency, terms, ['job'])} / ${quantile(latency, 0.95, { window: '30m', keep: ['job'], offset: '1h' })}`,
  );
  return finished({
    opening:
      'This service is several times slower than it was in the last hours, though perhaps not yet slow for its users.',
    meaning: [
      text(
        'The p95 of the last minutes, divided by its baseline, is above its limit.',
        "The baseline is the lower of one and two hours ago, but never below yesterday's at this time, so a daily peak is no regression.",
        'A response time too short for anybody to notice reads 0, and so does a service with too little traffic.',
        'Instances that have just started do not count: cold starts and rollouts stay silent.',
      ),
    ],
    impact: [
      text(
        'Hardly any yet. That is the point: there is time to act with a clear head.',
        service !== undefined && service.pools.length > 0
          ? 'If the trend goes on, pools fill within the next quarter of an hour or two, and then users see errors.'
          : 'If the trend goes on, users wait, and then see errors.',
      ),
    ],
    diagnosis: {
      before: [text(queriesAreFor(about))],
      steps: [
        step(
          'when',
          'Step or slope, and since when?',
          text(
            say`Open ${panel('latency-regression')}.`,
            'A step or a slope right after a deployment annotation, here or on a service behind: go to Mitigation.',
            versions === undefined
              ? undefined
              : 'No annotation? Deployments that the pipeline did not mark show as a change of version (as a graph over the last hours):',
          ),
          promql(versions),
        ),
        step(
          'version',
          'Is the new version the slow one?',
          versions === undefined ? undefined : text('While two versions run, this tells them apart:'),
          promql(service && latencyByVersion(service, terms)),
        ),
        step(
          'where',
          several ? 'Is it this service or one behind?' : 'How much slower is it?',
          nowOverBefore === undefined
            ? undefined
            : text(several ? 'Now over an hour ago, service by service:' : 'Now over an hour ago:'),
          promql(nowOverBefore),
          several
            ? text(
                'Treat the innermost service that stands out: those in front of it follow.',
                say`From the inside: ${innermostFirst(about)}.`,
              )
            : undefined,
        ),
        step(
          'what',
          'What got slower in it?',
          list(
            [
              say`${panel('query-p95')}: one operation alone names the query.`,
              panel('query-p95') === undefined ? undefined : say`Go to ${page('query-p95')}.`,
            ],
            say`more queries for the same traffic in ${panel('query-rate')} is an N+1, and as bad.`,
            say`what it calls: ${panel('dependency-table')}.`,
            say`short of CPU: ${panel('cpu-throttling') ?? panel('cpu')}.`,
          ),
        ),
        step(
          'left',
          'How much time is left?',
          text(
            say`${panel('pool-utilisation')}.`,
            panel('pool-utilisation') === undefined
              ? undefined
              : say`Climbing: treat it as ${page('degradation') ?? page('pool-utilisation')}. Flat: there is time to look closer.`,
          ),
        ),
      ],
      after: [
        text(
          '**What it is not:** another mix of requests also moves the p95, such as a nightly export that was not there yesterday.',
          say`Compare ${panel('traffic')}: a new route on top, and the others as fast as before, is no regression.`,
        ),
      ],
    },
    mitigation: [
      `**Roll back** if a deployment came before it; do not wait for a second sign. ${rollback(about)} Then watch the panel fall within a few minutes.`,
      panel('query-p95') === undefined
        ? undefined
        : say`No deployment, a query got slower: data grew or a plan changed; see ${page('query-p95')}.`,
      'A job or an export causes it: pause it or move it.',
      `Stable, ${service !== undefined && service.pools.length > 0 ? 'pools flat, ' : ''}users well: leave it for working hours, and tell the team in the alert's ${code('team')} label in writing. Do not just silence it: within about three hours the slow state becomes the baseline, and the alert goes quiet by itself.`,
      'Climbing with nothing to roll back: escalate to that team now.',
    ],
  });
}

import { identityOf } from '../../metrics/identity.ts';
import { by } from '../../metrics/promql.ts';
import { bindingOf, countedSeries, requestsOf } from '../../metrics/requests.ts';
import type { Terms } from '../../metrics/timing.ts';
import type { ServerBinding } from '../../model/metrics.ts';
import type { RunbookText } from '../../model/runbook.ts';
import { type About, queriesAreFor } from './about.ts';
import { jobOf } from './queries.ts';
import { code, finished, promql, say, step, text } from './write.ts';

/** Rules whose query fails are silent. */
export function alertQueries(about: About): RunbookText {
  const { service, panel, page } = about;
  const job = service && jobOf(service);
  return finished({
    opening:
      "Prometheus answers, but not the queries of this service's alerts: at least one of them can no longer fire.",
    meaning: [
      text(
        'A rule keeps its last state while its query fails, so that a Prometheus that is down does not make everything page.',
        'The price is that a rule whose query fails for good is silent for ever, and looks healthy.',
        "This alert pays it back: it asks all queries of the service's alerts at once. Its own value is always 0; it fires only when one of them fails.",
      ),
    ],
    impact: [
      text(
        "None for users by itself. But an incident that this service's alerts were made for is not noticed.",
        'Which of them are blind is not known before {step:says}, so take it to be all.',
      ),
    ],
    diagnosis: {
      before: [text(queriesAreFor(about))],
      steps: [
        step(
          'all',
          'Every service at once?',
          text(
            'Then it is the server, not a query.',
            say`${page('data-source-reachable')} fires too: go there, and come back if this one stays.`,
            'Only this one fires, for every service: a limit or a time-out of the server, {step:heavy}.',
          ),
        ),
        step(
          'says',
          'What does Prometheus say?',
          text(
            say`The alert's annotation Error has it, in ${panel('firing-alerts')} and in the notification.`,
            `To find the rule: in Grafana, Alerting, the service's group, the rules whose state is ${code('Normal (Error, KeepLast)')}. Or run their queries in Explore, one after the other.`,
          ),
        ),
        step(
          'twice',
          '"found duplicate series" or "many-to-many"?',
          text(
            'Two series where one is expected. Mostly a metric is scraped twice, or a label that tells them apart was dropped.',
            service === undefined ? undefined : 'Look for the pair; two methods of one route are none:',
          ),
          promql(service?.metrics.server && twice(service.metrics.server, about.terms)),
        ),
        step(
          'heavy',
          '422, "too many samples", "exceeds limit", a time-out?',
          text('The query has grown too heavy.', job === undefined ? undefined : "Did the service's series grow?"),
          promql(job && `count by (__name__)({${job}})`),
          job === undefined
            ? undefined
            : text(
                `Against last week: add ${code('offset 1w')}. Ten times as many: a label with a value for each user or each request.`,
              ),
        ),
        step(
          'parse',
          '"parse error", "unknown function"?',
          text('The rule is newer than the server. Which of the two changed?'),
        ),
      ],
      after: [
        text(
          '**What it is not:** missing metrics. An answer without series is an answer.',
          say`${page('telemetry-absent')} fires for it.`,
        ),
      ],
    },
    mitigation: [
      `**Roll back** what changed last: the deployment that changed labels or metrics, the scrape configuration, the rules themselves (${code('npm run sync')} from the commit before).`,
      'Scraped twice: take one of the two scrapes out.',
      'Too heavy: raise the limit or the time-out of the server for now, then drop the label.',
      "Until it is repaired, watch the service's dashboard by hand, and tell its team: nobody will be paged.",
    ],
  });
}

/** Series that only a label of the scrape can tell apart. */
function twice(server: ServerBinding, terms: Terms): string {
  const counted = requestsOf(server);
  const known = [server.route, server.status].filter((label) => label !== undefined);
  return `count ${by(...identityOf(terms, bindingOf(counted)), 'instance', ...known)}(${countedSeries(counted)}) > 1`;
}

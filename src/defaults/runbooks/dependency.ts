import { callersOf } from '../../build/index.ts';
import { firstOf, matcher } from '../../metrics/promql.ts';
import { judgedOf, rate, requestsOf } from '../../metrics/requests.ts';
import type { RunbookText } from '../../model/runbook.ts';
import { dependencyAddress, findService, type Service } from '../../model/service.ts';
import { type About, kubectl, plain, queriesAreFor, rollback, titleOf } from './about.ts';
import { isOtel, p95, totalRate } from './queries.ts';
import { code, finished, list, listed, promql, say, step, text } from './write.ts';

/** Calls to something behind fail. */
export function dependency(about: About): RunbookText {
  const { service, terms, panel, page, overview } = about;
  const client = service?.metrics.client;
  const judged = client && judgedOf(client);
  const tellsKind = service !== undefined && isOtel('client', service);
  const own = service && ownDependency(service, about);
  const outside = about.services.flatMap(({ dependencies }) =>
    dependencies.flatMap((one) => ('external' in one ? [plain(one.title ?? one.external)] : [])),
  );
  return finished({
    opening: 'Too many calls from this service to one of its dependencies fail or get no answer.',
    meaning: [
      text(
        'The share of failed calls is above its limit, as this service sees it.',
        `The label ${code('service')} names the caller, the label ${code('dependency')} what it calls.`,
        '5xx, 408, 429 and calls without any status (time-outs, refused connections) count. Other 4xx do not: those are our own mistakes.',
      ),
      text('Time-outs come at the end of a slow decline; latency and pools say it much earlier.'),
    ],
    impact: [
      text(about.services.length === 0 ? undefined : 'What each caller needs, by the address in the label:'),
      list(...about.services.slice(0, NAMED).map((one) => `${titleOf(one)} calls ${callsOf(one, about)}.`)),
      text(
        'While calls wait for an answer they hold outbound connections, so a failing dependency can take its caller along.',
      ),
    ],
    diagnosis: {
      before: [text(queriesAreFor(about))],
      steps: [
        step(
          'callers',
          'Who else?',
          text(
            say`${overview('dependency-matrix')}.`,
            'Several callers fail on one dependency: it is the dependency. One caller alone: that caller, its network, or its credentials.',
          ),
        ),
        step(
          'how',
          'How does it fail?',
          text(
            say`${panel('dependency-error-ratio')} shows when it began.`,
            judged === undefined ? undefined : 'By kind:',
          ),
          promql(
            client &&
              judged &&
              rate(judged.failed, {
                window: terms.window('5m'),
                keep: [
                  ...new Set([client.address, ...labelsIn(judged.failed.where ?? ''), ...(tellsKind ? [KIND] : [])]),
                ],
              }),
          ),
          list(
            [
              'no status: nobody answered in time, or nobody listens.',
              tellsKind ? `${code(KIND)} says which, where the agent sets it.` : undefined,
            ],
            '503, 502, 504: it is overloaded or down. 500: it is broken.',
            ['429: we call too often.', 'Go to {step:retries}.'],
          ),
        ),
        step(
          'ours',
          'If it is ours, ask it itself.',
          text(say`Its own view against that of its callers, for example for ${own && titleOf(own.service)}:`),
          promql(p95(own?.service.metrics.server?.latency, terms, ['job'])),
          promql(own && seenBy(own, about)),
          own &&
            list(
              ['both slow: open its dashboard.', say`Go on with ${page('latency-p95')} there.`],
              [
                'it is fast, its callers see it slow: the time is lost in between. Look at DNS, and at the network between them.',
                say`Look at ${panel('pool-utilisation')} of the caller.`,
              ],
              [
                `it has no traffic at all: are its instances ready? ${kubectl(about, 'get pods')}.`,
                say`Or see ${page('traffic-ratio')}.`,
              ],
            ),
        ),
        step(
          'retries',
          'Do we call more than before?',
          client &&
            service?.metrics.server &&
            text('Calls per request served, now over an hour ago. Far above 1 means retries:'),
          promql(service && callsPerRequest(service, about)),
        ),
        step(
          'outside',
          'Is it outside?',
          text(
            say`Its status page first: ${outside.length === 0 ? undefined : listed([...new Set(outside)].slice(0, NAMED))}.`,
            outside.length === 0
              ? undefined
              : 'Then our own side: an expired key or certificate fails from one second to the next, mostly with 401 or 403.',
            outside.length === 0
              ? undefined
              : say`Those do not count here; look for what they cause in ${panel('failures-by-status')}.`,
          ),
        ),
      ],
      after: [
        text(
          '**What it is not:** a single failure at night. A quiet dependency needs several failures before the alert fires.',
        ),
      ],
    },
    mitigation: [
      `**Roll back**, where a deployment of the caller or of the dependency came before it. ${rollback(about)} Or that of the dependency.`,
      'A dependency outside: turn the feature off, or let it answer without. Tell support.',
      'Retries feed it: turn them down or off. Fewer calls are the fastest help for something overloaded.',
      'It hangs: shorten the time-out on calls to it, so that it cannot fill our pools.',
      `Escalate to the team of the dependency, which its own alerts carry in ${code('team')}. For a provider, to the team in this alert's ${code('team')} label, who has the contract and the contact.`,
    ],
  });
}

/** As many as a list holds that is read at night. */
const NAMED = 8;

function callsOf({ dependencies }: Service, { catalog }: About): string {
  const names = dependencies.map((one) => {
    const behind = 'service' in one ? findService(catalog, one.service) : undefined;
    const title = behind === undefined ? ('external' in one ? one.title : undefined) : behind.title;
    const address = code(dependencyAddress(one));
    return title === undefined ? address : `${plain(title)} (${address})`;
  });
  return listed(names);
}

function ownDependency(service: Service, { catalog }: About) {
  for (const one of service.dependencies) {
    const behind = 'service' in one ? findService(catalog, one.service) : undefined;
    if (behind !== undefined) return { service: behind, address: dependencyAddress(one) };
  }
  return undefined;
}

/** How the callers of a service see it, each by its own name for it. */
function seenBy({ service }: { readonly service: Service }, { catalog, terms }: About): string | undefined {
  const seen = callersOf(service, catalog)
    .slice(0, NAMED)
    .flatMap(({ dependencies, metrics: { client } }) =>
      dependencies
        .filter((one) => 'service' in one && one.service === service.id)
        .flatMap(
          (one) =>
            (client && p95(client.latency, terms, ['job'], matcher(client.address, '=', dependencyAddress(one)))) ?? [],
        ),
    );
  return seen.length === 0 ? undefined : firstOf(...seen);
}

/** OpenTelemetry's label of what went wrong; older agents leave it empty. */
const KIND = 'error_type';

/** The label that separates kinds of failures. */
function labelsIn(failed: string): readonly string[] {
  return [/^\w+/.exec(failed)?.[0] ?? []].flat();
}

function callsPerRequest({ metrics: { client, server } }: Service, { terms }: About): string | undefined {
  if (client === undefined || server === undefined) return undefined;
  const [calls, served] = [requestsOf(client), requestsOf(server)];
  const window = terms.window('5m');
  const each = (offset?: string) => {
    const at = offset === undefined ? {} : { offset };
    return `(${rate(calls, { window, keep: [client.address], ...at })} / on () group_left () ${totalRate(served, window, offset)})`;
  };
  return `${each()} / ${each('1h')}`;
}

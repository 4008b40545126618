import { countedSeries, requestsOf } from '../../metrics/requests.ts';
import type { RunbookText } from '../../model/runbook.ts';
import { type About, edgeOf, fromInside, kubectl, plain } from './about.ts';
import { sideBySide } from './side-by-side.ts';
import { code, finished, list, promql, say, step, text } from './write.ts';

/** Grafana gets no answers at all. */
export function dataSource(about: About): RunbookText {
  const { project, overview, page } = about;
  return finished({
    opening: 'Grafana gets no answers from Prometheus, so no alert can fire and no panel shows anything new.',
    meaning: [
      text(
        `The rule asks Prometheus for ${code('vector(1)')}, which always has an answer. It fires only when the query itself fails, once for the project instead of once for each rule.`,
        'All other alerts keep their last state meanwhile: what fired goes on firing, what was silent stays silent, whatever the services do.',
      ),
    ],
    impact: [
      text(
        'None for users by itself. But you are blind: an incident that begins now is not noticed. After a deployment that is the worst moment, so stop deployments until Prometheus is back.',
      ),
    ],
    diagnosis: {
      steps: [
        step(
          'still',
          'Still down?',
          text(
            say`${overview('data-source')} says yes while it answers.`,
            `Or run it in Explore, with the data source ${plain(project.dataSource.name)}:`,
          ),
          promql('vector(1)'),
          text(
            'The error that appears is the best hint there is. It answers again: wait, the alert resolves by itself.',
            'Then read {step:after}.',
          ),
        ),
        step(
          'kind',
          'What kind of error?',
          list(
            'connection refused, no such host: Prometheus is down or has moved. Go to {step:prometheus}.',
            'timeout, 502 or 504: it is overloaded, or a proxy in between is. Go to {step:prometheus}.',
            '401 or 403: the credentials of the data source have changed. Go to {step:source}.',
            '503 right after a start: it replays its log of the last hours. That can take minutes, and ends by itself.',
            'data source not found: somebody deleted or renamed it. Go to {step:source}.',
          ),
        ),
        step(
          'prometheus',
          'Prometheus itself.',
          text(
            `From a machine that reaches it: ${code('curl -sS http://<prometheus>/-/ready')}. Not ready: look at its pod and its log. Mostly it is one of three: killed for memory (${code('OOMKilled')}), disk full, or a configuration that does not load.`,
          ),
        ),
        step(
          'source',
          'The data source.',
          text(
            `Ready, but Grafana gets nothing: the address, the credentials or the network between them. ${code(`curl -sS -H "Authorization: Bearer <token>" <grafana>/api/datasources/uid/${project.dataSource.uid}/health`)} asks Grafana to test it.`,
          ),
        ),
        step(
          'after',
          'After it is back:',
          text(
            'was there a hole, and for which service? As a graph over the last hours, the line is missing where nothing was recorded:',
          ),
          promql(sideBySide(fromInside(about), (server) => `count by (job)(${countedSeries(requestsOf(server))})`)),
          text(
            'A line without a hole: Prometheus went on recording, only Grafana was cut off. Then see what happened in the dark: the dashboards over that time.',
          ),
        ),
      ],
      after: [
        text(
          '**What it is not:** missing metrics of one service: then Prometheus answers.',
          say`${page('telemetry-absent')} fires for those.`,
          'Nor a slow dashboard: one heavy query that times out leaves this alert silent.',
        ),
      ],
    },
    mitigation: [
      `**Watch by hand first.** ${kubectl(about, 'get pods')}, the log of ${edgeOf(about)}, the product itself in a browser. If users suffer, that goes first.`,
      `**Roll back** the last change of Prometheus, its configuration, or the network policy between it and Grafana. There is no deployment annotation for it: ask who made one. Check a configuration before loading it: ${code('promtool check config')}.`,
      'Killed for memory: give it more, or it is killed again while it replays. Then look for the query or the new labels that did it.',
      'Disk full: enlarge the volume, or shorten the retention. Delete nothing by hand in its data directory.',
      'Credentials or address changed: put the right ones into the data source in Grafana. Rules and panels refer to its UID, so change it, do not make a new one.',
      `Stop deployments until it is back, and say so in the channel. Escalate to the team in the alert's ${code('team')} label, or to whoever runs Prometheus, at once: every minute counts as a minute without alerting.`,
    ],
  });
}

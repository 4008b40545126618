import type { RunbookText } from '../../model/runbook.ts';
import { type About, plain } from './about.ts';
import { code, finished, list, promql, say, step, text } from './write.ts';

/** The dead man's switch. */
export function watchdog(about: About): RunbookText {
  const { alert, project, page } = about;
  return finished({
    opening: 'This alert fires always, on purpose: when its receiver stops hearing it, alerting itself is down.',
    meaning: [
      text(
        "A dead man's switch. The rule is always true and is sent again and again to a heartbeat service outside of Grafana. That service raises the alarm when it is not notified.",
        "So nothing is wrong when this alert fires; you are here because the heartbeat's own alarm came, or because somebody wonders about an alert that never ends.",
      ),
      text(
        'It exists only where a heartbeat contact point is configured. Without one there is no such rule, and nothing notices a dead Grafana.',
      ),
    ],
    impact: [
      text(
        'None for users by itself. But while the heartbeat is silent, nobody is paged for anything. Treat it as an incident until the opposite is shown.',
      ),
    ],
    diagnosis: {
      steps: [
        step(
          'grafana',
          'Is Grafana up?',
          text(
            `${code('curl -sS <grafana>/api/health')}. No answer, or its database is not ${code('ok')}: that is the cause. Look at its pod, its log and its database.`,
          ),
        ),
        step(
          'rule',
          'Is the rule there and firing?',
          text(
            `Grafana, Alerting, Alert rules, folder ${plain(project.folder.title)}, group project must list ${alert}.`,
          ),
          list(
            `not there: deleted, paused, or no heartbeat is configured any more. ${code('npm run plan')} shows what Grafana lacks.`,
            'there and firing: Grafana evaluates. The way out is broken: {step:out}.',
            'there, but not firing: evaluation stands still. Go to {step:evaluates}.',
          ),
        ),
        step(
          'evaluates',
          'Does Grafana evaluate?',
          text('If Prometheus scrapes Grafana:'),
          promql('sum(rate(grafana_alerting_rule_evaluations_total[5m]))'),
          promql('sum(rate(grafana_alerting_rule_evaluation_failures_total[5m]))'),
          text(
            'The first at zero: the scheduler stands still; restart Grafana.',
            say`The second above zero: its queries fail, see ${page('data-source-reachable')}.`,
            'A Prometheus that is down does not silence the watchdog, which keeps its state.',
          ),
        ),
        step(
          'out',
          'Does it get out?',
          text(
            `Grafana's log, lines with ${code('ngalert.notifier')}: refused, timeout, 401, 404. If Prometheus scrapes Grafana (the series appear with the first failure, so 0 is good):`,
          ),
          promql('sum by (integration)(increase(grafana_alerting_notifications_failed_total[30m])) or vector(0)'),
          list(
            'all integrations fail: outgoing network, proxy or DNS of Grafana. **No page gets out either.**',
            'only the heartbeat: its URL or key has changed, or the heartbeat service is down. Pages still work.',
            `no failure: a silence or a mute timing covers it. Look for one that matches too much, such as ${code(`system="${project.system}"`)}: it would swallow real alerts, too.`,
          ),
        ),
        step(
          'try',
          'Try the way out:',
          text('send a test from the contact point in Grafana, to the heartbeat and to the on-call one.'),
        ),
      ],
      after: [
        text(
          '**What it is not:** an alert to silence because it fires. A silence on it takes the only thing away that notices a dead Grafana. A short gap while Grafana restarts for an upgrade is harmless, if the heartbeat service waits longer than that.',
        ),
      ],
    },
    mitigation: [
      '**Tell people first** that nobody is paged now, and let somebody watch the dashboards, or the product itself, until alerting is back.',
      `**Roll back** the last change of Grafana: its version, its configuration, or what was synced. There is no deployment annotation for it. Rules that are gone come back with ${code('npm run sync')}.`,
      'Evaluation stands still: restart Grafana.',
      'Outgoing network or a changed secret: put it right; secrets of contact points come from the environment of the sync.',
      'A silence that is too wide: end it.',
      'The heartbeat service is down: nothing to do here but to wait, with somebody watching.',
      `Escalate to the team in the alert's ${code('team')} label at once. After it is back, read the dashboards over the gap.`,
    ],
  });
}

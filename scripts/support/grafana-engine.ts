import { readConfig } from '../../src/config.ts';
import type { AlertRule } from '../../src/model/alert-rule.ts';
import {
  BacktestError,
  backtestRules,
  backtestSpan,
  compareWithGrafana,
  type PostJson,
  type ReplayContext,
  replayScenarios,
} from '../../src/replay/index.ts';
import type { Scenario } from '../../src/scenario/index.ts';
import { UsageError } from './command.ts';
import { ROOT } from './desired.ts';

/**
 * Runs scenarios through promtool and through Grafana's engine, and says where they differ.
 *
 * @throws UsageError without GRAFANA_URL. BacktestError where Grafana can not do it.
 */
export async function compareEngines(
  scenarios: readonly Scenario[],
  rules: readonly AlertRule[],
  context: ReplayContext,
): Promise<{ readonly agrees: boolean; readonly text: string }> {
  const post = openGrafana();
  const lines: string[] = [];
  let agrees = true;
  for (const scenario of scenarios) {
    const [replay] = await replayScenarios([scenario], rules, context);
    if (replay === undefined) continue;
    const since = performance.now();
    const backtested = await backtestRules(scenario, rules, post);
    const seconds = ((performance.now() - since) / 1000).toFixed(1);
    const { series, evaluations, differences } = compareWithGrafana(replay, backtested, backtestSpan(scenario));
    agrees &&= differences.length === 0;
    const verdict = differences.length === 0 ? '✓ agrees' : '× differs';
    lines.push(
      `${verdict}  ${scenario.id}: ${rules.length} rules, ${series} series that were pending or firing, ${evaluations} states compared minute by minute, ${differences.length} differ. Grafana took ${seconds} s`,
      ...differences.map(
        ({ alert, subject, promtool, grafana, minutes }) =>
          `    ${alert}, ${subject}: promtool ${promtool}, Grafana ${grafana} (${minutes} minutes)`,
      ),
    );
  }
  return { agrees, text: lines.join('\n') };
}

function openGrafana(): PostJson {
  const result = readConfig({ environment: process.env, directory: ROOT });
  if ('problems' in result) throw new UsageError(result.problems);
  const { grafanaUrl, grafanaToken, grafanaUser, grafanaPassword } = result.config;
  if (grafanaUrl === undefined) {
    throw new UsageError([
      {
        code: 'C022',
        level: 'error',
        subject: '--engine grafana',
        message: 'needs GRAFANA_URL, which is not set',
        remedy: 'Set GRAFANA_URL and GRAFANA_TOKEN; docs/replay.md says how to fill its Prometheus',
      },
    ]);
  }
  const basic = `${grafanaUser ?? ''}:${grafanaPassword?.reveal() ?? ''}`;
  const authorization =
    grafanaToken === undefined ? `Basic ${Buffer.from(basic).toString('base64')}` : `Bearer ${grafanaToken.reveal()}`;
  return async (path, body) => {
    const answer = await fetch(`${grafanaUrl.replace(/\/$/, '')}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(300_000),
    }).catch((cause: unknown) => {
      throw new BacktestError(`${grafanaUrl} does not answer`, 'Check GRAFANA_URL', { cause });
    });
    if (answer.ok) return answer.json();
    const text = (await answer.text()).slice(0, 300);
    const remedy =
      answer.status === 404
        ? 'Switch the feature toggle alertingBacktesting on in Grafana'
        : 'The message above is Grafana’s; the account needs to read the data source';
    throw new BacktestError(`Grafana answers ${answer.status}: ${text}`, remedy);
  };
}

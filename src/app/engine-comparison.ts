import { readConfig } from '../../src/config.ts';
import type { Project } from '../../src/model/project.ts';
import type { Desired } from '../../src/model/resource.ts';
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
import { makePlan } from '../../src/sync/index.ts';
import { refused, UsageError } from './command.ts';
import { configuration } from './configuration.ts';
import { ROOT } from './root.ts';
import { openGrafanaOf, secretOptions } from './session.ts';

/**
 * Runs scenarios through promtool and through Grafana's engine, and says where they differ.
 *
 * @throws UsageError without GRAFANA_URL, and where that Grafana does not have these rules. BacktestError where it can
 * not do it.
 */
export async function compareEngines(
  scenarios: readonly Scenario[],
  desired: Desired,
  context: ReplayContext & { readonly project: Project },
): Promise<{ readonly agrees: boolean; readonly text: string }> {
  const post = openGrafana();
  await checkSynced(desired, context.project);
  const rules = desired.resources.flatMap((resource) => (resource.kind === 'rule' ? [resource.rule] : []));
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
      ...(differences.length > 5 && grafanaSilent(differences)
        ? ['    Grafana never fires: is its Prometheus filled with this scenario? docs/replay.md says how']
        : []),
      ...differences.map(
        ({ alert, subject, promtool, grafana, minutes }) =>
          `    ${alert}, ${subject}: promtool ${promtool}, Grafana ${grafana} (${minutes} minutes)`,
      ),
    );
  }
  return { agrees, text: lines.join('\n') };
}

/** Grafana's engine is asked with the rules of the code: they have to be those that it runs. */
async function checkSynced(desired: Desired, project: Project): Promise<void> {
  const config = configuration({});
  const target = await openGrafanaOf(config, project);
  const { changes } = await makePlan(target, desired, { scope: { only: 'alerts' }, ...secretOptions(config, project) });
  const differ = changes.filter(({ kind, action }) => kind === 'rule' && action !== 'unchanged');
  const [first] = differ;
  if (first === undefined) return;
  const others = differ.length === 1 ? '' : ` and ${differ.length - 1} more`;
  throw refused(
    'C025',
    '--engine grafana',
    `runs the synced rules, and in ${target.identity.name} ${first.title} of ${first.service ?? 'the project'}${others} are not as in the code`,
    'Sync them first: npm run sync -- --only alerts',
  );
}

function grafanaSilent(differences: readonly { readonly grafana: string }[]): boolean {
  return differences.every(({ grafana }) => grafana === 'never fires');
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
        : 'The message above is Grafana’s; the account needs the Editor role';
    throw new BacktestError(`Grafana answers ${answer.status}: ${text}`, remedy);
  };
}

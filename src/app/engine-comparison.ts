import { ExplainedError, refused } from '../model/explained-error.ts';
import type { Project } from '../model/project.ts';
import type { Desired } from '../model/resource.ts';
import {
  backtestRules,
  backtestSpan,
  compareWithGrafana,
  type PostJson,
  type ReplayContext,
  replayScenarios,
} from '../replay/index.ts';
import type { Scenario } from '../scenario/index.ts';
import { makePlan } from '../sync/index.ts';
import { openGrafanaClient } from '../targets/grafana/client.ts';
import type { BuiltProject } from './build-project.ts';
import type { Config } from './config.ts';
import { configuration } from './configuration.ts';
import { inItsGrafana } from './environment.ts';
import type { Io } from './io.ts';
import { openGrafanaOf, secretOptions } from './open-target.ts';

/**
 * Runs scenarios through promtool and through Grafana's engine, and says where they differ.
 *
 * @throws ExplainedError without GRAFANA_URL, and where that Grafana does not have these rules or cannot
 * do it.
 */
export async function compareEngines(
  scenarios: readonly Scenario[],
  { desired, source }: Pick<BuiltProject, 'desired' | 'source'>,
  context: ReplayContext & { readonly project: Project },
  { env, io }: { readonly env: string | undefined; readonly io: Io },
): Promise<{ readonly agrees: boolean; readonly text: string }> {
  const config = inItsGrafana(configuration(io, { env }), source);
  const post = openEngine(config, io);
  await checkSynced(desired, context.project, config, io);
  const rules = desired.resources.flatMap((resource) => (resource.kind === 'rule' ? [resource.rule] : []));
  const lines: string[] = [];
  let agrees = true;
  for (const scenario of scenarios) {
    const [replay] = await replayScenarios([scenario], rules, context);
    if (replay === undefined) continue;
    const since = io.clock.elapsed();
    const backtested = await backtestRules(scenario, rules, post);
    const seconds = ((io.clock.elapsed() - since) / 1000).toFixed(1);
    const compared = compareWithGrafana(replay, backtested, backtestSpan(scenario));
    const { series, evaluations, differences } = compared;
    agrees &&= compared.agrees;
    const verdict = compared.agrees ? '✓ agrees' : differences.length > 0 ? '× differs' : '× nothing to compare';
    lines.push(
      `${verdict}  ${scenario.id}: ${rules.length} rules, ${series} series that were pending or firing, ${evaluations} states compared minute by minute, ${differences.length} differ. Grafana took ${seconds} s`,
      ...(differences.length > 5 && grafanaSilent(differences)
        ? [
            '    Grafana never fires: is its Prometheus filled with this scenario, as npm run replay -- --openmetrics FILE writes it?',
          ]
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
async function checkSynced(desired: Desired, project: Project, config: Config, io: Io): Promise<void> {
  const target = await openGrafanaOf(config, project, io);
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

/** A whole day of a rule takes Grafana minutes. In milliseconds. */
const BACKTEST_DEADLINE = 300_000;

function openEngine(config: Config, { http }: Io): PostJson {
  if (config.grafanaUrl === undefined) {
    throw refused(
      'C022',
      '--engine grafana',
      'needs GRAFANA_URL, which is not set',
      'Set GRAFANA_URL and GRAFANA_TOKEN, of a Grafana whose Prometheus is filled by: npm run replay -- <id> --openmetrics FILE',
    );
  }
  const client = openGrafanaClient({
    url: config.grafanaUrl,
    token: config.grafanaToken,
    user: config.grafanaUser,
    password: config.grafanaPassword,
    orgId: config.grafanaOrgId,
    caFile: config.grafanaCaFile,
    world: http,
  });
  return async (path, body) => {
    // A backtest changes nothing, and may be asked for again.
    const ask = { body, repeat: true, deadline: BACKTEST_DEADLINE, accept: [404] };
    const answer = await client.request('POST', path, ask);
    if (answer.status !== 404) return answer.body;
    throw new ExplainedError({
      code: 'T104',
      message: `${client.url} has no ${path} (404)`,
      remedy: 'Switch the feature toggle alertingBacktesting on in Grafana',
      status: 404,
    });
  };
}

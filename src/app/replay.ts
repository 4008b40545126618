/** Replays: of scenarios with the rules of the code, against other rules, and through Grafana's own engine. */
import { availableParallelism } from 'node:os';
import { openPromtool } from '../adapters/promtool/index.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { refused } from '../model/explained-error.ts';
import type { FiringChange, Replay } from '../model/replay.ts';
import { changedRules, compareReplays, replayScenarios } from '../replay/index.ts';
import { checkScenarios, type Scenario } from '../scenario/index.ts';
import { buildProject } from './build-project.ts';
import type { Io } from './io.ts';
import { writeOpenMetrics } from './openmetrics.ts';
import { readRulesAt } from './rules-at.ts';
import { scenariosOf } from './scenarios.ts';

/** What to replay. */
export interface ReplayRequest {
  /** Scenarios by id. Without any, all but the long days. */
  readonly ids: readonly string[];
  /** The long days too. */
  readonly all: boolean;
  /** Options that are about one scenario, with their values. */
  readonly alone: Readonly<Record<string, string | undefined>>;
  /** Compare with the rendered rules of this commit. */
  readonly against?: string;
  /** `grafana` compares with the state machine of the Grafana at `GRAFANA_URL`. */
  readonly engine: 'promtool' | 'grafana';
  /** Default: the first of the project, and for Grafana's engine the only one. */
  readonly env?: string;
  /** Write the series to this file, to fill a Prometheus with them, and do no more. */
  readonly openmetrics?: string;
  /** Called when a scenario is done, with how many are by then. */
  readonly onDone?: (id: string, done: number, of: number) => void;
}

/** What another commit's rules would have done instead. */
export interface ReplayedAgainst {
  readonly ref: string;
  readonly commit: string;
  readonly changes: readonly FiringChange[];
}

/** What was replayed, or what is wrong with the code. */
export type Replayed =
  | {
      readonly ok: true;
      readonly did: 'replay';
      readonly replays: readonly Replay[];
      readonly against?: ReplayedAgainst;
    }
  | { readonly ok: true; readonly did: 'engines'; readonly agrees: boolean; readonly text: string }
  | { readonly ok: true; readonly did: 'openmetrics' }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };

/**
 * Replays scenarios.
 *
 * @throws ExplainedError C021 where the request is wrong, and where promtool, git or Grafana cannot be used
 */
export async function replayProject(request: ReplayRequest, io: Io): Promise<Replayed> {
  const { env, engine } = request;
  const built = await buildProject(io, { env, reach: engine === 'grafana' ? 'outside' : 'code' });
  if (!built.ok) return built;
  const chosen = chooseScenarios(scenariosOf(built), request);
  const { catalog, project, desired, alertNames } = built;
  const rules = desired.resources.flatMap((resource) => (resource.kind === 'rule' ? [resource.rule] : []));
  const wrong = checkScenarios(chosen, { catalog, alerts: new Set(alertNames) });
  if (wrong.length > 0) return { ok: false, problems: wrong };
  if (request.openmetrics !== undefined) {
    await writeOpenMetrics(chosen, { catalog, project, detail: 'all' }, request.openmetrics);
    return { ok: true, did: 'openmetrics' };
  }
  const opened = await openPromtool(io);
  const context = {
    catalog,
    project,
    processes: availableParallelism(),
    ...opened,
    ...counted(request, chosen.length),
  };
  if (request.engine === 'grafana') {
    const { compareEngines } = await import('./engine-comparison.ts');
    return { ok: true, did: 'engines', ...(await compareEngines(chosen, built, context, { env, io })) };
  }
  // Read first: a commit that cannot be read is refused in no time, and replaying takes seconds.
  const before = request.against === undefined ? undefined : await readRulesAt(request.against, built, io);
  const replays = await replayScenarios(chosen, rules, context);
  if (before === undefined) return { ok: true, did: 'replay', replays };
  const changed = changedRules(before.rules, rules);
  const uids = new Set(changed.after.map(({ uid }) => uid));
  const then = await replayScenarios(chosen, changed.before, context);
  const now = replays.map((one) => ({ ...one, alerts: one.alerts.filter(({ uid }) => uids.has(uid)) }));
  const against = { ref: request.against ?? '', commit: before.commit, changes: compareReplays(then, now) };
  return { ok: true, did: 'replay', replays, against };
}

function counted({ onDone }: ReplayRequest, of: number): { readonly onDone?: (id: string) => void } {
  if (onDone === undefined) return {};
  let done = 0;
  return {
    onDone: (id) => {
      done += 1;
      onDone(id, done, of);
    },
  };
}

/** Every scenario of the project, or what is wrong with the code. */
export async function knownScenarios(
  io: Io,
  env?: string,
): Promise<
  | { readonly ok: true; readonly scenarios: readonly Scenario[] }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] }
> {
  const built = await buildProject(io, { env });
  return built.ok ? { ok: true, scenarios: scenariosOf(built) } : built;
}

/**
 * The scenarios of some ids; without any, all but the long days.
 *
 * @throws ExplainedError C021 for an id that is not one, and for options that contradict each other
 */
function chooseScenarios(
  scenarios: readonly Scenario[],
  { ids, all, alone }: Pick<ReplayRequest, 'ids' | 'all' | 'alone'>,
): readonly Scenario[] {
  const strange = ids.filter((id) => !scenarios.some((scenario) => scenario.id === id));
  if (strange.length > 0) {
    throw usage(strange.join(', '), 'is not a scenario of this project', 'npm run replay -- --list shows them');
  }
  if (all && ids.length > 0) {
    throw usage('--all', `chooses every scenario, and ${ids.join(', ')} is named as well`, 'Leave out one of the two.');
  }
  for (const [flag, value] of Object.entries(alone)) {
    if (value !== undefined && ids.length !== 1) {
      throw usage(
        flag,
        'is about one scenario',
        `npm run replay -- ${ids[0] ?? scenarios[0]?.id ?? '<id>'} ${flag} ${value}`,
      );
    }
  }
  if (ids.length > 0) return scenarios.filter(({ id }) => ids.includes(id));
  return all ? scenarios : scenarios.filter((scenario) => scenario.long !== true);
}

function usage(subject: string, message: string, remedy: string): Error {
  return refused('C021', subject, message, remedy);
}

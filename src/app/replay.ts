/** Replays: of scenarios with the rules of the code, against other rules, and through Grafana's own engine. */
import { availableParallelism } from 'node:os';
import { openPromtool } from '../adapters/promtool/index.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { refused } from '../model/explained-error.ts';
import type { FiringChange, Replay } from '../model/replay.ts';
import { changedRules, compareReplays, replayScenarios } from '../replay/index.ts';
import { checkScenarios, type Scenario } from '../scenario/index.ts';
import { scenarios } from '../scenario/library/index.ts';
import { buildProject } from './build-project.ts';
import type { Io } from './io.ts';
import { writeOpenMetrics } from './openmetrics.ts';
import { readRulesAt } from './rules-at.ts';

/** What to replay. */
export interface ReplayRequest {
  /** The scenarios: see {@link chooseScenarios}. */
  readonly chosen: readonly Scenario[];
  /** Compare with the rendered rules of this commit. */
  readonly against?: string;
  /** `grafana` compares with the state machine of the Grafana at `GRAFANA_URL`. */
  readonly engine: 'promtool' | 'grafana';
  /** Write the series to this file, to fill a Prometheus with them, and do no more. */
  readonly openmetrics?: string;
  /** Called when a scenario is done. */
  readonly onDone?: (id: string) => void;
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

/** Replays scenarios. @throws ExplainedError where promtool, git or Grafana cannot be used */
export async function replayProject(request: ReplayRequest, io: Io): Promise<Replayed> {
  const { chosen, onDone } = request;
  const built = await buildProject(io);
  if (!built.ok) return built;
  const { catalog, project, desired, alertNames } = built;
  const rules = desired.resources.flatMap((resource) => (resource.kind === 'rule' ? [resource.rule] : []));
  const wrong = checkScenarios(chosen, { catalog, alerts: new Set(alertNames) });
  if (wrong.length > 0) return { ok: false, problems: wrong };
  if (request.openmetrics !== undefined) {
    await writeOpenMetrics(chosen, { catalog, project, detail: 'all' }, request.openmetrics);
    return { ok: true, did: 'openmetrics' };
  }
  const opened = await openPromtool(io);
  const done = onDone === undefined ? {} : { onDone };
  const context = { catalog, project, processes: availableParallelism(), ...opened, ...done };
  if (request.engine === 'grafana') {
    const { compareEngines } = await import('./engine-comparison.ts');
    return { ok: true, did: 'engines', ...(await compareEngines(chosen, desired, context, io)) };
  }
  // Read first: a commit that cannot be read is refused in no time, and replaying takes seconds.
  const before = request.against === undefined ? undefined : await readRulesAt(request.against, io);
  const replays = await replayScenarios(chosen, rules, context);
  if (before === undefined) return { ok: true, did: 'replay', replays };
  const changed = changedRules(before.rules, rules);
  const uids = new Set(changed.after.map(({ uid }) => uid));
  const then = await replayScenarios(chosen, changed.before, context);
  const now = replays.map((one) => ({ ...one, alerts: one.alerts.filter(({ uid }) => uids.has(uid)) }));
  const against = { ref: request.against ?? '', commit: before.commit, changes: compareReplays(then, now) };
  return { ok: true, did: 'replay', replays, against };
}

/** Every scenario there is. */
export function knownScenarios(): readonly Scenario[] {
  return scenarios;
}

/**
 * The scenarios of some ids; without any, all but the long days. @param alone options that are about one scenario
 *
 * @throws ExplainedError for an id that is not one, and for options that contradict each other
 */
export function chooseScenarios(
  ids: readonly string[],
  { all, alone }: { readonly all: boolean; readonly alone: Readonly<Record<string, string | undefined>> },
): readonly Scenario[] {
  const strange = ids.filter((id) => !scenarios.some((scenario) => scenario.id === id));
  if (strange.length > 0) {
    throw usage(strange.join(', '), 'is not a scenario of the library', 'npm run replay -- --list shows them');
  }
  if (all && ids.length > 0) {
    throw usage('--all', `chooses every scenario, and ${ids.join(', ')} is named as well`, 'Leave out one of the two.');
  }
  for (const [flag, value] of Object.entries(alone)) {
    if (value !== undefined && ids.length !== 1) {
      throw usage(flag, 'is about one scenario', `npm run replay -- incident-linear ${flag} ${value}`);
    }
  }
  if (ids.length > 0) return scenarios.filter(({ id }) => ids.includes(id));
  return all ? scenarios : scenarios.filter((scenario) => scenario.long !== true);
}

function usage(subject: string, message: string, remedy: string): Error {
  return refused('C021', subject, message, remedy);
}

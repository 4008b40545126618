/** A project as its suite sees it: by the same use cases as the commands, with what they say. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Io, Output, ProcessIo } from '../app/io.ts';
import { knownScenarios, type Replayed, replayProject } from '../app/replay.ts';
import { commandIo } from '../cli/command-io.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { loadProject } from '../cli/load-project.ts';
import { main } from '../cli/main.ts';
import { processIo } from '../cli/process.ts';
import { ExplainedError } from '../model/explained-error.ts';
import { renderDiagnostics, renderReplayText } from '../report/index.ts';
import type { SuiteOptions } from './project-suite.ts';

/** Where something fails, and what is said then. */
interface Outcome {
  readonly failure?: string;
}

/** A project, looked at for its suite. */
export interface SuiteProject {
  /** Runs a command of the engine on it. */
  run(command: string, args: readonly string[]): Promise<Outcome>;
  /** What is replayed. */
  readonly scenarios: readonly { readonly id: string; readonly title: string }[];
  /** Why there is nothing to replay; undefined where there is. */
  readonly noScenarios?: string;
  /** Replays all of it, once however often it is asked for. */
  replay(): Promise<Replayed>;
}

/**
 * Looks at the project of some options. What is wrong with it is for the tests to say: it never throws.
 *
 * @param given what the process has of the world. Tests of the suite give their own.
 */
export async function suiteProject(
  { root, scenarios }: Pick<SuiteOptions, 'root' | 'scenarios'>,
  given: ProcessIo = processIo(),
): Promise<SuiteProject> {
  const world = worldOf(root, given);
  const found = await scenariosOf(commandIo(world), scenarios);
  const ids = typeof scenarios === 'object' ? scenarios : [];
  let replayed: Promise<Replayed> | undefined;
  return {
    run: async (command, args) => {
      const said: string[] = [];
      const output = outputTo(said);
      const code = await main([command, ...args], { ...world, stdout: output, stderr: output });
      return code === EXIT.success ? {} : { failure: said.join('').trim() };
    },
    ...found,
    replay: () => {
      replayed ??= replayProject({ ids, all: scenarios === 'all', alone: {}, engine: 'promtool' }, commandIo(world));
      return replayed;
    },
  };
}

/** What became of a scenario. @returns `unproven` why, where there is no promtool to replay it with */
export async function replayedScenario(
  id: string,
  project: SuiteProject,
): Promise<Outcome & { readonly unproven?: string }> {
  let replayed: Replayed;
  try {
    replayed = await project.replay();
  } catch (error) {
    if (!(error instanceof ExplainedError)) throw error;
    const said = `${error.code} ${error.message}. ${error.remedy}`;
    return error.code === 'T101' ? { unproven: said } : { failure: said };
  }
  if (!replayed.ok) return { failure: renderDiagnostics(replayed.problems) };
  const replays = replayed.did === 'replay' ? replayed.replays : [];
  const broken = replays.filter((replay) => replay.scenario.id === id && replay.broken.length > 0);
  return broken.length === 0 ? {} : { failure: renderReplayText(broken, 0) };
}

async function scenariosOf(
  io: Io,
  chosen: SuiteOptions['scenarios'],
): Promise<Pick<SuiteProject, 'scenarios' | 'noScenarios'>> {
  const known = await knownScenarios(io).catch(() => undefined);
  if (known?.ok !== true)
    return { scenarios: [], noScenarios: 'The project is not valid, so that there is nothing to replay.' };
  const scenarios =
    typeof chosen === 'object'
      ? // An id that is none is for the replay to say.
        chosen.map((id) => known.scenarios.find((one) => one.id === id) ?? { id, title: 'is not a scenario' })
      : known.scenarios.filter(({ long }) => chosen === 'all' || long !== true);
  if (scenarios.length > 0) return { scenarios };
  return {
    scenarios,
    noScenarios:
      'The project has no scenarios, so that nothing proves its alerts: scenarios: [standardScenarios] in grafana.config.ts.',
  };
}

function worldOf(root: SuiteOptions['root'], given: ProcessIo): ProcessIo {
  const world = { ...given, stdout: outputTo([]), stderr: outputTo([]) };
  const folder = `${resolve(root instanceof URL ? fileURLToPath(root) : (root ?? given.cwd))}/`;
  if (folder === given.root) return world;
  return { ...world, root: folder, cwd: folder, loadProject: () => loadProject(folder) };
}

function outputTo(said: string[]): Output {
  return {
    isTerminal: false,
    write: (text) => {
      said.push(text);
      return Promise.resolve();
    },
  };
}

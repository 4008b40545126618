import type { HttpWorld } from '../http/index.ts';
import { ANSWERS_FOLDER, type KeptAnswers, keptAnswers } from './answers.ts';
import { findPromtool, PROMTOOL_FOLDER } from './find.ts';
import { type Promtool, promtoolAt } from './run.ts';

/** What promtool needs of the world. */
export interface PromtoolWorld {
  /** The project's root, absolute. */
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: { now(): number };
  /** What downloads it where there is none. */
  readonly http: HttpWorld;
}

/**
 * promtool for a project, and what it answered before.
 *
 * @example await replayScenarios(scenarios, rules, { catalog, project, processes, ...(await openPromtool(io)) })
 * @throws ExplainedError T101 if there is no promtool and none can be fetched.
 */
export async function openPromtool({
  root,
  environment,
  clock,
  http,
}: PromtoolWorld): Promise<{ readonly promtool: Promtool; readonly answers: KeptAnswers }> {
  const path = await findPromtool({ environment, http, cache: inside(root, PROMTOOL_FOLDER) });
  return {
    promtool: promtoolAt(path, environment),
    answers: keptAnswers({ folder: inside(root, ANSWERS_FOLDER), now: () => clock.now() }),
  };
}

/** A folder of a project. @example inside('/home/me/acme/', PROMTOOL_FOLDER) // '/home/me/acme/.cache/promtool' */
function inside(root: string, folder: string): string {
  return `${root.replace(/\/$/, '')}/${folder}`;
}

import { describe, type TestContext, test } from 'vitest';
import { replayedScenario, type SuiteProject, suiteProject } from './suite-project.ts';

/** What the suite looks at. */
export interface SuiteOptions {
  /**
   * The folder of `grafana.config.ts`. Default: the one that vitest was started in.
   *
   * @example new URL('../', import.meta.url)
   */
  readonly root?: string | URL;
  /** What is replayed: some scenarios by their ids, or `all`, the long days too. Default: all but the long days. */
  readonly scenarios?: 'all' | readonly string[];
  /** Whether what `npm run render` writes is committed, and has to be current. Default: true. */
  readonly rendered?: boolean;
  /** Whether the pages of `alerts/runbooks` have to be current. Default: true. */
  readonly runbooks?: boolean;
  /** How long all scenarios together may take, in milliseconds. Default: ten minutes. */
  readonly timeout?: number;
}

/**
 * The tests of a project, for a file that vitest runs: it is valid, its rendered files and runbooks are current, and each
 * scenario of it is a test that fails where an expectation does not hold. A failure says what the command of that name
 * says. Nothing is written; without promtool, which is fetched where it can be, the scenarios are skipped and say why.
 *
 * @param options default: the project that vitest was started in, with all but the long days
 * @example
 * import { projectSuite } from 'grafana-as-code/testing';
 *
 * projectSuite();
 */
export function projectSuite(options: SuiteOptions = {}): void {
  const { rendered = true, runbooks = true, timeout = 600_000 } = options;
  describe('the project', async () => {
    const project = await suiteProject(options);
    test('is valid', () => holds(project, 'validate'), timeout);
    if (rendered) test('has rendered files as it builds them', () => holds(project, 'render', '--check'), timeout);
    if (runbooks) test('has runbooks as it fills them', () => holds(project, 'runbooks', '--check'), timeout);
    describe('in replay', () => replays(project, timeout));
  });
}

/** @throws Error with what the command says */
async function holds({ run }: SuiteProject, command: string, ...args: readonly string[]): Promise<void> {
  const { failure } = await run(command, args);
  if (failure !== undefined) throw new Error(failure);
}

/** A test for each scenario, and one that is skipped and says why where there is none. */
function replays(project: SuiteProject, timeout: number): void {
  const { scenarios, noScenarios } = project;
  if (noScenarios !== undefined) test('holds what scenarios expect', ({ skip }) => skip(noScenarios));
  for (const { id, title } of scenarios)
    test(`${id}: ${title}`, (context) => holdsInReplay(id, project, context), timeout);
}

async function holdsInReplay(id: string, project: SuiteProject, { skip }: TestContext): Promise<void> {
  const { unproven, failure } = await replayedScenario(id, project);
  if (unproven !== undefined) skip(unproven);
  if (failure !== undefined) throw new Error(failure);
}

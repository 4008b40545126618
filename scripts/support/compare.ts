import { resolve } from 'node:path';
import { LIMITS, readInputFile } from '../../src/adapters/files.ts';
import { type GitPlace, resolveBase } from '../../src/adapters/git.ts';
import { buildDiff } from '../../src/diff/index.ts';
import type { DiffReport } from '../../src/model/diff-report.ts';
import type { Project } from '../../src/model/project.ts';
import type { Desired } from '../../src/model/resource.ts';
import { renderedFiles } from '../../src/report/rendered/files.ts';
import { parseReplayFindings } from '../../src/report/replay/read.ts';
import { refused } from './command.ts';
import { readRenderedAt } from './rendered-at.ts';

/** What a diff is made of. */
export interface CompareOptions {
  readonly base?: string;
  readonly service?: string;
  readonly replay?: string;
}

/** Compares what is built now with what was rendered at a commit. */
export async function compareWith(
  desired: Desired,
  project: Project,
  options: CompareOptions,
  place: GitPlace & { readonly cwd: string },
): Promise<DiffReport> {
  const base = await resolveBase(options.base, project.repository.branch, place);
  // Read first: it is refused in no time, and comparing takes seconds.
  const replay = options.replay === undefined ? undefined : await readReplay(options.replay, base.commit, place.cwd);
  const before = await readRenderedAt(base.commit, renderedFiles(desired, project), place);
  const report = buildDiff(before, desired.resources, base, options.service);
  return replay === undefined ? report : { ...report, replay };
}

/** What a replay found; refused where it says nothing of this comparison, because silence would read as "the same". */
async function readReplay(file: string, commit: string, cwd: string): Promise<NonNullable<DiffReport['replay']>> {
  const problem = (message: string) =>
    refused(
      'C023',
      `--replay ${file}`,
      message,
      `Make it with: npm run -s replay -- --against ${commit.slice(0, 7)} --format json --out ${file}`,
    );
  const read = readInputFile(resolve(cwd, file), LIMITS.large);
  if ('problem' in read) throw problem(read.problem);
  const found = parseReplayFindings(read.text, commit);
  if ('problem' in found) throw problem(found.problem);
  return found.replay;
}

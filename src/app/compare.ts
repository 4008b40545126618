import { resolve } from 'node:path';
import { LIMITS, readInputFile } from '../adapters/files.ts';
import { type GitPlace, resolveBase } from '../adapters/git.ts';
import { buildDiff } from '../diff/index.ts';
import type { DiffReport } from '../model/diff-report.ts';
import { refused } from '../model/explained-error.ts';
import type { Project } from '../model/project.ts';
import type { Desired } from '../model/resource.ts';
import { renderedFiles } from '../report/rendered/files.ts';
import { parseReplayFindings } from '../report/replay/read.ts';
import { type Incident, incidentScenario } from '../scenario/index.ts';
import { readRenderedAt } from './rendered-at.ts';

/** What a diff is made of. */
export interface CompareOptions {
  readonly base?: string;
  readonly service?: string;
  readonly replay?: string;
}

/** What is compared, and the incident of its project, where it has one. */
export interface Compared {
  readonly desired: Desired;
  readonly project: Project;
  readonly incident: Incident | undefined;
}

/** Compares what is built now with what was rendered at a commit. */
export async function compareWith(
  { desired, project, incident }: Compared,
  options: CompareOptions,
  place: GitPlace & { readonly cwd: string },
): Promise<DiffReport> {
  const base = await resolveBase(options.base, project.repository.branch, place);
  // Read first: it is refused in no time, and comparing takes seconds.
  const replay =
    options.replay === undefined ? undefined : await readReplay(options.replay, base.commit, incident, place.cwd);
  const before = await readRenderedAt(base.commit, renderedFiles(desired, project), place);
  const report = {
    ...buildDiff(before, desired.resources, base, options.service),
    ...(incident === undefined ? {} : { incident: incident.title }),
  };
  return replay === undefined ? report : { ...report, replay };
}

/** What a replay found; refused where it says nothing of this comparison, because silence would read as "the same". */
async function readReplay(
  file: string,
  commit: string,
  incident: Incident | undefined,
  cwd: string,
): Promise<NonNullable<DiffReport['replay']>> {
  const problem = (message: string) =>
    refused(
      'C023',
      `--replay ${file}`,
      message,
      `Make it with: npm run -s replay -- --against ${commit.slice(0, 7)} --format json --out ${file}`,
    );
  const read = readInputFile(resolve(cwd, file), LIMITS.large);
  if ('problem' in read) throw problem(read.problem);
  const found = parseReplayFindings(read.text, commit, incidentScenario(incident)?.id);
  if ('problem' in found) throw problem(found.problem);
  return found.replay;
}

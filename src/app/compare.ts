import { resolve } from 'node:path';
import { LIMITS, readInputFile } from '../adapters/files.ts';
import { type GitPlace, resolveBase } from '../adapters/git.ts';
import { buildDiff } from '../diff/index.ts';
import type { DiffReport } from '../model/diff-report.ts';
import { refused } from '../model/explained-error.ts';
import { renderedFiles } from '../report/rendered/files.ts';
import { parseReplayFindings } from '../report/replay/read.ts';
import { type Incident, incidentScenario } from '../scenario/index.ts';
import { readRenderedAt } from './rendered-at.ts';
import type { RenderedOf } from './rendered-places.ts';

/** What a diff is made of. */
export interface CompareOptions {
  readonly base?: string;
  readonly service?: string;
  readonly replay?: string;
}

/** Compares what is built now, in each of the project's environments, with what was rendered at a commit. */
export async function compareWith(
  all: readonly RenderedOf[],
  options: CompareOptions,
  place: GitPlace & { readonly cwd: string },
): Promise<DiffReport> {
  const [first] = all;
  const incident = first?.source.incident;
  const base = await resolveBase(options.base, first?.project.repository.branch ?? 'main', place);
  // Read first: it is refused in no time, and comparing takes seconds.
  const replay =
    options.replay === undefined ? undefined : await readReplay(options.replay, base.commit, incident, place.cwd);
  const reports: DiffReport[] = [];
  for (const { desired, project, source } of all) {
    const now = renderedFiles(desired, project);
    const before = await readRenderedAt(base.commit, now, { project, source }, place);
    reports.push(inEnvironment(buildDiff(before, desired.resources, base, options.service), source));
  }
  const report = {
    ...joined(reports, base),
    ...(incident === undefined ? {} : { incident: incident.title }),
  };
  return replay === undefined ? report : { ...report, replay };
}

/** Titles are the same in every environment: each says in which it is. */
function inEnvironment(report: DiffReport, { environment }: RenderedOf['source']): DiffReport {
  if (environment === undefined || environment.alone) return report;
  const changes = report.changes.map((change) => ({ ...change, title: `${change.title} (${environment.name})` }));
  return { ...report, changes };
}

function joined(reports: readonly DiffReport[], base: DiffReport['base']): DiffReport {
  const unchanged = reports.reduce((sum, report) => sum + report.unchanged, 0);
  return {
    format: 'grafana-as-code/diff',
    version: 1,
    base,
    changes: reports.flatMap(({ changes }) => changes),
    unchanged,
  };
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

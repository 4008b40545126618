import { resolve } from 'node:path';
import { z } from 'zod';
import { LIMITS, readInputFile } from '../../src/adapters/files.ts';
import { type GitPlace, resolveBase } from '../../src/adapters/git.ts';
import { buildDiff } from '../../src/diff/index.ts';
import type { DiffReport, ReplayNote } from '../../src/model/diff-report.ts';
import { parseJson } from '../../src/model/json.ts';
import type { Project } from '../../src/model/project.ts';
import type { Desired } from '../../src/model/resource.ts';
import { renderedFiles } from '../../src/report/rendered/files.ts';
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

const spans = z.array(z.looseObject({ firing: z.string().nullable() }));
const replayFile = z.looseObject({
  format: z.literal('grafana-as-code/replay'),
  scenarios: z.array(
    z.looseObject({
      id: z.string(),
      alerts: z.array(z.looseObject({ alert: z.string(), service: z.string(), spans })).default([]),
      broken: z.array(
        z.looseObject({ alert: z.string(), service: z.string().optional(), expected: z.string(), seen: z.string() }),
      ),
    }),
  ),
  against: z
    .looseObject({
      commit: z.string(),
      changes: z.array(
        z.looseObject({ scenario: z.string(), alert: z.string(), service: z.string(), before: spans, after: spans }),
      ),
    })
    .optional(),
});

/** The incident whose minutes stand beside a changed alert. */
const INCIDENT = 'incident-linear';

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
  const parsed = replayFile.safeParse(parseJson(read.text));
  if (!parsed.success) throw problem('is not a result of npm run replay');
  const { scenarios, against } = parsed.data;
  if (against === undefined) throw problem('was made without --against: it does not say what was before');
  if (against.commit !== commit)
    throw problem(`compares with ${against.commit.slice(0, 7)}, and this diff with ${commit.slice(0, 7)}`);
  if (!scenarios.some(({ id }) => id === INCIDENT)) throw problem(`has no ${INCIDENT}, whose minutes a diff shows`);
  const incident = scenarios.find(({ id }) => id === INCIDENT);
  const kept = (incident?.alerts ?? []).map(
    ({ alert, service, spans: found }): ReplayNote => ({
      alert,
      service,
      text: firingText(first(found), first(found)),
    }),
  );
  const changed = against.changes
    .filter(({ scenario }) => scenario === INCIDENT)
    .map(
      ({ alert, service, before, after }): ReplayNote => ({
        alert,
        service,
        text: firingText(first(before), first(after)),
      }),
    );
  // Of the notes on one alert the last counts: a change, and of several series the first to fire.
  const notes = [...kept.reverse(), ...changed.reverse()];
  const broken = scenarios.flatMap(({ id, broken: expectations }) =>
    expectations.map(
      ({ alert, service, expected, seen }) =>
        `${id}: ${alert}${service === undefined ? '' : ` of ${service}`}: expected ${expected}, seen ${seen}`,
    ),
  );
  const many = `${scenarios.length} ${scenarios.length === 1 ? 'scenario' : 'scenarios'}`;
  const summary =
    broken.length === 0
      ? `Replay: all expectations hold in ${many}.`
      : `Replay of ${many}: ${broken.length} ${broken.length === 1 ? 'expectation is' : 'expectations are'} broken, and the test job fails.`;
  return { notes, summary, broken };
}

function first(all: z.infer<typeof spans>): string | undefined {
  return all.find(({ firing }) => firing !== null)?.firing ?? undefined;
}

function firingText(before: string | undefined, after: string | undefined): string {
  if (after === undefined) return before === undefined ? 'never fires' : `would not fire any more (fired ${before})`;
  return before === undefined
    ? `would fire ${after}, did not before`
    : before === after
      ? `fires ${after} as before`
      : `would fire ${after} instead of ${before}`;
}

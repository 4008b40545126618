import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { buildDiff, type Compared } from '../../src/diff/index.ts';
import type { DiffReport, ReplayNote } from '../../src/model/diff-report.ts';
import type { Project } from '../../src/model/project.ts';
import type { Desired } from '../../src/model/resource.ts';
import { renderedFiles } from '../../src/report/rendered.ts';
import { UsageError } from './command.ts';
import { resolveBase } from './git.ts';
import { readRenderedAt } from './rendered-at.ts';

/** What a diff is made of. */
export interface CompareOptions {
  readonly base?: string;
  readonly service?: string;
  readonly replay?: string;
}

/** Compares what is built now with what was rendered at a commit. */
export async function compareWith(desired: Desired, project: Project, options: CompareOptions): Promise<DiffReport> {
  const base = await resolveBase(options.base, project.repository.branch);
  const ours = (resources: readonly Compared[]) =>
    resources.filter(({ service }) => options.service === undefined || service === options.service);
  const now = desired.resources.filter((resource) => resource.kind === 'dashboard' || resource.kind === 'rule');
  const report = buildDiff(ours(await readRenderedAt(base.commit, renderedFiles(desired, project))), ours(now), base);
  return options.replay === undefined ? report : { ...report, replay: await readReplay(options.replay) };
}

const spans = z.array(z.looseObject({ firing: z.string().nullable() }));
const replayFile = z.looseObject({
  format: z.literal('grafana-as-code/replay'),
  scenarios: z.array(
    z.looseObject({
      id: z.string(),
      broken: z.array(z.looseObject({ alert: z.string(), expected: z.string(), seen: z.string() })),
    }),
  ),
  against: z
    .looseObject({
      changes: z.array(
        z.looseObject({ scenario: z.string(), alert: z.string(), service: z.string(), before: spans, after: spans }),
      ),
    })
    .optional(),
});

/** The incident whose minutes stand beside a changed alert. */
const INCIDENT = 'incident-linear';

async function readReplay(file: string): Promise<NonNullable<DiffReport['replay']>> {
  const problem = (message: string) =>
    new UsageError([
      {
        code: 'C023',
        level: 'error',
        subject: `--replay ${file}`,
        message,
        remedy: 'Make it with: npm run replay -- --against REF --format json --out FILE',
      },
    ]);
  const text = await readFile(file, 'utf8').catch(() => {
    throw problem('can not be read');
  });
  const parsed = replayFile.safeParse(parseJson(text));
  if (!parsed.success) throw problem('is no result of npm run replay');
  const { scenarios, against } = parsed.data;
  const notes = (against?.changes ?? [])
    .filter(({ scenario }) => scenario === INCIDENT)
    .map(
      ({ alert, service, before, after }): ReplayNote => ({
        alert,
        service,
        text: firingText(first(before), first(after)),
      }),
    );
  const broken = scenarios.flatMap(({ id, broken: expectations }) =>
    expectations.map(({ alert, expected, seen }) => `${id}: ${alert} expected ${expected}, seen ${seen}`),
  );
  const summary =
    broken.length === 0
      ? `Replay: all expectations hold in ${scenarios.length} ${scenarios.length === 1 ? 'scenario' : 'scenarios'}.`
      : `Replay: ${broken.length} ${broken.length === 1 ? 'expectation is' : 'expectations are'} broken: ${broken.join('; ')}.`;
  return { notes, summary };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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

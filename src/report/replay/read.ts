import type { BrokenNote, DiffReport, ReplayNote } from '../../model/diff-report.ts';
import { parseJson } from '../../model/json.ts';
import { replayFindingsSchema } from './schema.ts';

/**
 * What a replay found about the changes since a commit, or why it says nothing of them: silence would read as "the
 * same".
 *
 * @param commit what the diff compares with
 * @param incident the id of the scenario whose minutes stand beside a changed alert; without one, none do
 */
export function parseReplayFindings(
  text: string,
  commit: string,
  incident: string | undefined,
): { readonly replay: NonNullable<DiffReport['replay']> } | { readonly problem: string } {
  const parsed = replayFindingsSchema.safeParse(parseJson(text));
  if (!parsed.success) return { problem: 'is not a result of npm run replay' };
  const { scenarios, against } = parsed.data;
  if (against === undefined) return { problem: 'was made without --against: it does not say what was before' };
  if (against.commit !== commit)
    return { problem: `compares with ${against.commit.slice(0, 7)}, and this diff with ${commit.slice(0, 7)}` };
  const lived = scenarios.find(({ id }) => id === incident);
  if (lived === undefined && incident !== undefined) {
    return { problem: `has no ${incident}, whose minutes a diff shows` };
  }
  const kept = (lived?.alerts ?? []).map(({ alert, service, spans }) => noteOf(alert, service, spans, spans));
  const changed = against.changes
    .filter(({ scenario }) => scenario === incident)
    .map(({ alert, service, before, after }) => noteOf(alert, service, before, after));
  const broken = scenarios.flatMap(({ id, broken: expectations }) =>
    expectations.map(
      ({ alert, service, expected, seen }): BrokenNote => ({
        scenario: id,
        alert,
        ...(service === undefined ? {} : { service }),
        expected,
        seen,
      }),
    ),
  );
  // Of the notes on one alert the last counts: a change, and of several series the first to fire.
  return { replay: { notes: [...kept.reverse(), ...changed.reverse()], scenarios: scenarios.length, broken } };
}

type Spans = readonly { readonly firing: string | null }[];

function noteOf(alert: string, service: string, before: Spans, after: Spans): ReplayNote {
  const [was, is] = [firstFiring(before), firstFiring(after)];
  return {
    alert,
    service,
    ...(was === undefined ? {} : { before: was }),
    ...(is === undefined ? {} : { after: is }),
  };
}

function firstFiring(spans: Spans): string | undefined {
  return spans.find(({ firing }) => firing !== null)?.firing ?? undefined;
}

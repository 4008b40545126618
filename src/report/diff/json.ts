import type { DiffReport } from '../../model/diff-report.ts';
import { jsonDocument } from '../common/escape.ts';
import { wordedMeaning } from '../plan/json.ts';
import { brokenText, firingText, replaySummary } from './replay-words.ts';

/** A diff as JSON for other programs: exact edits, what they mean as data, and the words of it. */
export function renderDiffJson(report: DiffReport): string {
  const { replay, changes, ...rest } = report;
  return jsonDocument({
    ...rest,
    changes: changes.map((change) => ({ ...change, meanings: change.meanings.map(wordedMeaning) })),
    ...(replay === undefined
      ? {}
      : {
          replay: {
            notes: replay.notes.map((note) => ({ ...note, text: firingText(note) })),
            summary: replaySummary(replay),
            broken: replay.broken.map(brokenText),
            scenarios: replay.scenarios,
            expectations: replay.broken,
          },
        }),
  });
}

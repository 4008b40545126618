/** What a replay says of changed alerts, in words. */
import type { BrokenNote, DiffReport, ReplayNote } from '../../model/diff-report.ts';
import { plural } from '../common/names.ts';

/** @example 'would fire 14:53 instead of 14:55' */
export function firingText({ before, after }: Pick<ReplayNote, 'before' | 'after'>): string {
  if (after === undefined) return before === undefined ? 'never fires' : `would not fire any more (fired ${before})`;
  if (before === undefined) return `would fire ${after}, did not before`;
  return before === after ? `fires ${after} as before` : `would fire ${after} instead of ${before}`;
}

/** @example 'connection-leak: ServicePoolSaturated of payments: expected fires, seen never fires' */
export function brokenText({ scenario, alert, service, expected, seen }: BrokenNote): string {
  return `${scenario}: ${alert}${service === undefined ? '' : ` of ${service}`}: expected ${expected}, seen ${seen}`;
}

/** @example 'Replay: all expectations hold in 21 scenarios.' */
export function replaySummary({ scenarios, broken }: NonNullable<DiffReport['replay']>): string {
  const many = plural(scenarios, 'scenario');
  return broken.length === 0
    ? `Replay: all expectations hold in ${many}.`
    : `Replay of ${many}: ${broken.length} ${broken.length === 1 ? 'expectation is' : 'expectations are'} broken, and the test job fails.`;
}

import { groupBy } from '../../model/group-by.ts';
import { type Action, type Change, countActions, type Plan } from '../../model/plan.ts';
import { visibleData, withoutCommands } from '../common/escape.ts';
import { noPaint, type Paint } from '../common/paint.ts';

/** What became of a plan, as the report needs it. */
export interface ReportedOutcome {
  readonly applied: readonly Change[];
  readonly failed: readonly { readonly label: string; readonly error: Error & { readonly remedy?: string } }[];
  readonly skipped: readonly { readonly label: string; readonly because: string }[];
  readonly interrupted: boolean;
  /** Where to look at what was written. */
  readonly links?: readonly string[];
  readonly requests?: number | undefined;
}

/** What failed, without the error around it. */
export function explained({ label, error }: ReportedOutcome['failed'][number]): {
  readonly label: string;
  readonly message: string;
  readonly remedy?: string;
} {
  const { message, remedy } = error;
  return { label, message, ...(remedy === undefined || remedy === '' ? {} : { remedy }) };
}

/** The end of a sync: exceptions one by one, successes counted. */
export function renderOutcome(plan: Plan, reported: ReportedOutcome, seconds: number, paint: Paint = noPaint): string {
  const { skipped, links = [] } = reported;
  const outcome = { ...reported, ...visibleData({ failed: reported.failed.map(explained), skipped, links }) };
  const exceptions = [
    ...outcome.failed.map(
      ({ label, message, remedy }) =>
        `  ${paint.remove('× failed')} ${label}: ${message}${remedy === undefined ? '' : `\n      ${remedy}`}`,
    ),
    ...outcome.skipped.map(({ label, because }) => `  ${paint.warn('! skipped')} ${label}: ${because}`),
  ];
  const counts = groupBy(outcome.applied, ({ action }) => action);
  const number = (action: Action) => counts.get(action)?.length ?? 0;
  const repaired =
    plan.repairs.length > 0 && outcome.failed.length === 0 && !outcome.interrupted
      ? `, ${plan.repairs.length} repaired`
      : '';
  const state = outcome.interrupted
    ? 'Interrupted. Applied until then'
    : outcome.failed.length > 0
      ? outcome.applied.length === 0
        ? 'Nothing was applied'
        : 'Partly applied'
      : 'Applied';
  const { create, update, delete: deletes } = countActions(plan);
  const left = create + update + deletes - outcome.applied.length;
  const rest = left > 0 ? `, ${left} left` : '';
  const sum = `${state}: ${number('create')} created, ${number('update')} changed, ${number('delete')} deleted${repaired}${rest}.  ${outcome.requests === undefined ? '' : `${outcome.requests} requests, `}${seconds.toFixed(1)} s`;
  const next =
    outcome.interrupted || outcome.failed.length > 0 ? ['Run the sync again: it goes on where this one stopped.'] : [];
  return withoutCommands([...exceptions, sum, ...linkLines(outcome.links, paint), ...next].join('\n'));
}

/** More links than anybody opens are counted. */
const MOST_LINKS = 10;

function linkLines(links: readonly string[], paint: Paint): string[] {
  const more = links.length - MOST_LINKS;
  return [
    ...links.slice(0, MOST_LINKS).map((link) => `  ${paint.dim(link)}`),
    ...(more > 0 ? [`  ${paint.dim(`and ${more} more dashboards`)}`] : []),
  ];
}

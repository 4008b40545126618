import { groupBy } from '../../model/group-by.ts';
import { type BlockedChange, isNoOp, type Plan } from '../../model/plan.ts';
import { distinctDiagnostics } from '../common/diagnostics.ts';
import { visibleData, withoutCommands } from '../common/escape.ts';
import { subjectWidth, textLine } from '../common/lines.ts';
import { countedKind, kindName } from '../common/names.ts';
import { noPaint, type Paint } from '../common/paint.ts';
import { someOf } from '../common/some-of.ts';
import {
  countedPlan,
  isKept,
  listed,
  resolvesText,
  summarizeDrift,
  summarizeUpdates,
  UNKNOWN_EDIT,
  type UpdateSummary,
} from './summary.ts';

/**
 * A plan as a person reads it in a terminal: what affects paging first, then other changes, deletes, repairs, what
 * is blocked and why, and a count of all.
 */
export function renderPlanText(outside: Plan, paint: Paint = noPaint): string {
  const plan = visibleData(outside);
  const updates = summarizeUpdates(plan);
  const sections = [
    creations(plan, paint),
    section(
      'Affects paging',
      updates.filter(({ paging }) => paging).flatMap((update) => updateLines(update, paint)),
      paint,
    ),
    section(
      'Changes',
      updates.filter(({ paging }) => !paging).flatMap((update) => updateLines(update, paint)),
      paint,
    ),
    section('Deleted, because the code no longer has it', deletions(plan, paint), paint),
    section(
      'Repairs',
      plan.repairs.map(({ subject, problem }) => `  ${paint.change('≈ repair')} ${subject} ${problem}`),
      paint,
    ),
    section('Kept, because someone edited it in Grafana', drifted(plan, true, paint), paint),
    section('Overwritten, though someone edited it in Grafana', drifted(plan, false, paint), paint),
    section('Blocked', blocked(plan, paint), paint),
    distinctDiagnostics(plan.notes)
      .map(({ subject, message }) => `  ${paint.warn('! warning')} ${subject}: ${message}`)
      .join('\n'),
  ];
  const closing =
    isNoOp(plan) && plan.changes.every(({ action }) => action === 'unchanged') ? nothing(plan) : countedPlan(plan);
  return withoutCommands([...sections.filter((text) => text !== ''), closing].join('\n\n'));
}

function nothing(plan: Plan): string {
  return `Nothing to do: ${plan.changes.length} resources are as in the code.`;
}

function section(title: string, lines: readonly string[], paint: Paint): string {
  return lines.length === 0 ? '' : [`  ${paint.bold(title)}`, ...lines].join('\n');
}

function creations(plan: Plan, paint: Paint): string {
  const created = groupBy(
    plan.changes.filter(({ action }) => action === 'create'),
    ({ kind }) => kind,
  );
  return [...created]
    .map(
      ([kind, changes]) =>
        `  ${paint.add('+ create')} ${countedKind(kind, changes.length).padEnd(14)} ${someOf(listed(changes))}`,
    )
    .join('\n');
}

function drifted(plan: Plan, kept: boolean, paint: Paint): string[] {
  return summarizeDrift(plan)
    .filter((drift) => drift.kept === kept)
    .flatMap(({ head, lines, withheld, remedy }) => [
      `  ${paint.warn('≠ edited')} ${head}`,
      ...(lines.length === 0 ? [`      ${UNKNOWN_EDIT}`] : lines.map((line) => `      ${textLine(line)}`)),
      ...withheld.map((line) => `      the code would change: ${textLine(line)}`),
      ...(kept ? [`      ${remedy}`] : []),
    ]);
}

function updateLines({ kind, names, lines, repair, restarts }: UpdateSummary, paint: Paint): string[] {
  const width = subjectWidth(lines);
  return [
    `  ${paint.change('~ update')} ${kindName(kind)} ${names}`,
    ...(repair === undefined ? [] : [`      ${paint.dim(`repaired: ${repair}`)}`]),
    ...lines.map((line) => `      ${textLine(line, width)}`),
    ...restarts.map((text) => `      ${paint.warn('!')} ${text}`),
  ];
}

function deletions(plan: Plan, paint: Paint): string[] {
  const gone = groupBy(
    plan.changes.filter(({ action }) => action === 'delete'),
    ({ kind }) => kind,
  );
  return [...gone].flatMap(([kind, changes]) => [
    `  ${paint.remove('- delete')} ${countedKind(kind, changes.length).padEnd(14)} ${listed(changes).join(', ')}`,
    ...changes.flatMap((change) => {
      const text = change.action === 'delete' ? resolvesText(change) : undefined;
      return text === undefined ? [] : [`      ${paint.warn('!')} ${text}`];
    }),
  ]);
}

function nameOf({ kind, title, service }: BlockedChange): string {
  return kind === 'rule' && service !== undefined ? `${title}, ${service}` : title;
}

function blocked(plan: Plan, paint: Paint): string[] {
  const all = plan.changes.filter((change): change is BlockedChange => change.action === 'blocked' && !isKept(change));
  // The same reason for many, as with the ceiling of a prune, is said once.
  const alike = groupBy(all, ({ diagnostic: { code, message }, kind }) => `${kind} ${code} ${message}`);
  return [...alike.values()].flatMap((changes) => {
    const [first] = changes as [BlockedChange, ...BlockedChange[]];
    const { message, remedy } = first.diagnostic;
    const names = changes.length === 1 ? [nameOf(first)] : listed(changes);
    return [
      `  ${paint.remove('× blocked')} ${countedKind(first.kind, changes.length)} ${names.join(', ')}`,
      `      ${message}`,
      `      ${remedy}`,
    ];
  });
}

import { groupBy } from '../../model/group-by.ts';
import { type BlockedChange, isNoOp, type Plan } from '../../model/plan.ts';
import { renderDiagnosticsMarkdown } from '../common/diagnostics.ts';
import { escapeMarkdown, withoutCommands } from '../common/escape.ts';
import { type Line, markdownSubject, markdownWords } from '../common/lines.ts';
import { kindName } from '../common/names.ts';
import { someOf } from '../common/some-of.ts';
import {
  countedPlan,
  isKept,
  listed,
  summarizeDrift,
  summarizeUpdates,
  UNKNOWN_EDIT,
  type UpdateSummary,
} from './summary.ts';

/** A plan as Markdown, for job summaries and comments. */
export function renderPlanMarkdown(plan: Plan): string {
  const updates = summarizeUpdates(plan);
  const sections = [
    `### Grafana plan for ${plan.target.kind} ${escapeMarkdown(plan.target.name)}`,
    isNoOp(plan) ? 'Nothing to write.' : '',
    section('Affects paging', updates.filter(({ paging }) => paging).map(updateItem)),
    section('Created', byKind(plan, 'create')),
    section('Changed', updates.filter(({ paging }) => !paging).map(updateItem)),
    section('Deleted, because the code no longer has it', byKind(plan, 'delete')),
    section(
      'Repairs',
      plan.repairs.map(({ subject, problem }) => `- ${escapeMarkdown(subject)} ${escapeMarkdown(problem)}`),
    ),
    section('Kept, because someone edited it in Grafana', drifted(plan, true)),
    section('Overwritten, though someone edited it in Grafana', drifted(plan, false)),
    section(
      'Blocked',
      diagnosticItems(
        plan.changes
          .filter((change): change is BlockedChange => change.action === 'blocked' && !isKept(change))
          .map(({ diagnostic }) => diagnostic),
      ),
    ),
    section('Warnings', diagnosticItems(plan.notes)),
    countedPlan(plan),
  ];
  return withoutCommands(`${sections.filter((text) => text !== '').join('\n\n')}\n`);
}

function diagnosticItems(diagnostics: Plan['notes']): readonly string[] {
  return diagnostics.length === 0 ? [] : [renderDiagnosticsMarkdown(diagnostics)];
}

function section(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `**${title}**\n\n${items.join('\n')}`;
}

function byKind(plan: Plan, action: 'create' | 'delete'): string[] {
  const groups = groupBy(
    plan.changes.filter((change) => change.action === action),
    ({ kind }) => kind,
  );
  return [...groups].map(([kind, changes]) => {
    const names = listed(changes).map(escapeMarkdown);
    return `- ${kind === 'rule' ? 'alert rules' : kindName(kind)}: ${action === 'create' ? someOf(names) : names.join(', ')}`;
  });
}

function drifted(plan: Plan, kept: boolean): string[] {
  return summarizeDrift(plan)
    .filter((drift) => drift.kept === kept)
    .map(({ head, lines, withheld }) => {
      const texts = [
        ...(lines.length === 0 ? [UNKNOWN_EDIT] : lines.map(lineText)),
        ...withheld.map((line) => `the code would change: ${lineText(line)}`),
      ];
      return `- ${escapeMarkdown(head)}: ${texts.join('; ')}`;
    });
}

function updateItem({ kind, names, lines, repair, restarts }: UpdateSummary): string {
  const texts = [
    ...(repair === undefined ? [] : [`repaired: ${escapeMarkdown(repair)}`]),
    ...lines.map(lineText),
    ...restarts.map(escapeMarkdown),
  ];
  return `- ${kindName(kind)} **${escapeMarkdown(names)}**: ${texts.join('; ')}`;
}

function lineText({ subject, change }: Line): string {
  const about = markdownSubject(subject);
  return `${about === '' ? '' : `${about}: `}${markdownWords(change)}`;
}

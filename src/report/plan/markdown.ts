import { groupBy } from '../../model/group-by.ts';
import { type BlockedChange, isNoOp, type Plan } from '../../model/plan.ts';
import { renderDiagnosticsMarkdown } from '../common/diagnostics.ts';
import { someOf } from '../common/some-of.ts';
import { countedPlan, isKept, KIND_NAMES, listed, type ToldUpdate, toldDrift, toldUpdates } from './summary.ts';

/** A plan as Markdown, for job summaries and comments. */
export function renderPlanMarkdown(plan: Plan): string {
  const updates = toldUpdates(plan);
  const sections = [
    `### Grafana plan for ${plan.target.kind} ${plan.target.name}`,
    isNoOp(plan) ? 'Nothing to write.' : '',
    section('Affects paging', updates.filter(({ paging }) => paging).map(updateItem)),
    section('Created', byKind(plan, 'create')),
    section('Changed', updates.filter(({ paging }) => !paging).map(updateItem)),
    section('Deleted, because the code no longer has it', byKind(plan, 'delete')),
    section(
      'Repairs',
      plan.repairs.map(({ subject, problem }) => `- ${subject} ${problem}`),
    ),
    section('Kept, because someone edited it in Grafana', drifted(plan, true)),
    section('Overwritten, though someone edited it in Grafana', drifted(plan, false)),
    section(
      'Blocked',
      plan.changes
        .filter((change): change is BlockedChange => change.action === 'blocked' && !isKept(change))
        .map(({ diagnostic }) => renderDiagnosticsMarkdown([diagnostic])),
    ),
    section(
      'Warnings',
      plan.notes.map((note) => renderDiagnosticsMarkdown([note])),
    ),
    countedPlan(plan),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function section(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `**${title}**\n\n${items.join('\n')}`;
}

function byKind(plan: Plan, action: 'create' | 'delete'): string[] {
  const groups = groupBy(
    plan.changes.filter((change) => change.action === action),
    ({ kind }) => kind,
  );
  return [...groups].map(
    ([kind, changes]) =>
      `- ${kind === 'rule' ? 'alert rules' : KIND_NAMES[kind]}: ${action === 'create' ? someOf(listed(changes)) : listed(changes).join(', ')}`,
  );
}

function drifted(plan: Plan, kept: boolean): string[] {
  return toldDrift(plan)
    .filter((drift) => drift.kept === kept)
    .map(({ head, texts }) => `- ${head}: ${texts.join('; ')}`);
}

function updateItem({ kind, names, meanings, repair, restarts }: ToldUpdate): string {
  const texts = [
    ...(repair === undefined ? [] : [`repaired: ${repair}`]),
    ...meanings.map(({ subject, text }) => (subject === '' ? text : `${subject}: ${text}`)),
    ...restarts,
  ];
  return `- ${KIND_NAMES[kind]} **${names}**: ${texts.join('; ')}`;
}

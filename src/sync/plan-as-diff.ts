import { undoEdits } from '../diff/index.ts';
import type { DiffReport, ResourceDiff } from '../model/diff-report.ts';
import { type Change, countActions, type Plan } from '../model/plan.ts';
import { comparable } from './comparable.ts';

/** A plan as a diff: what stands in the target is before, exactly, and what the code wants is after. */
export function planAsDiff(plan: Plan): DiffReport {
  return {
    format: 'grafana-as-code/diff',
    version: 1,
    base: { ref: `${plan.target.kind} ${plan.target.name}`, commit: '' },
    changes: plan.changes.flatMap((change) => changeAsDiff(change) ?? []),
    unchanged: countActions(plan).unchanged,
    blocked: plan.changes.flatMap((change) => (change.action === 'blocked' ? [change.diagnostic] : [])),
  };
}

function changeAsDiff(change: Change): ResourceDiff | undefined {
  const { kind, uid, title, service } = change;
  const about = { kind, uid, title, ...(service === undefined ? {} : { service }) };
  switch (change.action) {
    case 'create':
      return { ...about, action: 'added', meanings: [], edits: [], after: comparable(change.desired) };
    case 'delete':
      return { ...about, action: 'removed', meanings: [], edits: [], before: comparable(change.live) };
    case 'update': {
      const { edits, meanings, desired, restarts, restartsIn } = change;
      const after = comparable(desired);
      const anew = restarts === undefined && restartsIn === undefined ? {} : ({ restarts: true } as const);
      return { ...about, action: 'changed', ...anew, meanings, edits, before: undoEdits(after, edits), after };
    }
    case 'unchanged':
    case 'blocked':
      return undefined;
    default:
      return change satisfies never;
  }
}

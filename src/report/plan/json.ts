import { type Change, countActions, isNoOp, type Plan } from '../../model/plan.ts';
import type { ReportedOutcome } from './outcome.ts';

/**
 * A plan as JSON for other programs, without the resources themselves (`plan --save` keeps those).
 * docs/plan-json.md describes it.
 */
export function renderPlanJson(plan: Plan, outcome?: ReportedOutcome, seconds = 0): string {
  const changes = plan.changes.map((change) => {
    const { action, kind, uid, title, service, source } = change;
    const common = {
      action,
      kind,
      uid,
      title,
      ...(service === undefined ? {} : { service }),
      ...(source === undefined ? {} : { source }),
    };
    switch (change.action) {
      case 'update':
        return {
          ...common,
          ...(change.repair === undefined ? {} : { repair: change.repair }),
          meanings: change.meanings,
          edits: change.edits,
          ...(change.restarts === undefined ? {} : { restarts: change.restarts }),
          ...(change.restartsIn === undefined ? {} : { restartsIn: change.restartsIn }),
        };
      case 'delete':
        return {
          ...common,
          reason: change.reason,
          ...(change.resolves === undefined ? {} : { resolves: change.resolves }),
        };
      case 'blocked':
        return {
          ...common,
          diagnostic: change.diagnostic,
          ...(change.withheld === undefined ? {} : { withheld: change.withheld }),
        };
      case 'create':
      case 'unchanged':
        return common;
      default:
        return change satisfies never;
    }
  });
  const { format, version, target, scope, drift, repairs, notes } = plan;
  const document = {
    format,
    version,
    target,
    scope,
    changed: !isNoOp(plan),
    counts: countActions(plan),
    changes,
    drift,
    repairs,
    notes,
    ...(outcome === undefined ? {} : { outcome: outcomeJson(outcome, seconds) }),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function outcomeJson(outcome: ReportedOutcome, seconds: number) {
  const { applied, failed, skipped, interrupted, links = [], requests } = outcome;
  return {
    applied: applied.map(({ action, kind, uid, title }: Change) => ({ action, kind, uid, title })),
    failed: failed.map(({ label, error }) => ({
      label,
      message: error.message,
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    })),
    skipped: skipped.map(({ label, because }) => ({ label, because })),
    interrupted,
    links,
    ...(requests === undefined ? {} : { requests }),
    seconds: Number(seconds.toFixed(3)),
  };
}

import type { Meaning } from '../../model/meaning.ts';
import { type Change, countActions, isNoOp, type Plan } from '../../model/plan.ts';
import { jsonDocument } from '../common/escape.ts';
import { changeText, subjectText } from '../common/words.ts';
import { explained, type ReportedOutcome } from './outcome.ts';

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
          meanings: change.meanings.map(wordedMeaning),
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
          ...(change.withheld === undefined ? {} : { withheld: change.withheld.map(wordedMeaning) }),
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
    drift: drift.map((edit) => ({ ...edit, meanings: edit.meanings.map(wordedMeaning) })),
    repairs,
    notes,
    ...(outcome === undefined ? {} : { outcome: outcomeJson(outcome, seconds) }),
  };
  return jsonDocument(document);
}

function outcomeJson(outcome: ReportedOutcome, seconds: number) {
  const { applied, failed, skipped, interrupted, links = [], requests } = outcome;
  return {
    applied: applied.map(({ action, kind, uid, title }: Change) => ({ action, kind, uid, title })),
    failed: failed.map(explained),
    skipped: skipped.map(({ label, because }) => ({ label, because })),
    interrupted,
    links,
    ...(requests === undefined ? {} : { requests }),
    seconds: Number(seconds.toFixed(3)),
  };
}

/** A plan with the resources in it, for `sync --plan`. `parsePlan` reads it. */
export function renderSavedPlan(plan: Plan): string {
  return jsonDocument(plan);
}

/** A meaning with its words, for programs that only show it. */
export function wordedMeaning(meaning: Meaning): Meaning & { readonly subject: string; readonly text: string } {
  const { kind, ...rest } = meaning;
  return { kind, subject: subjectText(meaning), text: changeText(meaning), ...rest };
}

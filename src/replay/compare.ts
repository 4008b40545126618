import type { AlertRule } from '../model/alert-rule.ts';
import { type Json, jsonEqual } from '../model/json.ts';
import type { AlertSpan, FiringChange, Replay, ReplayedAlert } from '../model/replay.ts';

/** The rules that differ in what decides about firing, or that only one side has. Texts and labels do not count. */
export function changedRules(
  before: readonly AlertRule[],
  after: readonly AlertRule[],
): { readonly before: readonly AlertRule[]; readonly after: readonly AlertRule[] } {
  const deciding = new Map(after.map((rule) => [rule.uid, decisive(rule)]));
  const was = new Map(before.map((rule) => [rule.uid, decisive(rule)]));
  return {
    before: before.filter((rule) => !jsonEqual(decisive(rule), deciding.get(rule.uid))),
    after: after.filter((rule) => !jsonEqual(decisive(rule), was.get(rule.uid))),
  };
}

function decisive(rule: AlertRule): Json {
  const { expr, comparison, threshold, keepFiringFor, noDataState, execErrState, severity } = rule;
  const { evaluationInterval, missingSeriesEvalsToResolve, paused } = rule;
  return {
    expr: expr.replace(/\s+/g, ' '),
    comparison,
    threshold,
    for: rule.for,
    keepFiringFor,
    noDataState,
    execErrState,
    severity,
    evaluationInterval,
    missingSeriesEvalsToResolve,
    paused,
  };
}

/**
 * Where two versions of the rules differ in a scenario. Both replays are of the changed rules; alerts that are in one
 * only fired in one only.
 */
export function compareReplays(before: readonly Replay[], after: readonly Replay[]): readonly FiringChange[] {
  return after.flatMap((replay) => {
    const was = before.find(({ scenario }) => scenario.id === replay.scenario.id);
    const old = new Map((was?.alerts ?? []).map((alert) => [keyOf(alert), alert]));
    const now = new Map(replay.alerts.map((alert) => [keyOf(alert), alert]));
    return [...new Set([...old.keys(), ...now.keys()])].flatMap((key): FiringChange[] => {
      const [left, right] = [old.get(key), now.get(key)];
      const one = right ?? left;
      const spans = { before: left?.spans ?? [], after: right?.spans ?? [] };
      const was =
        left !== undefined && right !== undefined && left.severity !== right.severity ? left.severity : undefined;
      if (one === undefined || (sameFiring(spans.before, spans.after) && (was === undefined || never(spans.after))))
        return [];
      const { alert, service, series, severity } = one;
      const change = { scenario: replay.scenario.id, alert, service, series, severity, ...spans };
      return [was === undefined ? change : { ...change, formerSeverity: was }];
    });
  });
}

function keyOf({ uid, series }: ReplayedAlert): string {
  return `${uid} ${JSON.stringify(series)}`;
}

function never(spans: readonly AlertSpan[]): boolean {
  return spans.every(({ firing }) => firing === undefined);
}

/** Firing and resolving count; an alert that was only pending notified nobody. */
function sameFiring(left: readonly AlertSpan[], right: readonly AlertSpan[]): boolean {
  const firings = (spans: readonly AlertSpan[]) =>
    spans.flatMap(({ firing, resolved }) => (firing === undefined ? [] : [[firing, resolved ?? null]]));
  return jsonEqual(firings(left), firings(right));
}

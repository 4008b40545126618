import type { Edit } from '../model/plan.ts';

/**
 * Fields of a rule that Grafana's state does not depend on. A change of any other one ends the alert's state: receivers
 * get "resolved" and, when `for` has passed again, "firing". Seen on Grafana 12.4, whose rule fingerprint
 * (ngalert/schedule) names the rest.
 */
const HARMLESS: ReadonlySet<string> = new Set([
  'annotations',
  'keepFiringFor',
  'missingSeriesEvalsToResolve',
  'evaluationInterval',
  // Ours alone: they reach Grafana as labels or not at all.
  'signal',
  'unit',
]);

/** Whether edits of a rule, as `diffJson` finds them in its comparable form, restart its alert. */
export function restartsAlert(edits: readonly Edit[]): boolean {
  return edits.some(({ path }) => path[0] !== 'rule' || !HARMLESS.has(String(path[1])));
}

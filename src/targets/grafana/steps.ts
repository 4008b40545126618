/** A plan as writes, a stage for each kind in the order of writing; deletes after them, the other way round. */
import type { Change, DeleteChange, Plan } from '../../model/plan.ts';
import { KINDS, type Kind, resourceKey } from '../../model/resource.ts';
import type { SecretLookup, Step } from '../../sync/index.ts';
import type { WriteContext } from './context.ts';
import type { Write } from './kind.ts';
import { GRAFANA_KINDS } from './kinds.ts';
import type { Snapshot } from './snapshot.ts';

/** The kind of each stage. */
const STAGES: readonly Kind[] = [...KINDS, ...[...KINDS].reverse()];

/** How many steps of a stage may run at once; the client allows fewer where Grafana asks for it. */
export function concurrencyOf(stage: number): number {
  const kind = STAGES[stage];
  return kind === undefined ? 1 : GRAFANA_KINDS[kind].atOnce;
}

/** The steps of a plan for a Grafana as it was read. */
export function stepsOf(plan: Plan, seen: Snapshot, context: WriteContext, lookup: SecretLookup): readonly Step[] {
  const writing = { ...context, plan, groups: seen.groups, parents: seen.parents, lookup };
  const edited = new Set(
    seen.live.objects.flatMap((object) => (object.edited === undefined ? [] : [resourceKey(object)])),
  );
  const writes = plan.changes.filter(
    (change): change is Write =>
      change.action === 'create' ||
      change.action === 'update' ||
      // An edit that the code has taken over: saved once more, it says that it is ours.
      (change.action === 'unchanged' && edited.has(resourceKey(change))),
  );
  const deletes = plan.changes.filter((change): change is DeleteChange => change.action === 'delete');
  const of = <C extends Change>(changes: readonly C[], kind: Kind) => changes.filter((change) => change.kind === kind);
  return STAGES.flatMap((kind, stage) =>
    stage < KINDS.length
      ? GRAFANA_KINDS[kind].writes(of(writes, kind), writing, stage)
      : GRAFANA_KINDS[kind].deletes(of(deletes, kind), writing, stage),
  );
}

/** A plan as writes, in stages: folders, contact points, rules, dashboards; deletes after them, the other way round. */
import type { Change, CreateChange, DeleteChange, Plan, UnchangedChange, UpdateChange } from '../../model/plan.ts';
import { resourceKey } from '../../model/resource.ts';
import type { SecretLookup, Step } from '../../sync/index.ts';
import { deleteContactPoint, saveContactPoint } from './contact-point.ts';
import type { WriteContext } from './context.ts';
import { deleteDashboard, saveDashboard } from './dashboard.ts';
import { createFolder, deleteFolder, renameFolder } from './folder.ts';
import { deleteRuleSteps, ruleSteps } from './rule-write.ts';
import type { Snapshot } from './snapshot.ts';

type Write = CreateChange | UpdateChange | UnchangedChange;

/** What runs after what. Only rules and dashboards, which do not share a row of the database, run two at once. */
const STAGE = {
  folders: 0,
  contactPoints: 1,
  rules: 2,
  dashboards: 3,
  deleteDashboards: 4,
  deleteRules: 5,
  deleteContactPoints: 6,
  deleteFolders: 7,
} as const;

const CONCURRENT: ReadonlySet<number> = new Set([
  STAGE.rules,
  STAGE.dashboards,
  STAGE.deleteDashboards,
  STAGE.deleteRules,
]);

/** How many steps of a stage may run at once; the client allows fewer where Grafana asks for it. */
export function concurrencyOf(stage: number): number {
  return CONCURRENT.has(stage) ? 2 : 1;
}

/** The steps of a plan for a Grafana as it was read. */
export function stepsOf(plan: Plan, seen: Snapshot, context: WriteContext, lookup: SecretLookup): readonly Step[] {
  const { run } = context.client.pressure;
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
  const ofKind = <C extends Change>(changes: readonly C[], kind: Change['kind']) =>
    changes.filter((one) => one.kind === kind);
  const step = (stage: number, change: Change, work: (signal?: AbortSignal) => Promise<void>): Step => ({
    label: `${change.kind} ${change.title}`,
    changes: [change],
    stage,
    run: (signal) => run(() => work(signal)),
  });
  return [
    ...ofKind(writes, 'folder').map((change) =>
      step(STAGE.folders, change, (signal) => writeFolder(context, seen, change, signal)),
    ),
    ...ofKind(writes, 'contact-point').map((change) =>
      step(STAGE.contactPoints, change, async (signal) => {
        if (change.desired.kind !== 'contact-point') return;
        await saveContactPoint(context, change.desired, pinOf(change), lookup, signal);
      }),
    ),
    ...ruleSteps(plan, ofKind(writes, 'rule'), seen.groups, context, STAGE.rules),
    ...ofKind(writes, 'dashboard').map((change) =>
      step(STAGE.dashboards, change, async (signal) => {
        if (change.desired.kind !== 'dashboard') return;
        await saveDashboard(context, change.desired, pinOf(change), keepsSpec(change), signal);
      }),
    ),
    ...ofKind(deletes, 'dashboard').map((change) =>
      step(STAGE.deleteDashboards, change, (signal) => deleteDashboard(context, change, signal)),
    ),
    ...deleteRuleSteps(ofKind(deletes, 'rule'), seen.groups, context, STAGE.deleteRules),
    ...ofKind(deletes, 'contact-point').map((change) =>
      step(STAGE.deleteContactPoints, change, (signal) => deleteContactPoint(context, change, signal)),
    ),
    ...ofKind(deletes, 'folder').map((change) =>
      step(STAGE.deleteFolders, change, (signal) => deleteFolder(context, change, signal)),
    ),
  ];
}

function pinOf(change: Write): string | undefined {
  return change.action === 'create' ? undefined : change.pin;
}

/** Whether all that a write changes of a dashboard is where it stands, or who saved it. */
function keepsSpec(change: Write): boolean {
  if (change.action === 'unchanged') return true;
  return change.action === 'update' && change.edits.every(({ path }) => path[0] === 'folderUid');
}

async function writeFolder(context: WriteContext, seen: Snapshot, change: Write, signal?: AbortSignal): Promise<void> {
  if (change.desired.kind !== 'folder') return;
  const pin = pinOf(change);
  if (pin === undefined) await createFolder(context, change.desired, signal);
  else await renameFolder(context, change.desired, pin, seen.parents.get(change.uid), signal);
}

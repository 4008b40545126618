import { diffJson, meaningsOf, restartsAlert } from '../diff/index.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { jsonEqual } from '../model/json.ts';
import type { BlockedChange, Change, DeleteChange, Edit, Live, LiveObject, Plan, Scope } from '../model/plan.ts';
import {
  type Desired,
  KINDS,
  type Kind,
  needsOf,
  type Resource,
  resourceKey,
  serviceOf,
  specOf,
} from '../model/resource.ts';
import { comparable } from './comparable.ts';
import { adoptionOf, driftOf, filesOfEdit, isEditInCode, isManaged, isServersDoing } from './drift.ts';
import {
  blockedNeedDiagnostic,
  ceilingDiagnostic,
  foreignFileDiagnostic,
  foreignUidDiagnostic,
  handEditDiagnostic,
  hiddenDiagnostic,
  incompleteReadDiagnostic,
  managedDiagnostic,
  unreadableDiagnostic,
  usedDiagnostic,
} from './obstacles.ts';

/** What the user allows. */
export interface PlanPolicy {
  readonly scope: Scope;
  /**
   * The most dashboards and rule groups a sync may delete. Default: 5, or a quarter of what is ours if that is more.
   * A wrong folder, branch or filter then stops at the plan instead of emptying Grafana.
   */
  readonly maxDeletes?: number;
  /** Lets the code win over edits made in Grafana. Default: they are kept. */
  readonly overwriteDrift?: boolean;
}

/** What a plan is made for. */
export type PlanTarget = Plan['target'];

/**
 * What has to happen so that the target equals the desired state. Pure: the same input gives the same plan, byte
 * for byte. What is not ours is never changed; a clash with it blocks that resource only.
 */
export function plan(desired: Desired, live: Live, target: PlanTarget, policy: PlanPolicy): Plan {
  const held = new Map(live.objects.map((object) => [resourceKey(object), object]));
  const wanted = desired.resources.filter((resource) => inScope(resource, policy.scope));
  const inCode = new Map(desired.resources.map((resource) => [resourceKey(resource), resource]));
  const decided = wanted
    .map((resource) => decide(resource, held.get(resourceKey(resource)), policy))
    .filter((change) => change.action !== 'update' || !isOnlyNeeded(change.kind, policy.scope));
  const writes = blockDependents(decided.map((change) => withRestarts(change, live)));
  const notInCode = live.objects.filter(
    (object) => object.owned && !inCode.has(resourceKey(object)) && liveInScope(object, policy.scope),
  );
  return {
    format: 'grafana-as-code/plan',
    version: 1,
    target,
    scope: policy.scope,
    changes: [...inOrder(writes), ...inOrder(prune(byUid(notInCode), writes, live, policy)).reverse()],
    drift: driftOf(writes, byUid(notInCode), held, inCode, policy),
    repairs: [
      ...live.repairs,
      ...writes.flatMap((change) => {
        const object = change.action === 'unchanged' ? held.get(resourceKey(change)) : undefined;
        return object === undefined ? [] : adoptionOf(object);
      }),
    ],
    notes: live.notes,
  };
}

function decide(resource: Resource, live: LiveObject | undefined, policy: PlanPolicy): Change {
  const common = describe(resource);
  if (live === undefined) return { ...common, action: 'create', desired: resource };
  const diagnostic = obstacleOf(resource, live, policy);
  if (diagnostic !== undefined) return { ...common, action: 'blocked', diagnostic };
  const before = live.resource === undefined ? undefined : comparable(live.resource, live.unmodelled);
  const after = comparable(resource);
  const asWanted = before !== undefined && (jsonEqual(before, after) || isServersDoing(resource, live));
  if (asWanted && live.damage === undefined)
    return { ...common, action: 'unchanged', desired: resource, pin: live.pin };
  if (live.edited !== undefined && policy.overwriteDrift !== true && !isEditInCode(resource, live))
    return keep(resource, live);
  const restarts = live.alertState !== undefined && before !== undefined && restartsAlert(diffJson(before, after));
  const edits = before === undefined ? [] : diffJson(before, after);
  return {
    ...common,
    action: 'update',
    desired: resource,
    pin: live.pin,
    edits,
    meanings: before === undefined ? [] : meaningsOf(resource, before, after, edits),
    ...(live.damage === undefined ? {} : { repair: live.damage }),
    ...(restarts && live.alertState !== undefined ? { restarts: live.alertState } : {}),
    ...(live.resource !== undefined && losesSomething(live, edits) ? { overwrites: live.resource } : {}),
  };
}

/** Why an object may not be written at all. */
function obstacleOf(resource: Resource, live: LiveObject, policy: PlanPolicy): Diagnostic | undefined {
  if (live.unreadable !== undefined) return unreadableDiagnostic(live, live.unreadable, resource.source);
  if (live.hidden === true) return hiddenDiagnostic(resource);
  if (live.obstacle !== undefined) return foreignFileDiagnostic(resource, live.obstacle);
  if (!live.owned) return foreignUidDiagnostic(resource);
  return live.manager !== undefined && isManaged(live, policy)
    ? managedDiagnostic(live, live.manager, resource.source)
    : undefined;
}

/** A hand edit stays, and with it what the code changes in the same object. */
function keep(resource: Resource, live: LiveObject): BlockedChange {
  const ours = live.edited?.ours === undefined ? undefined : comparable(live.edited.ours);
  const after = comparable(resource);
  const withheld = ours === undefined ? [] : meaningsOf(resource, ours, after, diffJson(ours, after));
  return {
    ...describe(resource),
    action: 'blocked',
    diagnostic: handEditDiagnostic(live, filesOfEdit(live, resource)),
    ...(live.resource === undefined ? {} : { live: live.resource }),
    ...(withheld.length === 0 ? {} : { withheld }),
  };
}

/**
 * Whether an update may take away what is nowhere else: a hand edit; what our model cannot say; settings of what tells
 * nobody who made them. A rotated secret takes nothing.
 */
function losesSomething({ kind, edited, unmodelled }: LiveObject, edits: readonly Edit[]): boolean {
  if (edited !== undefined || unmodelled !== undefined) return true;
  return specOf(kind).anonymous === true && edits.some(({ path }) => path.at(-1) !== 'digest');
}

/** What has to wait for something that is blocked is blocked as well: no dashboard of ours in a foreign folder. */
function blockDependents(changes: readonly Change[]): readonly Change[] {
  const blocked = new Map(
    changes.flatMap((change) => (change.action === 'blocked' ? [[resourceKey(change), change] as const] : [])),
  );
  return changes.map((change) => {
    if (change.action !== 'create' && change.action !== 'update') return change;
    const obstacle = needsOf(change.desired).flatMap((key) => blocked.get(key) ?? [])[0];
    if (obstacle === undefined) return change;
    return {
      ...describe(change.desired),
      action: 'blocked',
      diagnostic: blockedNeedDiagnostic(change.desired, obstacle),
    };
  });
}

/** Alerts carry the title of their folder as a label: another title ends their state. */
function withRestarts(change: Change, { objects }: Live): Change {
  if (change.kind !== 'folder' || change.action !== 'update') return change;
  const active = objects.flatMap(({ resource, alertState }) =>
    resource?.kind === 'rule' && resource.folderUid === change.uid && alertState !== undefined
      ? [
          {
            title: resource.title,
            ...(resource.service === undefined ? {} : { service: resource.service }),
            ...alertState,
          },
        ]
      : [],
  );
  return active.length === 0 ? change : { ...change, restartsIn: active };
}

function describe(resource: Resource) {
  const { kind, uid, title, source } = resource;
  const service = serviceOf(resource);
  return { kind, uid, title, source, ...(service === undefined ? {} : { service }) };
}

function prune(
  notInCode: readonly LiveObject[],
  writes: readonly Change[],
  live: Live,
  policy: PlanPolicy,
): (DeleteChange | BlockedChange)[] {
  const ours = live.objects.filter(({ owned }) => owned);
  const limit = policy.maxDeletes ?? Math.max(5, Math.floor(units(ours) / 4));
  const toDelete = notInCode.filter(
    (object): object is LiveObject & { resource: Resource } => object.resource !== undefined,
  );
  const count = units(toDelete);
  const decided = toDelete.map((object): DeleteChange | BlockedChange => {
    const { kind, uid, title, pin, resource } = object;
    const service = serviceOf(resource);
    const common = { kind, uid, title, ...(service === undefined ? {} : { service }), live: resource };
    const blocked = (diagnostic: Diagnostic): BlockedChange => ({ ...common, action: 'blocked', diagnostic });
    if (!live.complete) return blocked(incompleteReadDiagnostic(object));
    if (count > limit) return blocked(ceilingDiagnostic(object, count, limit));
    if (object.manager !== undefined && isManaged(object, policy)) {
      return blocked(managedDiagnostic(object, object.manager));
    }
    if (object.edited !== undefined && policy.overwriteDrift !== true) return blocked(handEditDiagnostic(object));
    const resolves = object.alertState === undefined ? {} : { resolves: object.alertState };
    return { ...common, action: 'delete', pin, reason: 'no longer in the code', ...resolves };
  });
  return withoutUsed(decided, toDelete, writes);
}

/** What a rule or a policy that this plan does not change needs stays: Grafana refuses the delete. */
function withoutUsed(
  decided: readonly (DeleteChange | BlockedChange)[],
  toDelete: readonly LiveObject[],
  writes: readonly Change[],
): (DeleteChange | BlockedChange)[] {
  const used = new Map(toDelete.map((object) => [resourceKey(object), object]));
  return decided.map((change) => {
    const object = used.get(resourceKey(change));
    if (change.action !== 'delete' || object === undefined) return change;
    const remaining = (object.usedBy ?? []).filter(
      ({ rule }) =>
        rule === undefined ||
        ![...writes, ...decided].some(
          (other) =>
            other.kind === 'rule' &&
            other.uid === rule &&
            (other.action === 'delete' ||
              ('desired' in other && !needsOf(other.desired).includes(resourceKey(object)))),
        ),
    );
    if (remaining.length === 0) return change;
    const { kind, uid, title, live } = change;
    return {
      kind,
      uid,
      title,
      live,
      action: 'blocked',
      diagnostic: usedDiagnostic(
        object,
        remaining.map(({ what }) => what),
      ),
    };
  });
}

/** Dashboards and rule groups. */
function units(objects: readonly LiveObject[]): number {
  const counted = objects.flatMap((object) => {
    const { weighs } = specOf(object.kind);
    if (weighs === undefined) return [];
    return object.resource === undefined ? resourceKey(object) : weighs(object.resource);
  });
  return new Set(counted).size;
}

function inScope(resource: Resource, { only, service }: Scope): boolean {
  const { part, shared } = specOf(resource.kind);
  if (only !== undefined && part !== 'both' && part !== only) return false;
  // What is shared belongs to all services: rules of the chosen one refer to it.
  return service === undefined || shared || serviceOf(resource) === service;
}

/** What a part needs to stand on is made where it is missing, and otherwise left to a sync of all. */
function isOnlyNeeded(kind: Kind, { only, service }: Scope): boolean {
  const { part, shared } = specOf(kind);
  return shared && (service !== undefined || (part === 'both' && only !== undefined));
}

function liveInScope({ kind, resource }: LiveObject, { only, service }: Scope): boolean {
  if (only !== undefined && specOf(kind).part !== only) return false;
  return service === undefined || (resource !== undefined && serviceOf(resource) === service);
}

/** By kind in the order of writing, then as given for what is desired, by UID for what is not. */
function inOrder<C extends Change>(changes: readonly C[]): C[] {
  return [...changes].sort((left, right) => KINDS.indexOf(left.kind) - KINDS.indexOf(right.kind));
}

function byUid(objects: readonly LiveObject[]): LiveObject[] {
  return [...objects].sort((left, right) => (left.uid < right.uid ? -1 : left.uid > right.uid ? 1 : 0));
}

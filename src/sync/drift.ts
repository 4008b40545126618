/** Edits made in Grafana: what they are, and whether the code may overwrite them. */
import { diffJson, meaningsOf } from '../diff/index.ts';
import { groupBy } from '../model/group-by.ts';
import type { Change, Drift, Edit, LiveObject, PathStep, Repair } from '../model/plan.ts';
import { type Resource, resourceKey, serviceOf } from '../model/resource.ts';
import { comparable } from './comparable.ts';
import { contentHash } from './content-hash.ts';
import { yieldsToCode } from './obstacles.ts';

interface Policy {
  readonly overwriteDrift?: boolean;
}

/**
 * Whether a difference is the target's own doing: our last save sent exactly this, nobody saved since, and it reads
 * differently all the same. Sending it again would change nothing, for ever.
 */
export function isServersDoing(resource: Resource, { sentHash, edited }: LiveObject): boolean {
  return edited === undefined && sentHash !== undefined && sentHash === contentHash(resource);
}

/**
 * Whether the code has all of a hand edit, so that writing the code takes nothing of it away: what the edit changed
 * against our last version and what the code changes now have no place in common.
 */
export function isEditInCode(resource: Resource, { edited, resource: live, unmodelled }: LiveObject): boolean {
  if (edited?.ours === undefined || live === undefined) return false;
  const now = comparable(live, unmodelled);
  const byHand = diffJson(comparable(edited.ours), now).map(({ path }) => path);
  const byCode = diffJson(now, comparable(resource)).map(({ path }) => path);
  return !byHand.some((left) => byCode.some((right) => overlap(left, right)));
}

function overlap(left: readonly PathStep[], right: readonly PathStep[]): boolean {
  const length = Math.min(left.length, right.length);
  return JSON.stringify(left.slice(0, length)) === JSON.stringify(right.slice(0, length));
}

/** Hand edits behind the changes of a plan, and of objects that the code does not have. */
export function driftOf(
  changes: readonly Change[],
  notInCode: readonly LiveObject[],
  held: ReadonlyMap<string, LiveObject>,
  wanted: ReadonlyMap<string, Resource>,
  policy: Policy,
): readonly Drift[] {
  const inCode = changes.flatMap((change) => {
    const object = held.get(resourceKey(change));
    // An edit that is in the code by now is not one any more.
    if (object === undefined || change.action === 'unchanged') return [];
    if (change.action === 'update' && isEditInCode(change.desired, object)) return [];
    return driftIn(object, policy, wanted.get(resourceKey(change)));
  });
  return withGroups([...inCode, ...notInCode.flatMap((object) => driftIn(object, policy))], held);
}

/** The hand edit of a live object. */
function driftIn(object: LiveObject, policy: Policy, desired?: Resource): readonly Drift[] {
  const { kind, uid, title, edited, resource, owned } = object;
  // What somebody else manages is said by its own diagnostic.
  if (edited === undefined || !owned || isManaged(object, policy)) return [];
  const before = edited.ours === undefined ? undefined : comparable(edited.ours);
  const after = resource === undefined ? undefined : comparable(resource, object.unmodelled);
  const known = before !== undefined && after !== undefined && resource !== undefined;
  const edits = known ? diffJson(before, after) : [];
  const sources = desired === undefined ? [] : filesOf(desired, edits);
  const service = resource === undefined ? undefined : serviceOf(resource);
  return [
    {
      kind,
      uid,
      title,
      ...(service === undefined ? {} : { service }),
      ...(desired === undefined ? {} : { source: desired.source }),
      ...(sources.some((file) => file !== desired?.source) ? { sources } : {}),
      by: edited.by,
      at: edited.at,
      message: edited.message,
      meanings: known ? meaningsOf(resource, before, after, edits, 'hand') : [],
      kept: policy.overwriteDrift !== true,
    },
  ];
}

/** How often a group is evaluated belongs to all of its rules: changed by hand, it is one edit and not one of each. */
function withGroups(drift: readonly Drift[], held: ReadonlyMap<string, LiveObject>): readonly Drift[] {
  const groups = groupBy(drift, (one) => {
    const object = held.get(resourceKey(one));
    const group = object === undefined ? undefined : groupWithInterval(object);
    return group === undefined ? resourceKey(one) : `group/${group}`;
  });
  return [...groups].flatMap(([key, members]) => {
    const [first] = members as [Drift, ...Drift[]];
    if (members.length === 1 || !key.startsWith('group/')) return members;
    const { service: _service, ...group } = first;
    return [{ ...group, title: `group ${nameOf(first, held)} (${members.length} rules)` }];
  });
}

function nameOf(drift: Drift, held: ReadonlyMap<string, LiveObject>): string {
  const resource = held.get(resourceKey(drift))?.resource;
  return resource?.kind === 'rule' ? resource.rule.group : drift.title;
}

/** The group of a rule of which nothing but the group's interval was edited. */
function groupWithInterval({ edited, resource, unmodelled }: LiveObject): string | undefined {
  if (edited?.ours === undefined || resource?.kind !== 'rule') return undefined;
  const edits = diffJson(comparable(edited.ours), comparable(resource, unmodelled));
  const isInterval = edits.length > 0 && edits.every(({ path }) => path.join('/') === 'rule/evaluationInterval');
  return isInterval ? `${resource.folderUid}/${resource.rule.group}` : undefined;
}

/** Whether somebody else keeps an object, and the code may not win over them. */
export function isManaged({ manager }: LiveObject, { overwriteDrift }: Policy): boolean {
  return manager !== undefined && !(overwriteDrift === true && yieldsToCode(manager));
}

/** An edit that the code has taken over: written once more, the object says that it is ours, and the next change goes. */
export function adoptionOf({ kind, title, edited }: LiveObject): readonly Repair[] {
  if (edited === undefined) return [];
  return [
    {
      subject: `${kind} ${title}`,
      problem: 'was edited in Grafana, and the code has the same by now: it is marked as ours again, without a change',
    },
  ];
}

/** The files that the hand edit of an object belongs into. */
export function filesOfEdit(object: LiveObject, desired: Resource): readonly string[] {
  const ours = object.edited?.ours;
  if (ours === undefined || object.resource === undefined) return filesOf(desired, []);
  return filesOf(desired, diffJson(comparable(ours), comparable(object.resource, object.unmodelled)));
}

/** The files that edits of a resource belong into: a panel of a shared section has the section's. */
function filesOf(desired: Resource, edits: readonly Edit[]): readonly string[] {
  const panels = desired.kind === 'dashboard' ? (desired.panelSources ?? {}) : {};
  const files = edits.map(({ path }) => panels[panelIn(path) ?? ''] ?? desired.source);
  return [...new Set(files.length === 0 ? [desired.source] : files)].sort();
}

/** The id of the innermost panel that a path leads into. */
function panelIn(path: Edit['path']): string | undefined {
  return path
    .flatMap((step, index) => (typeof step === 'object' && path[index - 1] === 'panels' ? [step.id] : []))
    .at(-1);
}

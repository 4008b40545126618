import type { Diagnostic } from './diagnostic.ts';
import type { Json, JsonObject } from './json.ts';
import type { Meaning } from './meaning.ts';
import type { Kind, Resource } from './resource.ts';

/** One step into a JSON value: a key of an object, a position, or the element of an array with an identity. */
export type PathStep = string | number | { readonly id: string };

/** One exact difference. Applying all edits of a pair to the old value gives the new one, undoing them the old. */
export type Edit =
  | {
      readonly op: 'add';
      readonly path: readonly PathStep[];
      readonly after: Json;
      /** Where an element with an identity goes among its siblings. Default: the end. */
      readonly at?: number;
    }
  | {
      readonly op: 'remove';
      readonly path: readonly PathStep[];
      readonly before: Json;
      /** Where an element with an identity stood among those that were left then: so it can be put back. */
      readonly at?: number;
    }
  | { readonly op: 'replace'; readonly path: readonly PathStep[]; readonly before: Json; readonly after: Json }
  /** The elements of an array with identities, in a new order. */
  | {
      readonly op: 'order';
      readonly path: readonly PathStep[];
      readonly before: readonly string[];
      readonly after: readonly string[];
    };

interface ChangeOf {
  readonly kind: Kind;
  readonly uid: string;
  readonly title: string;
  /** The service it belongs to; absent for what belongs to all. */
  readonly service?: string;
  /** The file that describes it; absent for what left the code. */
  readonly source?: string;
}

export interface CreateChange extends ChangeOf {
  readonly action: 'create';
  readonly desired: Resource;
}

/** What an alert rule is doing right now. */
export interface AlertState {
  readonly state: 'firing' | 'pending';
  /** Since when, in ISO 8601; absent where Grafana does not say. */
  readonly since?: string;
}

/** An alert that is firing or pending, by name and service. */
export interface ActiveAlert extends AlertState {
  readonly title: string;
  readonly service?: string;
}

export interface UpdateChange extends ChangeOf {
  readonly action: 'update';
  readonly desired: Resource;
  /** What was seen; applying is refused where it is no longer so. */
  readonly pin: string;
  readonly edits: readonly Edit[];
  readonly meanings: readonly Meaning[];
  /** Set where the update resolves an active alert and starts it anew. */
  readonly restarts?: AlertState;
  /** The same for alerts of other rules: those in a folder whose title changes, which is a label of theirs. */
  readonly restartsIn?: readonly ActiveAlert[];
  /** The object that the update overwrites, for the backup, where it may hold what the code never had. */
  readonly overwrites?: Resource;
  /** Set where the stored object was damaged, not where the code changed. */
  readonly repair?: string;
}

export interface DeleteChange extends ChangeOf {
  readonly action: 'delete';
  readonly pin: string;
  /** Why: in the end always that the code no longer has it. */
  readonly reason: string;
  /** What is deleted, for the backup. */
  readonly live: Resource;
  /** Set where the delete resolves an active alert. */
  readonly resolves?: AlertState;
}

export interface UnchangedChange extends ChangeOf {
  readonly action: 'unchanged';
  readonly desired: Resource;
  /** What was seen: others of its rule group may be written with it. */
  readonly pin: string;
}

export interface BlockedChange extends ChangeOf {
  readonly action: 'blocked';
  /** What cannot be done, why, and the command that resolves it. */
  readonly diagnostic: Diagnostic;
  /** What stays in place: the live object, if it is ours. */
  readonly live?: Resource;
  /** What the code changes and cannot, because the object is kept. */
  readonly withheld?: readonly Meaning[];
}

/** What happens to one resource. */
export type Change = CreateChange | UpdateChange | DeleteChange | UnchangedChange | BlockedChange;
export type Action = Change['action'];

/** Which part of the desired state a command is about. Default: all of it. */
export interface Scope {
  readonly only?: 'dashboards' | 'alerts';
  readonly service?: string;
}

/** Something of the target's own that is put right besides resources, such as a half-written file. */
export interface Repair {
  readonly subject: string;
  readonly problem: string;
}

/** An object that somebody edited in Grafana after our last sync. */
export interface Drift {
  readonly kind: Kind;
  readonly uid: string;
  readonly title: string;
  readonly service?: string;
  readonly source?: string;
  /** Who: a login, or an account's UID where no name is known. */
  readonly by: string;
  /** When, in ISO 8601; empty where Grafana does not say. */
  readonly at: string;
  /** What they wrote about it; often empty. */
  readonly message: string;
  /** The files to bring the edit into, where a shared section has its own. Default: `source`. */
  readonly sources?: readonly string[];
  /** What the edit changed, against our last version; empty where that is not in the history any more. */
  readonly meanings: readonly Meaning[];
  /** False where `--overwrite-drift` lets the code win. */
  readonly kept: boolean;
}

/** What a sync would do. Pure data: the same input gives the same plan, byte for byte. */
export interface Plan {
  readonly format: 'grafana-as-code/plan';
  readonly version: 1;
  readonly target: { readonly kind: 'directory' | 'grafana'; readonly name: string };
  readonly scope: Scope;
  /** In the order of writing: folders, contact points, rules, dashboards; deletes last, in reverse. */
  readonly changes: readonly Change[];
  /** Hand edits, apart from the code's own changes. What is kept is `blocked` among the changes. */
  readonly drift: readonly Drift[];
  readonly repairs: readonly Repair[];
  /** Warnings that concern the target, such as a missing secret. */
  readonly notes: readonly Diagnostic[];
}

/** An object as the target has it. */
export interface LiveObject {
  readonly kind: Kind;
  readonly uid: string;
  readonly title: string;
  /** Carries the owner's prefix and mark. What is not ours is never touched. */
  readonly owned: boolean;
  /** It exists where the account may not look: whose it is cannot be known. */
  readonly hidden?: true;
  /** The file of somebody else that stands where ours would. */
  readonly obstacle?: string;
  /** Identifies this very version; an object with another pin has changed since. */
  readonly pin: string;
  /** In our model; absent where it cannot be read. */
  readonly resource?: Resource;
  /** What our model cannot say about it; a difference that an update removes. */
  readonly unmodelled?: JsonObject;
  /** What is wrong with how it is stored: missing, changed since we wrote it, half-written. */
  readonly damage?: string;
  /** The last save was not ours. */
  readonly edited?: HandEdit;
  /** Hash of what our last save sent, see `contentHash`: a difference to it is the target's own doing. */
  readonly sentHash?: string;
  /** An alert rule that is firing or pending. */
  readonly alertState?: AlertState;
  /** What is wrong with its form, where it has none that is known. */
  readonly unreadable?: string;
  /** Who else writes it. */
  readonly manager?: Manager;
  /** Who needs it, ours among them. */
  readonly usedBy?: readonly Use[];
}

/** Another program that writes an object, as Grafana names it. */
export interface Manager {
  /** @example 'kubectl', 'terraform', 'repo', 'plugin', 'classic-file-provisioning' */
  readonly kind: string;
  /** Which one of that kind; may be empty. @example 'gcx' */
  readonly id: string;
  /** Where it takes the object from. */
  readonly source?: string;
}

/** Something that refers to an object, which cannot go before. */
export interface Use {
  /** @example 'alert rule "Disk full"', 'the default notification policy' */
  readonly what: string;
  /** The UID of a rule, which the plan may change. */
  readonly rule?: string;
}

/** Who edited an object in Grafana, and what it was before. */
export interface HandEdit {
  readonly by: string;
  readonly at: string;
  readonly message: string;
  /** Our last version; absent where the history does not have it. */
  readonly ours?: Resource;
}

/** What a target holds. */
export interface Live {
  /** False where anything could not be read: then nothing is pruned. */
  readonly complete: boolean;
  readonly objects: readonly LiveObject[];
  readonly repairs: readonly Repair[];
  readonly notes: readonly Diagnostic[];
}

/** How many changes of each action. */
export function countActions(plan: Pick<Plan, 'changes'>): Readonly<Record<Action, number>> {
  const counts = { create: 0, update: 0, delete: 0, unchanged: 0, blocked: 0 };
  for (const { action } of plan.changes) counts[action] += 1;
  return counts;
}

/** True where applying the plan writes nothing. */
export function isNoOp(plan: Plan): boolean {
  const { create, update, delete: deletes } = countActions(plan);
  return create + update + deletes + plan.repairs.length === 0;
}

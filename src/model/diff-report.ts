import type { Json } from './json.ts';
import type { Edit, Meaning } from './plan.ts';
import type { Kind } from './resource.ts';

/** One object that differs between two versions of the code. */
export interface ResourceDiff {
  readonly kind: Kind;
  readonly uid: string;
  readonly title: string;
  readonly service?: string;
  readonly action: 'added' | 'removed' | 'changed' | 'renamed';
  /** The UID before, where it has another one now. */
  readonly formerUid?: string;
  /** An alert that is active when this is synced resolves, and fires again when `for` has passed. */
  readonly restarts?: true;
  readonly meanings: readonly Meaning[];
  /** Exact: applied to `before` they give `after`. */
  readonly edits: readonly Edit[];
  readonly before?: Json;
  readonly after?: Json;
}

/** What the replay of the incident says of a changed rule. */
export interface ReplayNote {
  readonly alert: string;
  readonly service: string;
  /** @example 'would fire 14:53 instead of 14:55' */
  readonly text: string;
}

/** What differs between the code and a version of it in git, or a target. */
export interface DiffReport {
  readonly format: 'grafana-as-code/diff';
  readonly version: 1;
  /** What is compared with; a target has no commit. */
  readonly base: { readonly ref: string; readonly commit: string };
  readonly changes: readonly ResourceDiff[];
  readonly unchanged: number;
  /** What is not carried out of a plan, and why. */
  readonly notes?: readonly string[];
  /** What a replay of the changed rules showed, if there was one. */
  readonly replay?: {
    readonly notes: readonly ReplayNote[];
    /** @example 'Replay: all expectations hold in 21 scenarios.' */
    readonly summary: string;
    /** Expectations that do not hold any more. @example 'incident-linear: ServicePoolSaturated of user-service: …' */
    readonly broken: readonly string[];
  };
}

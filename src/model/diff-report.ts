import type { Diagnostic } from './diagnostic.ts';
import type { Json } from './json.ts';
import type { Meaning } from './meaning.ts';
import type { Edit } from './plan.ts';
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

/** When an alert fires in the replay of the incident. Equal times say that nothing changed. */
export interface ReplayNote {
  readonly alert: string;
  readonly service: string;
  /** Times of that day, such as `14:53`; absent where it does not fire. */
  readonly before?: string;
  readonly after?: string;
}

/** An expectation of a scenario that does not hold. */
export interface BrokenNote {
  readonly scenario: string;
  readonly alert: string;
  readonly service?: string;
  readonly expected: string;
  readonly seen: string;
}

/** What differs between the code and a version of it in git, or a target. */
export interface DiffReport {
  readonly format: 'grafana-as-code/diff';
  readonly version: 1;
  /** What is compared with; a target has no commit. */
  readonly base: { readonly ref: string; readonly commit: string };
  readonly changes: readonly ResourceDiff[];
  readonly unchanged: number;
  /** What a plan does not carry out, and why. */
  readonly blocked?: readonly Diagnostic[];
  /** The title of the project's incident, whose minutes stand beside changed alerts. A project may have none. */
  readonly incident?: string;
  /** What a replay of the changed rules showed, if there was one. */
  readonly replay?: {
    readonly notes: readonly ReplayNote[];
    /** How many scenarios were replayed. */
    readonly scenarios: number;
    readonly broken: readonly BrokenNote[];
  };
}

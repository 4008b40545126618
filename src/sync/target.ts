import type { Change, Live, Plan, Scope } from '../model/plan.ts';
import type { Desired } from '../model/resource.ts';

/** One write: a file, a dashboard, a rule group. */
export interface Step {
  /** What is written, for people. */
  readonly label: string;
  /** The changes that this write carries out; none for what serves them all, such as a manifest. */
  readonly changes: readonly Change[];
  /**
   * Steps of the same stage, one after the other in the list, may run at once, as far as the target allows. A stage
   * begins when the one before has ended. Default: the step runs alone.
   */
  readonly stage?: number;
  /** @param signal aborted by Ctrl-C: finish the request under way, and do not wait for another try. */
  readonly run: (signal?: AbortSignal) => Promise<void>;
}

/**
 * Where resources go. A target reads what is there and knows how changes are written; it decides nothing: `plan()`
 * does, and `apply()` runs its steps.
 */
export interface Target {
  /** Which one it is; for what takes a question to tell, right after `identify` or `read`. */
  readonly identity: Plan['target'];
  /** Asks which one it is, where that takes a request. */
  identify?(): Promise<Plan['target']>;
  /** The desired state with what only the target knows, such as digests of secrets. Before `read` and `plan`. */
  prepare?(desired: Desired): Desired;
  /**
   * What is there, as far as the desired state needs it.
   *
   * @throws ExplainedError if the target cannot be used at all.
   */
  read(desired: Desired, scope: Scope): Promise<Live>;
  /**
   * The writes of a plan, in order: writes before deletes.
   *
   * @throws ExplainedError if what the plan saw is no longer so; nothing has been written then.
   */
  steps(plan: Plan): Promise<readonly Step[]>;
  /** Called when the steps have ended, however they did: gives back what `steps` took, such as a lock. */
  release?(): Promise<void>;
  /** How many steps of a stage may run at once. Default: 1. */
  concurrency?(stage: number): number;
  /** Where a person looks at what was written. */
  link?(change: Change): string | undefined;
  /** Requests made until now. */
  requests?(): number;
}

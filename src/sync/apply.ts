import type { Change, Plan } from '../model/plan.ts';
import { needsOf, type Resource, resourceKey } from '../model/resource.ts';
import type { Step, Target } from './target.ts';

/** What happens while a plan is applied; scripts turn it into a progress bar or into lines. */
export type ApplyEvent =
  | { readonly event: 'started'; readonly steps: number }
  | { readonly event: 'backed-up'; readonly place: string; readonly resources: number }
  | { readonly event: 'step-started'; readonly step: number; readonly steps: number; readonly label: string }
  | { readonly event: 'step-done'; readonly step: number; readonly label: string; readonly changes: readonly Change[] }
  | {
      readonly event: 'step-failed';
      readonly step: number;
      readonly label: string;
      readonly changes: readonly Change[];
      readonly error: Error;
    }
  | {
      readonly event: 'step-skipped';
      readonly step: number;
      readonly label: string;
      readonly changes: readonly Change[];
      readonly because: string;
    };

/** How it went. */
export interface Outcome {
  readonly applied: readonly Change[];
  readonly failed: readonly { readonly label: string; readonly changes: readonly Change[]; readonly error: Error }[];
  readonly skipped: readonly {
    readonly label: string;
    readonly changes: readonly Change[];
    readonly because: string;
  }[];
  readonly interrupted: boolean;
}

export interface ApplyOptions {
  readonly onEvent?: (event: ApplyEvent) => void;
  /** Aborted by Ctrl-C: the write under way is finished, then nothing more is written. */
  readonly signal?: AbortSignal;
  /** Keeps what will be deleted; called before the first write. Answers where it is kept. */
  readonly backUp?: (resources: readonly Resource[]) => Promise<string>;
}

/**
 * Carries out a plan; the only writer. A failed write does not stop independent ones; what needs it is skipped.
 * Running again converges.
 */
export async function apply(plan: Plan, target: Target, options: ApplyOptions = {}): Promise<Outcome> {
  try {
    return await applySteps(plan, target, options);
  } finally {
    await target.release?.();
  }
}

async function applySteps(plan: Plan, target: Target, options: ApplyOptions): Promise<Outcome> {
  const emit = options.onEvent ?? (() => undefined);
  const steps = await target.steps(plan);
  emit({ event: 'started', steps: steps.length });
  const toBackUp = plan.changes.flatMap(takenAway);
  if (toBackUp.length > 0 && options.backUp !== undefined) {
    emit({ event: 'backed-up', place: await options.backUp(toBackUp), resources: toBackUp.length });
  }
  const run = new Run();
  const numbered = steps.map((step, index) => ({ step, place: { step: index + 1, label: step.label } }));
  const runStep = async ({ step, place }: (typeof numbered)[number]): Promise<void> => {
    const because = run.obstacle(step);
    if (because !== undefined) {
      run.skipped.push({ label: step.label, changes: step.changes, because });
      emit({ event: 'step-skipped', ...place, changes: step.changes, because });
      return;
    }
    emit({ event: 'step-started', ...place, steps: steps.length });
    try {
      await step.run(options.signal);
      run.applied.push(...step.changes);
      emit({ event: 'step-done', ...place, changes: step.changes });
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      run.failed.push({ label: step.label, changes: step.changes, error });
      emit({ event: 'step-failed', ...place, changes: step.changes, error });
    }
  };
  for (const { stage, members } of stagesOf(numbered)) {
    const waiting = [...members];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        if (options.signal?.aborted === true) return run.stop();
        await runStep(next);
      }
    };
    const workers = stage === undefined ? 1 : Math.min(members.length, target.concurrency?.(stage) ?? 1);
    await Promise.all(Array.from({ length: workers }, work));
    if (run.stopped) break;
  }
  return run.outcome();
}

/** What a change makes disappear, for the backup. */
function takenAway(change: Change): readonly Resource[] {
  if (change.action === 'delete') return [change.live];
  return change.action === 'update' && change.overwrites !== undefined ? [change.overwrites] : [];
}

/** Neighbours of the same stage together; a step without a stage is alone. */
function stagesOf<S extends { readonly step: Step }>(
  steps: readonly S[],
): { stage: number | undefined; members: S[] }[] {
  const stages: { stage: number | undefined; members: S[] }[] = [];
  for (const member of steps) {
    const last = stages.at(-1);
    const { stage } = member.step;
    if (last !== undefined && stage !== undefined && last.stage === stage) last.members.push(member);
    else stages.push({ stage, members: [member] });
  }
  return stages;
}

class Run {
  readonly applied: Change[] = [];
  readonly failed: { label: string; changes: readonly Change[]; error: Error }[] = [];
  readonly skipped: { label: string; changes: readonly Change[]; because: string }[] = [];

  stopped = false;

  stop(): void {
    this.stopped = true;
  }

  /** What a step waits for in vain, if anything. */
  obstacle(step: Step): string | undefined {
    const missing = new Set([...this.failed, ...this.skipped].flatMap(({ changes }) => changes.map(resourceKey)));
    if (missing.size === 0 && this.failed.length === 0) return undefined;
    // A step without changes concludes all others, such as a manifest that says what is there.
    if (step.changes.length === 0)
      return this.failed.length > 0 ? `${this.failed[0]?.label ?? 'a step'} failed` : undefined;
    const needed = step.changes.flatMap(needs).find((key) => missing.has(key));
    return needed === undefined ? undefined : `it needs ${needed.replace('/', ' ')}, which was not written`;
  }

  outcome(): Outcome {
    return { applied: this.applied, failed: this.failed, skipped: this.skipped, interrupted: this.stopped };
  }
}

function needs(change: Change): readonly string[] {
  return change.action === 'create' || change.action === 'update' ? needsOf(change.desired) : [];
}

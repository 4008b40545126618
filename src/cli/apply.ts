import { applyPlan, type Outcome, type Target } from '../app/apply-plan.ts';
import type { Io } from '../app/io.ts';
import type { Plan } from '../model/plan.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { progressTo } from './terminal.ts';

/** Applies a plan, with progress on stderr, and a word when Ctrl-C lets the write under way finish. */
export async function applyWithProgress(plan: Plan, target: Target, io: Io): ReturnType<typeof applyPlan> {
  const interrupted = (): void => void io.stderr.write('\nStopping after the write under way …\n');
  io.interrupted.addEventListener('abort', interrupted, { once: true });
  return applyPlan({ plan, target, onEvent: progressTo(io.stderr) }, io).finally(() =>
    io.interrupted.removeEventListener('abort', interrupted),
  );
}

/** The exit code of what became of a plan. */
export function exitCodeOf(plan: Plan, outcome?: Outcome): ExitCode {
  if (outcome?.interrupted === true) return EXIT.interrupted;
  const left = outcome === undefined ? 0 : outcome.failed.length + outcome.skipped.length;
  return left > 0 || plan.changes.some(({ action }) => action === 'blocked') ? EXIT.partial : EXIT.success;
}

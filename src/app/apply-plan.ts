/** Applies a plan as every command does: with progress, a backup, and an orderly end on Ctrl-C. */

import type { Plan } from '../model/plan.ts';
import type { ReportedOutcome } from '../report/plan/outcome.ts';
import { type ApplyEvent, apply, type Outcome, type Target } from '../sync/index.ts';
import { writeBackup } from './backup.ts';
import type { Io } from './io.ts';

export type { ApplyEvent, Outcome, Target };

/** The first Ctrl-C, or a runner's end of the job, lets the write under way finish. */
export async function applyPlan(
  {
    plan,
    target,
    onEvent,
  }: { readonly plan: Plan; readonly target: Target; readonly onEvent: (event: ApplyEvent) => void },
  { interrupted, root, clock, random, http }: Pick<Io, 'interrupted' | 'root' | 'clock' | 'random' | 'http'>,
): Promise<Outcome & ReportedOutcome> {
  const outcome = await apply(plan, target, {
    signal: interrupted,
    onEvent,
    backUp: (resources) =>
      writeBackup(http.secrets.redactData(resources), target.identity, {
        root,
        now: clock.now(),
        random: random(),
      }),
  });
  const links = outcome.applied.flatMap((change) => target.link?.(change) ?? []);
  return { ...outcome, links, requests: target.requests?.() };
}

/** Applies a plan as every command does: with progress, a backup, and an orderly end on Ctrl-C. */

import type { Plan } from '../../src/model/plan.ts';
import type { ReportedOutcome } from '../../src/report/outcome.ts';
import { apply, type Outcome, type Target } from '../../src/sync/index.ts';
import { writeBackup } from './backup.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { progressTo } from './terminal.ts';

/** The first Ctrl-C, or a runner's end of the job, lets the write under way finish. */
export async function carryOut(plan: Plan, target: Target): Promise<Outcome & ReportedOutcome> {
  const stop = new AbortController();
  const interrupt = (): void => {
    process.stderr.write('\nStopping after the write under way …\n');
    stop.abort();
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const outcome = await apply(plan, target, {
    signal: stop.signal,
    onEvent: progressTo(process.stderr),
    backUp: (resources) => writeBackup(resources, target.identity),
  }).finally(() => process.off('SIGINT', interrupt).off('SIGTERM', interrupt));
  const links = outcome.applied.flatMap((change) => target.link?.(change) ?? []);
  return { ...outcome, links, requests: target.requests?.() };
}

/** The exit code of what became of a plan. */
export function exitCodeOf(plan: Plan, outcome?: Outcome): ExitCode {
  if (outcome?.interrupted === true) return EXIT.interrupted;
  const left = outcome === undefined ? 0 : outcome.failed.length + outcome.skipped.length;
  return left > 0 || plan.changes.some(({ action }) => action === 'blocked') ? EXIT.partial : EXIT.success;
}

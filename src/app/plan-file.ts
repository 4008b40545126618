import { LIMITS, readInputFile, writeFileSafely } from '../adapters/files.ts';
import type { ContactPoint } from '../model/contact-point.ts';
import { refused, usageError } from '../model/explained-error.ts';
import { visible } from '../model/outside-text.ts';
import type { Plan } from '../model/plan.ts';
import { renderSavedPlan } from '../report/plan/json.ts';
import { parsePlan } from '../report/plan/saved-plan.ts';
import { strangeSecrets } from '../sync/index.ts';

/** Keeps a plan for `sync --plan`. It holds references to secrets, never their values. */
export async function savePlan(file: string, plan: Plan): Promise<void> {
  await writeFileSafely(file, renderSavedPlan(plan), { mode: 0o600 });
}

/**
 * Reads a saved plan.
 *
 * @param code the contact points of the code: a plan sends no secret to anybody else
 * @throws ExplainedError if the file is not a plan, or one that sends secrets elsewhere than the code does
 */
export function readPlan(file: string, code: readonly ContactPoint[]): Plan {
  const read = readInputFile(file, LIMITS.large);
  const parsed = 'problem' in read ? read : parsePlan(read.text);
  if ('problem' in parsed)
    throw refused('C011', visible(file), parsed.problem, 'Make one: npm run plan -- --save FILE');
  const strange = strangeSecrets(
    parsed.plan.changes.flatMap((change) =>
      'desired' in change ? [change.desired] : change.action === 'blocked' && change.live ? [change.live] : [],
    ),
    code,
  );
  if (strange.length > 0) throw usageError(strange.map((each) => ({ ...each, file })));
  return parsed.plan;
}

import { LIMITS, readInputFile, writeFileSafely } from '../adapters/files.ts';
import type { Redactor } from '../adapters/http/index.ts';
import type { ContactPoint } from '../model/contact-point.ts';
import { refused, usageError } from '../model/explained-error.ts';
import { visible } from '../model/outside-text.ts';
import type { Plan } from '../model/plan.ts';
import { renderSavedPlan } from '../report/plan/json.ts';
import { parsePlan } from '../report/plan/saved-plan.ts';
import { strangeSecrets } from '../sync/index.ts';

/**
 * Keeps a plan for `sync --plan`. It holds references to secrets, never their values: neither those of the code nor
 * those that a server has put into what it said. What will be written, and what it is compared with, stays as it is.
 */
export async function savePlan(file: string, plan: Plan, { redactData }: Pick<Redactor, 'redactData'>): Promise<void> {
  const changes = plan.changes.map((change) => ({
    ...redactData(change),
    ...('desired' in change ? { desired: change.desired } : {}),
    ...('pin' in change ? { pin: change.pin } : {}),
  }));
  // The spread keeps the action that tells the kinds of changes apart.
  const safe = { ...redactData({ ...plan, changes: [] }), changes } as Plan;
  await writeFileSafely(file, renderSavedPlan(safe), { mode: 0o600 });
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

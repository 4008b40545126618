import { readFile, writeFile } from 'node:fs/promises';
import type { Plan } from '../../src/model/plan.ts';
import { parsePlan } from '../../src/sync/index.ts';
import { UsageError } from './command.ts';

/** Keeps a plan for `sync --plan`. It holds references to secrets, never their values. */
export async function savePlan(file: string, plan: Plan): Promise<void> {
  await writeFile(file, `${JSON.stringify(plan, null, 2)}\n`, { encoding: 'utf8', mode: 0o600 });
}

/** @throws UsageError if the file is no plan */
export async function readPlan(file: string): Promise<Plan> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw unusable(file, `can not be read (${cause.code ?? cause.message})`);
  });
  const parsed = parsePlan(text);
  if ('problem' in parsed) throw unusable(file, parsed.problem);
  return parsed.plan;
}

function unusable(file: string, message: string): UsageError {
  const remedy = 'Make one: npm run plan -- --save FILE';
  return new UsageError([{ code: 'C011', level: 'error', subject: file, message, remedy }]);
}

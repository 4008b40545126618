import { writeFileSafely } from '../adapters/files.ts';
import type { Plan } from '../model/plan.ts';
import type { Resource } from '../model/resource.ts';
import { jsonDocument } from '../report/common/escape.ts';

/** Where backups are kept, and what makes their names. */
export interface BackupPlace {
  /** The project's root, with a slash at its end. */
  readonly root: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** From 0 to below 1: two syncs may begin in one millisecond. */
  readonly random: number;
}

/** Keeps what a sync deletes or overwrites, before it does. Answers with the file, relative to the project. */
export async function writeBackup(
  resources: readonly Resource[],
  target: Plan['target'],
  { root, now, random }: BackupPlace,
): Promise<string> {
  const time = new Date(now).toISOString().replace(/[:.]/g, '-');
  const file = `.backups/${time}-${Math.floor(random * 36 ** 5)
    .toString(36)
    .padStart(5, '0')}.json`;
  const backup = { format: 'grafana-as-code/backup', version: 1, target, resources };
  await writeFileSafely(`${root}${file}`, jsonDocument(backup), {
    within: root,
    mode: 0o600,
    existing: 'refuse',
  });
  return file;
}

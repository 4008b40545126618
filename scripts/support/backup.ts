import { mkdir, writeFile } from 'node:fs/promises';
import type { Plan } from '../../src/model/plan.ts';
import type { Resource } from '../../src/model/resource.ts';
import { ROOT } from './root.ts';

/** Keeps what a sync deletes, before it does. Answers with the file, relative to the project. */
export async function writeBackup(resources: readonly Resource[], target: Plan['target']): Promise<string> {
  const name = new Date().toISOString().replace(/[:.]/g, '-');
  const file = `.backups/${name}-${process.pid}.json`;
  await mkdir(`${ROOT}.backups`, { recursive: true });
  const backup = { format: 'grafana-as-code/backup', version: 1, target, resources };
  await writeFile(`${ROOT}${file}`, `${JSON.stringify(backup, null, 2)}\n`, {
    encoding: 'utf8',
    mode: 0o600,
    flag: 'wx',
  });
  return file;
}

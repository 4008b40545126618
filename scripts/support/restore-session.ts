/** A plan that puts back what a backup holds. */
import { readFile } from 'node:fs/promises';
import type { Plan } from '../../src/model/plan.ts';
import { resourceKey } from '../../src/model/resource.ts';
import { project } from '../../src/project.ts';
import { type Backup, parseBackup, plan, type Target, withPreviewReceivers } from '../../src/sync/index.ts';
import { UsageError } from './command.ts';
import { configuration, openTarget } from './session.ts';

/** @throws UsageError if the file is no backup, or one of another Grafana */
export async function openRestore(
  file: string,
  options: { readonly dir: string; readonly env?: string; readonly overwriteDrift?: true },
): Promise<{ readonly plan: Plan; readonly target: Target }> {
  const backup = await readBackup(file);
  const config = configuration(options);
  const { target } = await openTarget({ ...options, target: backup.target.kind, format: 'text' }, config, project);
  if (target.identity.name !== backup.target.name) {
    throw unusable(
      file,
      `is of ${backup.target.name}, and this is ${target.identity.name}`,
      'Use the GRAFANA_URL, --env or --dir of the sync that wrote it.',
    );
  }
  const webhook = config.previewWebhook ?? project.previewWebhook;
  // The backup knows no secret: a contact point gets them back from the code, with the next sync.
  const { desired, notes } = withPreviewReceivers(backup, (name) => config.secret(name) !== undefined, webhook);
  const prepared = target.prepare?.(desired) ?? desired;
  const live = await target.read(prepared, {});
  const keys = new Set(backup.resources.map(resourceKey));
  // Only what the backup holds is looked at, so that nothing else can be taken for gone.
  const objects = live.objects.filter((object) => keys.has(resourceKey(object)));
  const made = plan(prepared, { ...live, objects, repairs: [] }, target.identity, {
    scope: {},
    ...(options.overwriteDrift === true ? { overwriteDrift: true } : {}),
  });
  return { target, plan: { ...made, notes } };
}

async function readBackup(file: string): Promise<Backup> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw unusable(file, `can not be read (${cause.code ?? cause.message})`, 'Give one of the files in .backups/');
  });
  const parsed = parseBackup(text);
  if ('problem' in parsed) throw unusable(file, parsed.problem, 'Give one of the files in .backups/');
  return parsed.backup;
}

function unusable(subject: string, message: string, remedy: string): UsageError {
  return new UsageError([{ code: 'C012', level: 'error', subject, message, remedy }]);
}

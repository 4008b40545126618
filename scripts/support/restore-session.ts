/** A plan that puts back what a backup holds. */
import { readFile } from 'node:fs/promises';
import type { Plan } from '../../src/model/plan.ts';
import { type Resource, resourceKey } from '../../src/model/resource.ts';
import { project } from '../../src/project.ts';
import { type Backup, makePlan, parseBackup, type Target } from '../../src/sync/index.ts';
import { UsageError } from './command.ts';
import { configuration } from './configuration.ts';
import { isTarget, openTarget, secretOptions } from './session.ts';

/** @throws UsageError if the file is no backup, or one of another Grafana */
export async function openRestore(
  file: string,
  options: { readonly dir: string; readonly env?: string; readonly overwriteDrift?: true },
): Promise<{ readonly plan: Plan; readonly target: Target }> {
  const backup = await readBackup(file);
  const config = configuration(options);
  const { target } = await openTarget(
    { ...options, target: backup.target.kind, format: 'text' },
    config,
    project,
    true,
  );
  if (!(await isTarget(target, backup.target))) {
    throw unusable(
      file,
      `is of ${backup.target.name}, and this is ${target.identity.name}`,
      'Use the GRAFANA_URL, --env or --dir of the sync that wrote it.',
    );
  }
  const keys = new Set(backup.resources.map(resourceKey));
  // The backup knows no secret: those of the environment are sent, as with any sync.
  const made = await makePlan(
    target,
    { resources: backup.resources.map(withoutDigests) },
    {
      scope: {},
      among: (object) => keys.has(resourceKey(object)),
      ...(options.overwriteDrift === true ? { overwriteDrift: true } : {}),
      ...secretOptions(config, project),
    },
  );
  return { target, plan: made };
}

/** The digests are those of the secrets of that day. */
function withoutDigests(resource: Resource): Resource {
  if (resource.kind !== 'contact-point') return resource;
  const { name, integrations } = resource.contactPoint;
  const known = integrations.map(({ type, settings }) => ({ type, settings }));
  return { ...resource, contactPoint: { name, integrations: known } };
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

/** A plan that puts back what a backup holds. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { refused } from '../model/explained-error.ts';
import type { Plan } from '../model/plan.ts';
import { type Resource, resourceKey } from '../model/resource.ts';
import { type Backup, makePlan, parseBackup, type Target } from '../sync/index.ts';
import { configuration } from './configuration.ts';
import type { Io } from './io.ts';
import { isTarget, openTarget, secretOptions } from './open-target.ts';

/** @throws ExplainedError if the file is not a backup, or one of another Grafana */
export async function openRestore(
  file: string,
  options: { readonly dir: string; readonly env?: string; readonly overwriteDrift?: true },
  io: Io,
): Promise<{ readonly plan: Plan; readonly target: Target }> {
  const backup = await readBackup(file, io.cwd);
  const config = configuration(io, options);
  const { project } = await io.loadProject();
  const choice = { dir: options.dir, target: backup.target.kind, restoring: true };
  const { target } = await openTarget(choice, config, project, io);
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

async function readBackup(file: string, cwd: string): Promise<Backup> {
  const text = await readFile(resolve(cwd, file), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw unusable(file, `cannot be read (${cause.code ?? cause.message})`, 'Give one of the files in .backups/');
  });
  const parsed = parseBackup(text);
  if ('problem' in parsed) throw unusable(file, parsed.problem, 'Give one of the files in .backups/');
  return parsed.backup;
}

function unusable(subject: string, message: string, remedy: string): Error {
  return refused('C012', subject, message, remedy);
}

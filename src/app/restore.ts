/** A plan that puts back what a backup holds. */
import { resolve } from 'node:path';
import { LIMITS, readInputFile } from '../adapters/files.ts';
import { type ExplainedError, refused, usageError } from '../model/explained-error.ts';
import { visible } from '../model/outside-text.ts';
import type { Plan } from '../model/plan.ts';
import { resourceKey, specOf } from '../model/resource.ts';
import { type Backup, parseBackup } from '../report/plan/saved-plan.ts';
import { makePlan, strangeSecrets, type Target } from '../sync/index.ts';
import { contactPointsOf } from './build-project.ts';
import { configuration } from './configuration.ts';
import type { Io } from './io.ts';
import { isTarget, openTarget, secretOptions } from './open-target.ts';

/**
 * Plans what puts back the content of a backup.
 *
 * @throws ExplainedError if the file is not a backup, is one of another Grafana, or sends secrets elsewhere than the code
 */
export async function openRestore(
  file: string,
  options: { readonly dir: string; readonly env?: string; readonly overwriteDrift?: true },
  io: Io,
): Promise<{ readonly plan: Plan; readonly target: Target }> {
  const backup = readBackup(file, io.cwd);
  const config = configuration(io, options);
  const source = await io.loadProject();
  const { project } = source;
  const code = contactPointsOf(source).map(({ contactPoint }) => contactPoint);
  const strange = strangeSecrets(backup.resources, code);
  if (strange.length > 0) throw usageError(strange.map((each) => ({ ...each, file })));
  const choice = { dir: options.dir, target: backup.target.kind, restoring: true };
  const { target } = await openTarget(choice, config, project, io);
  if (!(await isTarget(target, backup.target))) {
    throw unusable(
      file,
      `is of ${visible(backup.target.name)}, and this is ${target.identity.name}`,
      'Use the GRAFANA_URL, --env or --dir of the sync that wrote it.',
    );
  }
  const keys = new Set(backup.resources.map(resourceKey));
  // The backup knows no secret: those of the environment are sent, as with any sync.
  const made = await makePlan(
    target,
    { resources: backup.resources.map((resource) => specOf(resource.kind).restored?.(resource) ?? resource) },
    {
      scope: {},
      among: (object) => keys.has(resourceKey(object)),
      ...(options.overwriteDrift === true ? { overwriteDrift: true } : {}),
      ...secretOptions(config, project),
    },
  );
  return { target, plan: made };
}

function readBackup(file: string, cwd: string): Backup {
  const read = readInputFile(resolve(cwd, file), LIMITS.large);
  const parsed = 'problem' in read ? read : parseBackup(read.text);
  if ('problem' in parsed) throw unusable(file, parsed.problem, 'Give one of the files in .backups/');
  return parsed.backup;
}

function unusable(file: string, message: string, remedy: string): ExplainedError {
  return refused('C012', visible(file), message, remedy);
}

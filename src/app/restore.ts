/** A plan that puts back what a backup holds. */
import { resolve } from 'node:path';
import { LIMITS, readInputFile } from '../adapters/files.ts';
import { type ExplainedError, refused, usageError } from '../model/explained-error.ts';
import { visible } from '../model/outside-text.ts';
import type { Plan } from '../model/plan.ts';
import type { Project } from '../model/project.ts';
import { resourceKey, specOf } from '../model/resource.ts';
import { isMark } from '../model/uid.ts';
import { inEnvironment } from '../project/in-environment.ts';
import type { LoadedProject } from '../project/source.ts';
import { type Backup, parseBackup } from '../report/plan/saved-plan.ts';
import { hasOwnerPrefix, makePlan, strangeSecrets, type Target } from '../sync/index.ts';
import { contactPointsOf } from './build-project.ts';
import { configuration } from './configuration.ts';
import { chosenEnvironment, inItsGrafana } from './environment.ts';
import type { Io } from './io.ts';
import { isTarget, openTarget, secretOptions } from './open-target.ts';

/** How to restore. */
export interface RestoreOptions {
  readonly dir?: string;
  readonly env?: string;
  /** Of an environment that is gone, whose objects are put back as they were its. Default: that of the environment. */
  readonly mark?: string;
  readonly overwriteDrift?: true;
}

/**
 * Plans what puts back the content of a backup.
 *
 * @throws ExplainedError if the file is not a backup, is one of another Grafana, or sends secrets elsewhere than the code
 */
export async function openRestore(
  file: string,
  options: RestoreOptions,
  io: Io,
): Promise<{ readonly plan: Plan; readonly target: Target }> {
  const backup = readBackup(file, io.cwd);
  const read = configuration(io, options);
  const loaded = await io.loadProject();
  const source = inEnvironment(loaded, chosenEnvironment(loaded, { env: options.env, reach: 'outside' }));
  refuseOtherEnvironment(backup, file, source.project, loaded);
  const config = inItsGrafana(read, source);
  const { mark = source.project.mark } = options;
  if (!isMark(mark))
    throw refused('C055', `--mark ${visible(mark)}`, 'is not a mark', 'The UIDs in the backup begin with it.');
  const code = contactPointsOf(source).map(({ contactPoint }) => contactPoint);
  const strange = strangeSecrets(backup.resources, code);
  if (strange.length > 0) throw usageError(strange.map((each) => ({ ...each, file })));
  const choice = { ...options, target: backup.target.kind, restoring: true };
  const { target } = await openTarget(choice, config, { ...source, project: { ...source.project, mark } }, io);
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
      ...secretOptions(config, source.project),
    },
  );
  return { target, plan: made };
}

/** @throws ExplainedError C012 for what belongs to another environment, where it would be somebody else's */
function refuseOtherEnvironment(
  { resources }: Backup,
  file: string,
  { mark: own }: Project,
  { environments = {} }: LoadedProject,
): void {
  const [other] = Object.entries(environments).flatMap(([name, { mark }]) =>
    mark !== own && resources.some(({ uid }) => hasOwnerPrefix(mark, uid)) ? [name] : [],
  );
  if (other === undefined) return;
  throw unusable(file, `is of the environment ${other}`, `Restore it there: --env ${other}`);
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

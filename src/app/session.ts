/** What `sync` and `plan` share: configuration, the built project, the target, the plan. */
import { ownerTag } from '../../src/build/index.ts';
import type { Config } from '../../src/config.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Project } from '../../src/model/project.ts';
import { project as ownProject } from '../../src/project.ts';
import { renderDiagnostics } from '../../src/report/index.ts';
import { makePlan, type Target } from '../../src/sync/index.ts';
import { refused } from './command.ts';
import { commitOf } from './commit.ts';
import { configuration } from './configuration.ts';
import { buildProject } from './desired.ts';
import { chosenServices } from './options.ts';
import { readPlan } from './plan-file.ts';
import { ROOT } from './root.ts';
import type { SyncOptions } from './sync-options.ts';
import { paintFor } from './terminal.ts';

/** A plan, and what is needed to apply it. */
export interface Session {
  readonly target: Target;
  readonly plan: Plan;
  readonly project: Project;
  readonly config: Config;
  /** Why this target, for the first line of the output. */
  readonly because: string;
}

/** Reads, builds, checks and plans. Undefined where the code has problems, which are then on stderr. */
export async function openSession(options: SyncOptions): Promise<Session | undefined> {
  const config = configuration(options);
  const built = await buildProject();
  if (!built.ok) {
    process.stderr.write(
      `${renderDiagnostics(built.problems, { paint: paintFor(process.stderr), closing: 'Nothing was written.' })}\n`,
    );
    return undefined;
  }
  chosenServices(built.catalog.services, options.service);
  const { target, because } = await openTarget(options, config, built.project);
  const { only, service, maxDeletes, overwriteDrift } = options;
  const made = await makePlan(target, built.desired, {
    scope: { ...(only === undefined ? {} : { only }), ...(service === undefined ? {} : { service }) },
    ...(maxDeletes === undefined ? {} : { maxDeletes }),
    ...(overwriteDrift === true ? { overwriteDrift } : {}),
    ...secretOptions(config, built.project),
  });
  return { target, plan: made, project: built.project, config, because };
}

/** A saved plan and the target it was made for. The code is not built: what was reviewed is what is applied. */
export async function openSavedPlan(file: string, options: SyncOptions): Promise<Session> {
  const saved = await readPlan(file);
  const config = configuration(options);
  const { target, because } = await openTarget(
    { ...options, target: options.target ?? saved.target.kind },
    config,
    ownProject,
  );
  if (!(await isTarget(target, saved.target))) {
    const { kind, name } = target.identity;
    throw refused(
      'C009',
      file,
      `was made for ${saved.target.kind} ${saved.target.name}, and this is ${kind} ${name}`,
      'Use the same GRAFANA_URL, --env and --dir as for the plan, or make a new one: npm run plan -- --save FILE',
    );
  }
  return { target, plan: saved, project: ownProject, config, because };
}

/** Whether a file was made for this target. It is asked only where its address does not tell that it is another one. */
export async function isTarget(target: Target, made: Plan['target']): Promise<boolean> {
  const { kind, name } = target.identity;
  if (kind !== made.kind || !`${made.name} `.startsWith(`${name} `)) return false;
  return ((await target.identify?.()) ?? target.identity).name === made.name;
}

/** What a plan has to know of the environment's secrets. */
export function secretOptions(config: Config, project: Project) {
  return {
    isSet: (name: string) => config.secret(name) !== undefined,
    previewWebhook: config.previewWebhook ?? project.previewWebhook,
  };
}

/** Opens the target that options and environment name. @param restoring for a backup instead of the code */
export async function openTarget(
  options: SyncOptions,
  config: Config,
  project: Project,
  restoring = false,
): Promise<{ target: Target; because: string }> {
  const wanted = options.target ?? (config.grafanaUrl === undefined ? 'directory' : 'grafana');
  if (wanted === 'grafana' && config.grafanaUrl === undefined) {
    throw refused(
      'C006',
      '--target grafana',
      'needs GRAFANA_URL, which is not set',
      'Set GRAFANA_URL and GRAFANA_TOKEN in the environment or in .env',
    );
  }
  if (wanted === 'grafana') return { target: await openGrafanaOf(config, project, restoring), because: '' };
  const { openDirectory } = await import('../../src/targets/directory/index.ts');
  const because = options.target === 'directory' ? '' : ' (GRAFANA_URL is not set)';
  return {
    target: openDirectory({ root: options.dir, owner: project.owner, ownerTag: ownerTag(project.owner) }),
    because,
  };
}

/** Opens the Grafana of the environment. @param restoring for a backup instead of the code */
export async function openGrafanaOf(
  config: Config,
  { owner }: Pick<Project, 'owner'>,
  restoring = false,
): Promise<Target> {
  const { grafanaUrl, grafanaToken, grafanaUser, grafanaPassword } = config;
  if (grafanaToken === undefined && (grafanaUser === undefined || grafanaPassword === undefined)) {
    throw refused(
      'C007',
      'GRAFANA_URL',
      'is set, but neither GRAFANA_TOKEN nor GRAFANA_USER and GRAFANA_PASSWORD are',
      'Set GRAFANA_TOKEN: in Grafana, Administration, Service accounts, role Editor, Add token',
    );
  }
  const { openGrafana } = await import('../../src/targets/grafana/index.ts');
  return openGrafana({
    url: grafanaUrl ?? '',
    token: grafanaToken,
    user: grafanaUser,
    password: grafanaPassword,
    orgId: config.grafanaOrgId,
    caFile: config.grafanaCaFile,
    owner,
    ownerTag: ownerTag(owner),
    commit: config.commit?.slice(0, 12) ?? commitOf(ROOT),
    secret: config.secret,
    restoring,
  });
}

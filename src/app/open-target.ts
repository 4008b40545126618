/** From options and environment to the target of a sync. */
import { commitOf } from '../adapters/git.ts';
import { ownerTag } from '../build/index.ts';
import { refused } from '../model/explained-error.ts';
import type { Plan } from '../model/plan.ts';
import type { Project } from '../model/project.ts';
import type { ProjectSource } from '../project/source.ts';
import type { Target } from '../sync/index.ts';
import type { Config } from './config.ts';
import type { Io } from './io.ts';

/** Which target. */
export interface TargetChoice {
  /** Default: Grafana if `GRAFANA_URL` is set, else the directory. */
  readonly target?: 'directory' | 'grafana';
  /** The directory. Default: `dist`, and of several environments `dist/<environment>`: a directory has one owner. */
  readonly dir?: string;
  /** For a backup instead of the code. */
  readonly restoring?: boolean;
}

/** The target, and why it is this one, for the first line of the output. */
export interface OpenedTarget {
  readonly target: Target;
  readonly because: string;
}

/** Opens the target that options and environment name. @throws ExplainedError if they name none */
export async function openTarget(
  choice: TargetChoice,
  config: Config,
  { project, environment }: Pick<ProjectSource, 'project' | 'environment'>,
  io: Io,
): Promise<OpenedTarget> {
  const wanted = choice.target ?? (config.grafanaUrl === undefined ? 'directory' : 'grafana');
  if (wanted === 'grafana' && config.grafanaUrl === undefined) {
    throw refused(
      'C006',
      '--target grafana',
      'needs GRAFANA_URL, which is not set',
      'Set GRAFANA_URL and GRAFANA_TOKEN in the environment or in .env',
    );
  }
  if (wanted === 'grafana') return { target: await openGrafanaOf(config, project, io, choice.restoring), because: '' };
  const { openDirectory } = await import('../targets/directory/index.ts');
  const because = choice.target === 'directory' ? '' : ' (GRAFANA_URL is not set)';
  const root = choice.dir ?? (environment === undefined || environment.alone ? 'dist' : `dist/${environment.name}`);
  const { mark } = project;
  return {
    target: openDirectory({ root, cwd: io.cwd, self: io.self, owner: mark, ownerTag: ownerTag(mark) }),
    because,
  };
}

/** Opens the Grafana of the environment. @param restoring for a backup instead of the code */
export async function openGrafanaOf(
  config: Config,
  { mark, scrapeInterval }: Pick<Project, 'mark'> & Partial<Pick<Project, 'scrapeInterval'>>,
  io: Io,
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
  const { openGrafana } = await import('../targets/grafana/index.ts');
  return openGrafana({
    url: grafanaUrl ?? '',
    token: grafanaToken,
    user: grafanaUser,
    password: grafanaPassword,
    orgId: config.grafanaOrgId,
    caFile: config.grafanaCaFile,
    world: io.http,
    // A target knows its objects by what it calls their owner: the mark.
    owner: mark,
    ownerTag: ownerTag(mark),
    commit: config.commit?.slice(0, 12) ?? commitOf(io.root),
    ...(scrapeInterval === undefined ? {} : { scrapeInterval }),
    secret: config.secret,
    restoring,
  });
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
    reveal: (name: string) => config.secret(name)?.reveal(),
    secretNotices: config.secretNotices,
    previewWebhook: config.previewWebhook ?? project.previewWebhook,
  };
}

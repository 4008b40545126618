/** Which environment of the project a command is about, and what that says of the world. */
import { isTaken } from '../adapters/files.ts';
import { refused } from '../model/explained-error.ts';
import { visible } from '../model/outside-text.ts';
import { environmentNames, inEnvironment } from '../project/in-environment.ts';
import type { LoadedProject, ProjectSource } from '../project/source.ts';
import type { Config } from './config.ts';
import type { Io } from './io.ts';

/** Where a project states its environments. */
export const ENVIRONMENTS = 'environments.ts';

/** What a command says of the environment. */
export interface EnvironmentChoice {
  /** By its name. */
  readonly env?: string | undefined;
  /**
   * `outside`: the command reads or writes a Grafana, a Prometheus or what is mounted there, and a wrong one is a harm:
   * of several, one has to be named. `code`: it is about the code, and shows the first. Default: `code`.
   */
  readonly reach?: 'code' | 'outside';
}

/**
 * The name of the environment that a command is about; undefined in a project of one place.
 *
 * @throws ExplainedError C052 for a name that is none, C053 where none is named and there are several
 */
export function chosenEnvironment(
  project: Pick<LoadedProject, 'environments'>,
  { env, reach = 'code' }: EnvironmentChoice,
): string | undefined {
  const names = environmentNames(project);
  if (names.length === 0) return undefined;
  if (env !== undefined && !names.includes(env)) {
    throw refused(
      'C052',
      `--env ${visible(env)}`,
      `is not an environment of this project`,
      `Environments in ${ENVIRONMENTS}: ${names.join(', ')}`,
    );
  }
  if (env === undefined && reach === 'outside' && names.length > 1) {
    throw refused(
      'C053',
      '--env',
      `is missing, and ${ENVIRONMENTS} has several environments`,
      `Say which one: ${names.map((name) => `--env ${name}`).join(', ')}`,
    );
  }
  return env ?? names[0];
}

/** The project in the environment that a command is about. @throws ExplainedError as `chosenEnvironment` */
export async function projectIn(io: Pick<Io, 'loadProject'>, choice: EnvironmentChoice): Promise<ProjectSource> {
  const loaded = await io.loadProject();
  return inEnvironment(loaded, chosenEnvironment(loaded, choice));
}

/** Whether the project states its environments, so that a file of variables need not exist for one to be known. */
export function statesEnvironments(root: string): boolean {
  return isTaken(`${root}${ENVIRONMENTS}`);
}

/**
 * The configuration with the address of the environment's Grafana.
 *
 * @throws ExplainedError C054 where GRAFANA_URL is another one: what is meant for one place is not sent to another
 */
export function inItsGrafana(config: Config, { environment }: Pick<ProjectSource, 'environment'>): Config {
  if (environment?.grafana === undefined) return config;
  const { name, grafana } = environment;
  if (config.grafanaUrl !== undefined && plain(config.grafanaUrl) !== plain(grafana)) {
    throw refused(
      'C054',
      'GRAFANA_URL',
      `is ${config.grafanaUrl}, and the Grafana of ${name} is ${grafana}`,
      `Leave GRAFANA_URL out, choose the environment that is meant, or take grafana out of ${ENVIRONMENTS}`,
    );
  }
  return { ...config, grafanaUrl: grafana };
}

/** Addresses are the same with and without a slash at their end. */
function plain(url: string): string {
  return new URL(url).href.replace(/\/$/, '');
}

/** The places a project is synced to, as the default export of `environments.ts`. */
import type { ChosenAlerts } from '../build/alert-choice.ts';
import type { PerEnvironment } from '../model/environment.ts';
import type { Matcher } from '../model/metrics.ts';
import type { Project } from '../model/project.ts';

/** One place that a project is synced to, and what differs there for all of it. */
export interface Environment extends Pick<Project, 'dataSource' | 'folder'> {
  /**
   * What tells its objects from those of any other environment: the owner, or owner and environment. Lower-case letters
   * and digits, at most 10, no hyphen. It stands in every UID: another mark makes everything anew.
   *
   * @example 'acme', 'acmestg'
   */
  readonly mark: string;
  /** The address of its Grafana. Default: `GRAFANA_URL`, which otherwise has to be the same. */
  readonly grafana?: string;
  /** Matchers that every query of a service has beside its own. Default: none. @example ['env="staging"'] */
  readonly matchers?: readonly Matcher[];
  /** Labels of every rule, beside the engine's own. Default: none. @example { environment: 'staging' } */
  readonly labels?: Readonly<Record<string, string>>;
  /** Who is notified there. Default: as in `alerts/`. @example { receivers: { critical: chat, warning: chat, none: undefined } } */
  readonly routing?: Pick<ChosenAlerts, 'receivers' | 'contactPoints'>;
}

/** The environments of a project, and facts that differ between them. */
export interface Environments<Name extends string = string> {
  /** By name, the one that people look at first before the others. */
  readonly environments: Readonly<Record<Name, Environment>>;
  /**
   * A fact of the project or of a service that differs. The compiler refuses one that leaves an environment out, and
   * names that are none.
   *
   * @example pools: [{ kind: 'database', name: 'primary', maxConnections: environments.per({ production: 50, staging: 5 }) }]
   */
  readonly per: <const T>(values: Readonly<Record<Name, T>>) => PerEnvironment<T>;
}

/**
 * States the places a project is synced to, as the default export of `environments.ts`. It checks nothing: `npm run
 * validate` and the first step of every command report all that is wrong together. A project of one place needs none.
 *
 * @example
 * const environments = defineEnvironments({
 *   production: {
 *     mark: 'acme', matchers: ['env="production"'],
 *     dataSource: { uid: 'prometheus', name: 'Prometheus' }, folder: { uid: 'acme-services', title: 'Acme' },
 *   },
 *   staging: {
 *     mark: 'acmestg', matchers: ['env="staging"'],
 *     dataSource: { uid: 'prometheus', name: 'Prometheus' }, folder: { uid: 'acmestg-services', title: 'Acme staging' },
 *   },
 * });
 * export const perEnvironment = environments.per;
 * export default environments;
 */
export function defineEnvironments<Name extends string>(
  environments: Readonly<Record<Name, Environment>>,
): Environments<Name> {
  return { environments, per: (perEnvironment) => ({ perEnvironment }) };
}

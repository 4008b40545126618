/** What a project is: facts and choices as one value, which the engine takes and never looks for. */
import type { AlertChoice } from '../build/alert-choice.ts';
import type { DashboardChoice } from '../build/dashboard-choice.ts';
import type { PerEnvironment, VaryingParts } from '../model/environment.ts';
import type { Project } from '../model/project.ts';
import type { Incident, ScenarioSource } from '../scenario/source.ts';

/** Facts that have a default. */
type Defaulted = 'scrapeInterval' | 'evaluationInterval' | 'notifications' | 'previewWebhook';

/** What a project chooses. */
export interface Choices {
  /** Which dashboards there are, and what is on them. */
  readonly dashboards: DashboardChoice;
  /** Which alerts there are, and whom they notify. */
  readonly alerts: AlertChoice;
  /** What `npm run replay` replays. Default: nothing. @example [lastYearsOutage, standardScenarios] */
  readonly scenarios?: readonly ScenarioSource[];
  /** What overview, runbooks, reviews and the preview refer to. Default: they speak of no incident. */
  readonly incident?: Incident;
}

/** Facts that `environments.ts` states where there is one. */
type OfEnvironments = 'dataSource' | 'folder';
/** Facts that only an environment has; a project of one place has its owner's mark. */
type OnlyOfEnvironments = 'mark' | 'environment' | 'matchers' | 'labels';

type Stated = Omit<Project, Defaulted | OfEnvironments | OnlyOfEnvironments | 'owner'> &
  Partial<Pick<Project, Defaulted | OfEnvironments>>;

/**
 * What people write in `grafana.config.ts`. Services are not in it: they are found by their files. Where there is an
 * `environments.ts`, it states folder and data source, and any fact but the owner may differ between environments.
 */
export type ProjectFacts = Pick<Project, 'owner'> &
  VaryingParts<Stated> & { readonly [K in keyof Choices]: Choices[K] | PerEnvironment<Choices[K]> };

/** The same, with every default filled in. What differs between environments does so still. */
export type ProjectDefinition = Project & Choices;

const DEFAULTS: Pick<Project, Defaulted> = {
  scrapeInterval: '15s',
  evaluationInterval: '1m',
  notifications: { groupWait: { critical: '10s', warning: '30s' }, groupInterval: '5m', repeatInterval: '4h' },
  previewWebhook: 'http://127.0.0.1:9096/preview',
};

/**
 * States a project, as the default export of `grafana.config.ts`. It checks nothing: `npm run validate` and the first
 * step of every command report all that is wrong together.
 *
 * Defaults: scraped every 15 s and evaluated every minute, as Prometheus and Grafana are set up by their documentation;
 * a page is grouped for 10 s, a warning for 30 s, further ones for 5 minutes, and both are repeated after 4 hours.
 *
 * @example
 * export default defineProject({
 *   owner: 'acme', system: 'acme', team: 'platform',
 *   folder: { uid: 'acme-services', title: 'Acme' },
 *   dataSource: { uid: 'prometheus', name: 'Prometheus' },
 *   histogramBoundaries: { server: [0.1, 0.5, 1, 2, 5], database: [0.01, 0.1, 0.5, 1] },
 *   repository: { url: 'https://github.com/acme/monitoring', branch: 'main' },
 *   dashboards, alerts, scenarios: [standardScenarios],
 * });
 */
export function defineProject(facts: ProjectFacts): ProjectDefinition {
  // Each is a plain fact when the project is in an environment, which is before anything reads it.
  return { ...DEFAULTS, mark: facts.owner, ...facts } as ProjectDefinition;
}

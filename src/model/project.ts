import type { Dimension } from './dimension.ts';
import type { Duration } from './duration.ts';
import type { Matcher } from './metrics.ts';

/** What holds for every service, dashboard and rule: the facts of `grafana.config.ts`. */
export interface Project {
  /** Who owns what we write. Lower-case letters and digits, no hyphen, so that a UID can be taken apart again. */
  readonly owner: string;
  /**
   * What tells an environment's objects from those of any other in the same Grafana: prefix of every UID, value of the
   * `as_code` label and of the `as-code:` tag. In a project of one environment it is the owner.
   */
  readonly mark: string;
  /** The system that alerts of a cascade are grouped by, a label of every rule. */
  readonly system: string;
  /** Who is on call for the rules of the project as a whole, such as an unreachable data source. */
  readonly team: string;
  /** The folder for dashboards and rules. File provisioning names it by title, HTTP by UID. */
  readonly folder: { readonly uid: string; readonly title: string };
  /** The Prometheus (or Mimir, Thanos) data source that rules query and dashboards start with. */
  readonly dataSource: { readonly uid: string; readonly name: string };
  /** How often Prometheus scrapes a service. Alert windows hold at least four scrapes. */
  readonly scrapeInterval: Duration;
  /**
   * Labels that divide every service, such as a region or a cluster: each of their values is judged on its own. A
   * binding whose metrics do not have one says so (`lacks`). Default: none.
   */
  readonly dimensions?: readonly Dimension[];
  /** How often Grafana evaluates the rules; a multiple of 10 s. `for` is at least two evaluations. */
  readonly evaluationInterval: Duration;
  /**
   * Upper boundaries, in seconds, of the latency histograms that services must record.
   * A latency threshold has to be one of them: a quantile between two boundaries is a guess.
   */
  readonly histogramBoundaries: { readonly server: readonly number[]; readonly database: readonly number[] };
  /** Where this repository is hosted and the branch runbook links point to. */
  readonly repository: { readonly url: string; readonly branch: string };
  /** How Grafana groups notifications; page latency = scrape + evaluation + `for` + groupWait. */
  readonly notifications: {
    readonly groupWait: { readonly critical: Duration; readonly warning: Duration };
    readonly groupInterval: Duration;
    readonly repeatInterval: Duration;
  };
  /** Notifications of a contact point without its secrets go to this webhook, and nowhere else. */
  readonly previewWebhook: string;
  /** The name of the environment that is built; absent where there is no `environments.ts`. @example 'staging' */
  readonly environment?: string;
  /** Matchers that every query of a service has beside its own: the series of one environment. Default: none. */
  readonly matchers?: readonly Matcher[];
  /** Labels of every rule beside the engine's own. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What all dashboards share: variables, deployment annotations, links. */
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { select, series } from '../metrics/promql.ts';
import { countedSeries, requestsOf } from '../metrics/requests.ts';
import { groupBy } from '../model/group-by.ts';
import type { Project } from '../model/project.ts';
import type { Catalog, Service } from '../model/service.ts';
import { servicesBehind } from '../model/service.ts';
import { uid } from '../model/uid.ts';
import { dashboardUid, deploymentTags, type ServiceContext } from './context.ts';
import { sdk } from './sdk.ts';
import { COLOURS } from './style.ts';

/** UID of the overview. */
export function overviewUid({ mark }: Pick<Project, 'mark'>): string {
  return uid(mark, 'overview');
}

/** Chooses the Prometheus to look at. */
export function dataSourceVariable(project: Project): dashboard.DatasourceVariableBuilder {
  return new sdk.dashboard.DatasourceVariableBuilder('datasource')
    .label('Data source')
    .type('prometheus')
    .current({ selected: true, text: project.dataSource.name, value: project.dataSource.uid })
    .multi(false)
    .includeAll(false);
}

/** Chooses instances of a service; all of them at first. None where nothing of it knows its instances. */
export function instanceVariable({ service }: Pick<ServiceContext, 'service'>): dashboard.QueryVariableBuilder[] {
  const known = instanceSeries(service);
  if (known === undefined) return [];
  const query = `label_values(${known}, instance)`;
  const variable = new sdk.dashboard.QueryVariableBuilder('instance')
    .label('Instance')
    .datasource({ type: 'prometheus', uid: '${datasource}' })
    .query(query)
    .definition(query)
    .current({ selected: true, text: 'All', value: '$__all' })
    .refresh(sdk.dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(sdk.dashboard.VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*');
  return [variable];
}

/** Series that have the label `instance`: requests where it serves some, else what its process reports. */
function instanceSeries({
  metrics: { server, client, database, runtime, restarts, cpu },
}: Service): string | undefined {
  const counted = [server, client, database].find((binding) => binding !== undefined);
  if (counted !== undefined) return countedSeries(requestsOf(counted));
  if (runtime !== undefined) return series(runtime.series);
  if (restarts?.kind === 'start-time') return series(restarts.series);
  return cpu === undefined || cpu.kind === 'container' ? undefined : series(cpu.usage);
}

/** Deployments of a service that the pipeline marked, and, where it marked none, changes of the running version. */
export function deploymentAnnotations(
  { id, metrics: { version } }: Service,
  project: Pick<Project, 'mark' | 'environment'>,
): AnnotationDraft[] {
  const marked = tagged('Deployments', ['deployment', `service:${id}`, ...deploymentTags(project)], COLOURS.calm);
  if (version === undefined) return [marked];
  const running = (offset: string) =>
    `group by (${version.label})(${select(version.series.name, version.series.matchers)}${offset})`;
  return [marked, changes('Version changes', `${running('')} unless ${running(' offset 5m')}`, `{{${version.label}}}`)];
}

/** Deployments of every service. */
export function allDeployments(project: Pick<Project, 'mark' | 'environment'>): AnnotationDraft[] {
  return [tagged('Deployments', ['deployment', ...deploymentTags(project)], COLOURS.calm)];
}

type AnnotationDraft = { build(): dashboard.AnnotationQuery };

function tagged(name: string, tags: readonly string[], colour: string): AnnotationDraft {
  return plain({
    name,
    enable: true,
    hide: false,
    iconColor: colour,
    datasource: { type: 'grafana', uid: '-- Grafana --' },
    target: { type: 'tags', tags: [...tags], matchAny: false, limit: 100 },
  });
}

function changes(name: string, expr: string, title: string): AnnotationDraft {
  return plain({
    name,
    enable: true,
    hide: false,
    iconColor: COLOURS.quiet,
    datasource: { type: 'prometheus', uid: '${datasource}' },
    expr,
    step: '60s',
    titleFormat: title,
    textFormat: 'version changed',
  });
}

/** The SDK's annotation builder always places annotations in a menu; people want to see them. */
function plain(query: object): AnnotationDraft {
  return { build: () => query as dashboard.AnnotationQuery };
}

/** Links at the top of a service's dashboard: overview, what it calls, who calls it, runbooks. */
export function serviceLinks({ service, project, catalog }: ServiceContext): dashboard.DashboardLinkBuilder[] {
  const callers = callersOf(service, catalog);
  return [
    link('Overview', `/d/${overviewUid(project)}`, 'All services at a glance'),
    ...servicesBehind(service, catalog).map((behind) =>
      link(`→ ${behind.title}`, `/d/${dashboardUid(project, behind.id)}`, `${service.title} calls it`),
    ),
    ...callers.map((caller) =>
      link(`← ${caller.title}`, `/d/${dashboardUid(project, caller.id)}`, `It calls ${service.title}`),
    ),
    runbooksLink(project),
  ];
}

/** The services that call a service. */
export function callersOf(service: Service, catalog: Catalog): readonly Service[] {
  const known = callers.get(catalog) ?? allCallers(catalog);
  callers.set(catalog, known);
  return known.get(service.id) ?? [];
}

/** Catalogs are frozen, and each dashboard asks. */
const callers = new WeakMap<Catalog, ReadonlyMap<string, readonly Service[]>>();

function allCallers({ services }: Catalog): ReadonlyMap<string, readonly Service[]> {
  const calls = services.flatMap((caller) => {
    const called = caller.dependencies.flatMap((dependency) => ('service' in dependency ? [dependency.service] : []));
    return [...new Set(called)].map((id) => ({ caller, id }));
  });
  return new Map([...groupBy(calls, ({ id }) => id)].map(([id, all]) => [id, all.map(({ caller }) => caller)]));
}

/** A link that keeps the time range. */
export function link(title: string, url: string, tooltip: string): dashboard.DashboardLinkBuilder {
  return new sdk.dashboard.DashboardLinkBuilder(title)
    .type(sdk.dashboard.DashboardLinkType.Link)
    .icon('dashboard')
    .url(url)
    .tooltip(tooltip)
    .keepTime(true)
    .includeVars(false)
    .targetBlank(false);
}

/** Opens the runbooks in the repository's host. */
export function runbooksLink({ repository }: Project): dashboard.DashboardLinkBuilder {
  return new sdk.dashboard.DashboardLinkBuilder('Runbooks')
    .type(sdk.dashboard.DashboardLinkType.Link)
    .icon('doc')
    .url(`${repository.url}/tree/${repository.branch}/alerts/runbooks`)
    .tooltip('One page per alert: meaning, impact, diagnosis, mitigation')
    .targetBlank(true);
}

import {
  alertListPanel,
  allDeployments,
  type BuildContext,
  COLOURS,
  type DashboardDraft,
  dashboardUid,
  dataSourceVariable,
  link,
  overviewUid,
  type PanelDraft,
  RATE,
  runbooksLink,
  type Section,
  statPanel,
  tablePanel,
  timeseriesPanel,
  worstOf,
} from '../build/index.ts';
import { quantile } from '../metrics/histogram.ts';
import { identityOf } from '../metrics/identity.ts';
import { findSignal, signals } from '../metrics/index.ts';
import { firstOf, rename } from '../metrics/promql.ts';
import { bindingOf, judgedOf, rate, ratio, requestsOf } from '../metrics/requests.ts';
import { termsOf } from '../metrics/timing.ts';
import { groupBy } from '../model/group-by.ts';
import type { ClientBinding } from '../model/metrics.ts';
import type { Catalog, Service } from '../model/service.ts';
import type { KnownSignal, Signal } from '../model/signal.ts';

const COLUMNS: readonly (readonly [KnownSignal, string])[] = [
  ['error-ratio', 'errors'],
  ['latency-p95', 'latency p95'],
  ['pool-utilisation', 'fullest pool'],
  ['query-p95', 'query p95'],
  // Last, because not every service has some: the columns stay aligned.
  ['degradation', 'signs'],
  ['dependency-error-ratio', 'dependency'],
];

/** How trouble spreads, from top to bottom: what moves first stands first. */
const CHAIN: readonly (readonly [KnownSignal, title: string, says: string])[] = [
  [
    'latency-p95',
    'Latency p95, each service',
    'What users feel first. A line that leaves the others names the service.',
  ],
  [
    'pool-utilisation',
    'Fullest pool, each service',
    'Slow work holds connections. At 100 % requests queue, then fail.',
  ],
  [
    'query-p95',
    'Query p95, each service',
    'The database of each service. If it climbs with the latency, the cause is a query.',
  ],
  ['error-ratio', 'Errors, each service', 'What users lose in the end. Whatever climbed above it came before.'],
];

/** As many lists of alerts fit beside each other. */
const ALERT_LISTS = 4;
const AXIS_PIXELS = 64;
/** Okabe and Ito's, without those that mean well and unwell. */
const LINES = [COLOURS.main, COLOURS.warn, COLOURS.accent, COLOURS.calm, COLOURS.quiet];

/** All services at a glance: a line for each, from the edge inwards, and who has trouble with whom. */
export function overviewDashboard(context: BuildContext): DashboardDraft {
  const { project, catalog, incident } = context;
  return {
    uid: overviewUid(project),
    title: 'System overview',
    description:
      'Every service in one line, coloured by its own alerts; then who fails whom. Start here, follow the first line that is red from below.',
    tags: [`system:${project.system}`],
    sections: [
      ...catalog.services.map((service) => serviceSection(service, context)),
      chain(context),
      trouble(context),
    ],
    variables: [dataSourceVariable(project)],
    annotations: allDeployments(project),
    links: [
      ...catalog.services.map((service) =>
        link(service.title, `/d/${dashboardUid(project, service.id)}`, `Dashboard of ${service.title}`),
      ),
      ...(incident === undefined
        ? []
        : [
            link(
              incident.title,
              `/d/${overviewUid(project)}?from=${incident.from}&to=${incident.until}`,
              'This page over the hours of the incident',
            ).keepTime(false),
          ]),
      runbooksLink(project),
    ],
  };
}

function serviceSection(service: Service, { catalog, project }: BuildContext): Section {
  const own = signals(service, catalog);
  const panels = COLUMNS.flatMap(([id, title]) => {
    const signal = findSignal(own, id);
    return signal === undefined ? [] : [glance(service, signal, title, `/d/${dashboardUid(project, service.id)}`)];
  });
  return { key: service.id, title: service.title, panels };
}

function glance(service: Service, signal: Signal, title: string, url: string): PanelDraft {
  const panel = statPanel({
    key: `${service.id}-${signal.id}`,
    title,
    description: `${signal.title} of ${service.title}, as its alert sees it. Orange-red means the limit is passed: click for its dashboard.`,
    unit: signal.unit,
    width: 4,
    height: 3,
    queries: [
      {
        expr: worstOf(signal),
        legend: title,
        mode: 'instant',
      },
    ],
    limit: signal.limit,
  });
  panel.builder.dataLinks([link(service.title, url, `Dashboard of ${service.title}`)]);
  return panel;
}

/** Every service over time, one panel below the other: what moved first, and what followed. */
function chain({ catalog }: BuildContext): Section {
  const colourOf = new Map(catalog.services.map(({ title }, index) => [title, LINES[index]]));
  const panels = CHAIN.flatMap(([id, title, says]) => {
    const lines = catalog.services.flatMap((service) => {
      const signal = findSignal(signals(service, catalog), id);
      return signal === undefined || signal.fromDependency ? [] : [{ signal, legend: service.title }];
    });
    const limit = mostCommon(lines.map(({ signal }) => signal.limit));
    if (limit === undefined) return [];
    const panel = timeseriesPanel({
      key: `chain-${id}`,
      title,
      description: `${says} The line is the limit of its alert, as most services have it.`,
      unit: limit.value.unit,
      width: 24,
      height: 6,
      queries: lines.map(({ signal, legend }) => ({ expr: `max(${signal.panelExpression(RATE)})`, legend })),
      colours: Object.fromEntries(
        lines.flatMap(({ legend }) => {
          const colour = colourOf.get(legend);
          return colour === undefined ? [] : [[legend, colour]];
        }),
      ),
      limit,
    });
    // Times stand below each other only if every axis is as wide.
    panel.builder.axisWidth(AXIS_PIXELS);
    return [panel];
  });
  return { key: 'chain', title: 'What moved first: deployment, latency, pools, queries, errors', panels };
}

/** One service with a limit of its own does not take the line from the others. */
function mostCommon(limits: readonly Signal['limit'][]): Signal['limit'] | undefined {
  const bySize = [...groupBy(limits, ({ value }) => value.value).values()].sort(
    (left, right) => right.length - left.length,
  );
  return bySize[0]?.[0];
}

function trouble({ catalog, project }: BuildContext): Section {
  return {
    key: 'system',
    title: 'The whole system',
    panels: [...alerts(catalog.services, project), ...matrix(catalog), telemetry()],
  };
}

/** What fires, by service while there is room: a rule's name does not tell whose it is. */
function alerts(services: readonly Service[], { mark }: BuildContext['project']): PanelDraft[] {
  if (services.length > ALERT_LISTS) {
    return [
      alertListPanel({
        key: 'all-alerts',
        title: 'Alerts of all services',
        description: 'What is pending or firing. The alert that has fired longest is usually nearest to the cause.',
        width: 24,
        height: 9,
        filter: `{as_code="${mark}"}`,
      }),
    ];
  }
  return services.map(({ id, title }) =>
    alertListPanel({
      key: `alerts-${id}`,
      title: `Alerts of ${title}`,
      description: 'What is pending or firing. The alert that has fired longest is usually nearest to the cause.',
      width: Math.floor(24 / services.length),
      height: 9,
      filter: `{service="${id}",as_code="${mark}"}`,
    }),
  );
}

/** Who calls whom: one row for each pair. */
function matrix(catalog: Catalog): PanelDraft[] {
  const terms = termsOf(catalog);
  const callers = catalog.services.flatMap(({ dependencies, metrics: { client } }) =>
    client === undefined || dependencies.length === 0 ? [] : [client],
  );
  if (callers.length === 0) return [];
  const window = '$__range' as const;
  const pairs = (expression: (client: ClientBinding, keep: readonly string[]) => string | undefined) =>
    firstOf(
      ...callers.flatMap((client) => {
        const { address } = client;
        const own = expression(client, [...identityOf(terms, bindingOf(requestsOf(client))), address]);
        return own === undefined ? [] : [rename(own, address, 'dependency')];
      }),
    );
  const failed = pairs((client, keep) => {
    const judged = judgedOf(client);
    return judged && ratio(judged.all, judged.failed, { window, keep });
  });
  const p95 = pairs(({ latency }, keep) => latency && quantile(latency, 0.95, { window, keep }));
  const panel = tablePanel({
    key: 'dependency-matrix',
    title: 'Who calls whom',
    description:
      'Each caller and what it calls over the chosen time: calls, failures, response time as the caller sees it. Several callers failing on one row’s dependency point to that dependency.',
    unit: 'short',
    width: 20,
    height: 7,
    queries: [
      { expr: pairs((client, keep) => rate(requestsOf(client), { window, keep })), legend: 'rate' },
      ...(failed === '' ? [] : [{ expr: failed, legend: 'failed' }]),
      ...(p95 === '' ? [] : [{ expr: p95, legend: 'p95' }]),
    ],
  });
  panel.builder
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: Object.fromEntries(
          ['Time', ...callers.map(({ address }) => address)].map((name) => [name, true]),
        ),
        indexByName: { job: 0, dependency: 1, 'Value #A': 2, 'Value #B': 3, 'Value #C': 4 },
        renameByName: {
          job: 'Caller',
          dependency: 'Dependency',
          'Value #A': 'Calls',
          ...Object.fromEntries(
            [...(failed === '' ? [] : ['Failed']), ...(p95 === '' ? [] : ['p95'])].map((title, index) => [
              `Value #${'BC'[index] ?? ''}`,
              title,
            ]),
          ),
        },
      },
    })
    .overrideByName('Dependency', [{ id: 'custom.minWidth', value: 180 }])
    .overrideByName('Calls', [{ id: 'unit', value: 'reqps' }])
    .overrideByName('Failed', [{ id: 'unit', value: 'percentunit' }])
    .overrideByName('p95', [{ id: 'unit', value: 's' }]);
  return [panel];
}

/** Whether Prometheus answers at all: the panel of the alert on the data source. */
function telemetry(): PanelDraft {
  return statPanel({
    key: 'data-source',
    signals: ['data-source-reachable', 'watchdog'],
    title: 'Prometheus answers',
    description:
      'Yes while Grafana can query Prometheus. Without it every other panel and alert is blind: its own alert then pages.',
    unit: 'count',
    width: 4,
    height: 7,
    queries: [{ expr: 'vector(1)', legend: 'answers', mode: 'instant' }],
    words: [[1, 'yes']],
  });
}

import {
  callersOf,
  dashboardUid,
  eachOf,
  INSTANCE,
  limitColours,
  type PanelDraft,
  RATE,
  type Section,
  type ServiceContext,
  tablePanel,
  textPanel,
  timeseriesPanel,
} from '../../build/index.ts';
import { quantile } from '../../metrics/histogram.ts';
import { identityOf } from '../../metrics/identity.ts';
import { findSignal, matcher } from '../../metrics/index.ts';
import { firstOf } from '../../metrics/promql.ts';
import { judgedOf, rate, ratio, requestsOf } from '../../metrics/requests.ts';
import { dependencyAddress, type Service } from '../../model/service.ts';

/** What the service calls and how that answers, and how its callers see it. */
export function dependencySection(context: ServiceContext): Section {
  const callers = callersOf(context.service, context.catalog);
  const panels = [
    ...(context.service.dependencies.length > 0 ? [...calls(context), ...failures(context)] : []),
    ...seenByCallers(context, callers),
  ];
  return {
    key: 'dependencies',
    title: 'Dependencies: who else is in trouble',
    panels: panels.length > 0 ? panels : [none(context)],
  };
}

function calls({ service, signals, project, catalog }: ServiceContext): PanelDraft[] {
  const { client } = service.metrics;
  if (client === undefined) return [];
  const { address, latency } = client;
  const judged = judgedOf(client);
  const window = '$__range' as const;
  const limit = findSignal(signals, 'dependency-error-ratio')?.limit;
  const shown = [...(judged === undefined ? [] : ['Failed']), ...(latency === undefined ? [] : ['p95'])];
  const panel = tablePanel({
    key: 'dependency-table',
    title: 'What it calls',
    description:
      'Each dependency over the chosen time: calls, failures (5xx, 408, 429 and time-outs) and response time as this service sees them. Follow the link of the one that stands out.',
    unit: 'short',
    width: 12,
    queries: [
      {
        expr: linked(
          rate(requestsOf(client), { window, keep: [address] }),
          address,
          service,
          (id) => dashboardUid(project, id),
          catalog.services,
        ),
        legend: 'rate',
      },
      ...(judged === undefined
        ? []
        : [{ expr: ratio(judged.all, judged.failed, { window, keep: [address] }), legend: 'failed' }]),
      ...(latency === undefined ? [] : [{ expr: quantile(latency, 0.95, { window, keep: [address] }), legend: 'p95' }]),
    ],
  });
  panel.builder
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: { [address]: 0, 'Value #A': 1, 'Value #B': 2, 'Value #C': 3, dashboard: 4 },
        renameByName: {
          [address]: 'Dependency',
          'Value #A': 'Calls',
          ...Object.fromEntries(shown.map((title, index) => [`Value #${'BC'[index] ?? ''}`, title])),
          dashboard: 'Dashboard',
        },
      },
    })
    .overrideByName('Dependency', [{ id: 'custom.minWidth', value: 180 }])
    .overrideByName('Calls', [
      { id: 'unit', value: 'reqps' },
      { id: 'custom.width', value: 100 },
    ])
    .overrideByName('Failed', [
      { id: 'unit', value: 'percentunit' },
      { id: 'custom.width', value: 90 },
      ...(limit === undefined
        ? []
        : [
            { id: 'thresholds', value: limitColours(limit).build() },
            { id: 'custom.cellOptions', value: { type: 'color-text' } },
          ]),
    ])
    .overrideByName('p95', [
      { id: 'unit', value: 's' },
      { id: 'custom.width', value: 90 },
    ])
    .overrideByName('Dashboard', [
      {
        id: 'links',
        value: [{ title: 'Open its dashboard', url: '/d/${__value.raw}?${__url_time_range}', targetBlank: false }],
      },
    ]);
  return [panel];
}

/** Adds the UID of its dashboard to each dependency that is a service of the catalog. */
function linked(
  expression: string,
  label: string,
  service: Service,
  uid: (id: string) => string,
  known: readonly Service[],
): string {
  return service.dependencies.reduce((inner, dependency) => {
    if (!('service' in dependency) || !known.some(({ id }) => id === dependency.service)) return inner;
    return `label_replace(${inner}, "dashboard", "${uid(dependency.service)}", "${label}", "${dependencyAddress(dependency).replace(/[.]/g, '\\\\.')}")`;
  }, expression);
}

function failures({ signals, terms }: ServiceContext): PanelDraft[] {
  const signal = findSignal(signals, 'dependency-error-ratio');
  if (signal === undefined) return [];
  const panel = timeseriesPanel({
    key: 'dependency-error-ratio',
    title: 'Failures by dependency',
    description:
      'Share of calls that fail: 5xx, 408, 429, and calls without an answer. Above the line it warns. If the dependency is ours, its own dashboard tells more; if not, its status page.',
    unit: 'ratio',
    width: 12,
    signals: ['dependency-error-ratio'],
    queries: [{ expr: signal.panelExpression(RATE, [INSTANCE]), legend: eachOf('{{dependency}}', terms) }],
    limit: signal.limit,
  });
  return [panel];
}

function seenByCallers({ service, terms }: ServiceContext, callers: readonly Service[]): PanelDraft[] {
  const seen = callers.flatMap((caller) => {
    const { client } = caller.metrics;
    const latency = client?.latency;
    if (client === undefined || latency === undefined) return [];
    const addresses = caller.dependencies.flatMap((dependency) =>
      'service' in dependency && dependency.service === service.id ? [dependencyAddress(dependency)] : [],
    );
    return addresses.map((address) =>
      quantile(latency, 0.95, {
        window: RATE,
        keep: identityOf(terms, latency),
        only: [matcher(client.address, '=', address)],
      }),
    );
  });
  if (seen.length === 0) return [];
  const panel = timeseriesPanel({
    key: 'seen-by-callers',
    title: 'As its callers see it, p95',
    description:
      "Response time of this service measured by those who call it. Higher than its own p95 means time is lost between them: the caller's pool, the network, a queue in front.",
    unit: 'seconds',
    width: 24,
    queries: [{ expr: firstOf(...seen), legend: eachOf('{{job}}', terms) }],
  });
  return [panel];
}

function none({ service }: ServiceContext): PanelDraft {
  return textPanel({
    key: 'no-dependencies',
    title: 'No dependencies',
    description: 'Why this row is empty and how to fill it.',
    width: 24,
    content: `${service.title} declares that it calls nothing, and no service declares that it calls it. Add \`dependencies\` in \`${service.source}\`.`,
  });
}

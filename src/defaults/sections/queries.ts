import {
  COLOURS,
  eachOf,
  INSTANCE,
  type PanelDraft,
  RATE,
  type Section,
  type ServiceContext,
  textPanel,
  timeseriesPanel,
} from '../../build/index.ts';
import { databasesOf } from '../../metrics/databases.ts';
import { quantile } from '../../metrics/histogram.ts';
import { identityOf } from '../../metrics/identity.ts';
import { findSignal } from '../../metrics/index.ts';
import { bindingOf, judgedOf, rate, requestsOf } from '../../metrics/requests.ts';
import type { Terms } from '../../metrics/timing.ts';
import type { DatabaseBinding } from '../../model/metrics.ts';

/** What the databases do; for a service without one, what the services behind it wait for. */
export function querySection(context: ServiceContext): Section {
  const { service, signals } = context;
  const signal = findSignal(signals, 'query-p95');
  const panels = signal === undefined ? [none(context)] : signal.fromDependency ? [behind(context)] : own(context);
  const whose = service.databases.map(({ name, system }) => `${name} (${system})`).join(', ');
  return { key: 'queries', title: `Queries: ${whose === '' ? 'of the services behind' : whose}`, panels };
}

function own({ service, signals, terms }: ServiceContext): PanelDraft[] {
  const signal = findSignal(signals, 'query-p95');
  if (signal === undefined) return [];
  const { limit } = signal;
  const databases = databasesOf(service);
  const bindings = [...new Set(databases.map(({ binding }) => binding))];
  const all = databases.length === 1 ? 'all queries' : '{{database}}';
  return [
    timeseriesPanel({
      key: 'query-p95',
      title: 'Query time p95, all and by operation',
      description:
        'How long queries take. The operation that rises alone names the query: compare with the last deployment, explain it, add the index or roll back.',
      unit: 'seconds',
      width: 12,
      signals: ['query-p95'],
      queries: [
        { expr: signal.panelExpression(RATE, [INSTANCE]), legend: eachOf(all, terms) },
        ...bindings.flatMap(({ latency, operation }) =>
          latency === undefined || operation === undefined
            ? []
            : [
                {
                  expr: quantile(latency, 0.95, { window: RATE, keep: [operation], only: [INSTANCE] }),
                  legend: `{{${operation}}}`,
                },
              ],
        ),
      ],
      colours: { 'all queries': COLOURS.main },
      limit,
    }),
    timeseriesPanel({
      key: 'query-rate',
      title: 'Queries by operation',
      description:
        'Queries a second. More queries per request than before a deployment (an N+1) fill the pool as surely as slow ones do.',
      unit: 'ops',
      width: 6,
      queries: bindings.map((binding) => ({
        expr: rate(requestsOf(binding), { window: RATE, keep: operationOf(binding), only: [INSTANCE] }),
        legend: binding.operation === undefined ? 'queries' : `{{${binding.operation}}}`,
      })),
    }),
    ...failed(bindings, terms),
  ];
}

function failed(bindings: readonly DatabaseBinding[], terms: Terms): PanelDraft[] {
  const queries = bindings.flatMap((binding) => {
    const judged = judgedOf(binding);
    if (judged === undefined) return [];
    const reading = { window: RATE, keep: identityOf(terms, bindingOf(judged.all)), only: [INSTANCE] } as const;
    const expr = `${rate(judged.failed, reading)} or 0 * ${rate(judged.all, reading)}`;
    return [{ expr, legend: eachOf('failed', terms, bindingOf(judged.all)) }];
  });
  if (queries.length === 0) return [];
  return [
    timeseriesPanel({
      key: 'query-errors',
      title: 'Failed queries',
      description: 'Queries a second that failed: time-outs, deadlocks, lost connections. Look at the database itself.',
      unit: 'ops',
      width: 6,
      queries,
      colours: { failed: COLOURS.bad },
    }),
  ];
}

function behind({ service, signals, catalog, terms }: ServiceContext): PanelDraft {
  const signal = findSignal(signals, 'query-p95');
  const titles = catalog.services.filter(
    ({ id, databases }) => databases.length > 0 && service.dependencies.some((d) => 'service' in d && d.service === id),
  );
  return timeseriesPanel({
    key: 'query-p95',
    title: 'Query time p95 of the services behind',
    description: `${service.title} has no database of its own; these are the queries of ${titles.map(({ title }) => title).join(' and ')}, which its users wait for. If one rises, open that service's dashboard.`,
    unit: 'seconds',
    width: 24,
    queries: signal === undefined ? [] : [{ expr: signal.panelExpression(RATE), legend: eachOf('{{job}}', terms) }],
    ...(signal === undefined ? {} : { limit: signal.limit }),
  });
}

function none({ service }: ServiceContext): PanelDraft {
  return textPanel({
    key: 'no-queries',
    title: 'No databases',
    description: 'Why this row is empty and how to fill it.',
    width: 24,
    content: `${service.title} declares no databases, and nothing that it calls does. If it has one, add it to \`databases\` in \`${service.source}\`.`,
  });
}

function operationOf({ operation }: DatabaseBinding): readonly string[] {
  return operation === undefined ? [] : [operation];
}

import {
  COLOURS,
  INSTANCE,
  type PanelDraft,
  RATE,
  type Section,
  type ServiceContext,
  textPanel,
  timeseriesPanel,
} from '../../build/index.ts';
import { quantile, rate } from '../../metrics/histogram.ts';
import { findSignal } from '../../metrics/index.ts';

/** What the databases do; for a service without one, what the services behind it wait for. */
export function querySection(context: ServiceContext): Section {
  const { service, signals } = context;
  const signal = findSignal(signals, 'query-p95');
  const panels = signal === undefined ? [none(context)] : signal.fromDependency ? [behind(context)] : own(context);
  const whose = service.databases.map(({ name, system }) => `${name} (${system})`).join(', ');
  return { key: 'queries', title: `Queries: ${whose === '' ? 'of the services behind' : whose}`, panels };
}

function own({ service, signals }: ServiceContext): PanelDraft[] {
  const { database } = service.metrics;
  const signal = findSignal(signals, 'query-p95');
  const limit = signal === undefined ? {} : { limit: signal.limit };
  const operation = database.operation;
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
        ...(signal === undefined ? [] : [{ expr: signal.panelExpression(RATE, [INSTANCE]), legend: 'all queries' }]),
        {
          expr: quantile(database, 0.95, { window: RATE, keep: [operation], only: [INSTANCE] }),
          legend: `{{${operation}}}`,
        },
      ],
      colours: { 'all queries': COLOURS.main },
      ...limit,
    }),
    timeseriesPanel({
      key: 'query-rate',
      title: 'Queries by operation',
      description:
        'Queries a second. More queries per request than before a deployment (an N+1) fill the pool as surely as slow ones do.',
      unit: 'ops',
      width: 6,
      queries: [
        { expr: rate(database, { window: RATE, keep: [operation], only: [INSTANCE] }), legend: `{{${operation}}}` },
      ],
    }),
    timeseriesPanel({
      key: 'query-errors',
      title: 'Failed queries',
      description: 'Queries a second that failed: time-outs, deadlocks, lost connections. Look at the database itself.',
      unit: 'ops',
      width: 6,
      queries: [
        {
          expr: `${rate(database, { window: RATE, only: [database.failed, INSTANCE] })} or 0 * ${rate(database, { window: RATE, only: [INSTANCE] })}`,
          legend: 'failed',
        },
      ],
      colours: { failed: COLOURS.bad },
    }),
  ];
}

function behind({ service, signals, catalog }: ServiceContext): PanelDraft {
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
    queries: signal === undefined ? [] : [{ expr: signal.panelExpression(RATE), legend: '{{job}}' }],
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

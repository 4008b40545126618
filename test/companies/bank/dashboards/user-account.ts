import { addPanels, extendDashboard, INSTANCE, RATE, sums, timeseriesPanel } from 'grafana-as-code/panels';

/** Which queries eat the database's time. */
export const userAccount = extendDashboard(
  (
    draft,
    {
      service: {
        metrics: { database },
      },
    },
  ) =>
    addPanels(
      draft,
      'queries',
      timeseriesPanel({
        key: 'query-time-share',
        title: 'Database time by operation',
        description:
          'Seconds of query time per second, by operation: 1 is one connection always busy. The operation at the top is the one to explain first, even if it is not the slowest.',
        unit: 'suffix:s/s',
        width: 24,
        queries: [
          {
            expr: `sum by (${database.operation})(rate(${sums(database, [INSTANCE])}[${RATE}]))`,
            legend: `{{${database.operation}}}`,
          },
        ],
      }),
    ),
);

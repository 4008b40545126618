import { addPanels, extendDashboard, INSTANCE, RATE, secondsSpent, timeseriesPanel } from 'grafana-as-code/panels';

/** Which queries eat the database's time: the question that took half an hour on 2025-12-15. */
export const userService = extendDashboard((draft, { service: { metrics } }) => {
  const { latency, operation } = metrics.database ?? {};
  if (latency === undefined || operation === undefined) return draft;
  return addPanels(
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
          expr: secondsSpent(latency, { window: RATE, keep: [operation], only: [INSTANCE] }),
          legend: `{{${operation}}}`,
        },
      ],
    }),
  );
});

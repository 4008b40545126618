import {
  addPanels,
  COLOURS,
  extendDashboard,
  INSTANCE,
  increase,
  judgedOf,
  matcher,
  RATE,
  timeseriesPanel,
} from 'grafana-as-code/panels';

/** What customers lose: orders that were sent and did not go through. About 500 on 2025-12-15. */
export const orderService = extendDashboard((draft, { service: { metrics } }) => {
  const { server } = metrics;
  const judged = server && judgedOf(server);
  if (judged === undefined || server?.route === undefined) return draft;
  const orders = { window: RATE, keep: [], only: [matcher(server.route, '=~', '.*orders.*'), INSTANCE] } as const;
  return addPanels(
    draft,
    'errors',
    timeseriesPanel({
      key: 'orders-lost',
      title: 'Orders lost',
      description:
        'Requests for orders that failed, in each interval of the graph: customers who could not buy. Tell support when it rises; the sum belongs into the incident review.',
      unit: 'short',
      width: 24,
      queries: [{ expr: `${increase(judged.failed, orders)} or 0 * ${increase(judged.all, orders)}`, legend: 'lost' }],
      colours: { lost: COLOURS.bad },
    }),
  );
});

import {
  addPanels,
  COLOURS,
  extendDashboard,
  INSTANCE,
  matcher,
  RATE,
  select,
  timeseriesPanel,
} from 'grafana-as-code/panels';

/** What customers lose: orders that were sent and did not go through. About 500 on 2025-12-15. */
export const orderService = extendDashboard(
  (
    draft,
    {
      service: {
        metrics: { server },
      },
    },
  ) => {
    const orders = [...server.matchers, matcher(server.route, '=~', '.*orders.*'), INSTANCE];
    const failed = select(`${server.name}_count`, [...orders, server.failed]);
    const all = select(`${server.name}_count`, orders);
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
        queries: [{ expr: `sum(increase(${failed}[${RATE}])) or 0 * sum(increase(${all}[${RATE}]))`, legend: 'lost' }],
        colours: { lost: COLOURS.bad },
      }),
    );
  },
);

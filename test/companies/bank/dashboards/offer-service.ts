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

/** What customers lose: offers they asked for and did not get. */
export const offerService = extendDashboard(
  (
    draft,
    {
      service: {
        metrics: { server },
      },
    },
  ) => {
    const offers = [...server.matchers, matcher(server.route, '=~', '.*offers.*'), INSTANCE];
    const failed = select(`${server.name}_count`, [...offers, server.failed]);
    const all = select(`${server.name}_count`, offers);
    return addPanels(
      draft,
      'errors',
      timeseriesPanel({
        key: 'offers-lost',
        title: 'Offers lost',
        description: 'Requests for offers that failed, in each interval of the graph: customers who got no loan.',
        unit: 'short',
        width: 24,
        queries: [{ expr: `sum(increase(${failed}[${RATE}])) or 0 * sum(increase(${all}[${RATE}]))`, legend: 'lost' }],
        colours: { lost: COLOURS.bad },
      }),
    );
  },
);

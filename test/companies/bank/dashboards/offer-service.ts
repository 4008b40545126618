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

/** What customers lose: offers they asked for and did not get. */
export const offerService = extendDashboard((draft, { service: { metrics } }) => {
  const { server } = metrics;
  const judged = server && judgedOf(server);
  if (judged === undefined || server?.route === undefined) return draft;
  const offers = { window: RATE, keep: [], only: [matcher(server.route, '=~', '.*offers.*'), INSTANCE] } as const;
  return addPanels(
    draft,
    'errors',
    timeseriesPanel({
      key: 'offers-lost',
      title: 'Offers lost',
      description: 'Requests for offers that failed, in each interval of the graph: customers who got no loan.',
      unit: 'short',
      width: 24,
      queries: [{ expr: `${increase(judged.failed, offers)} or 0 * ${increase(judged.all, offers)}`, legend: 'lost' }],
      colours: { lost: COLOURS.bad },
    }),
  );
});

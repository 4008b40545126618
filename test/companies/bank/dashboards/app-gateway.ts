import { addPanels, extendDashboard, INSTANCE, quantile, RATE, timeseriesPanel } from 'grafana-as-code/panels';

/** The gateway's routes: which part of the product is slow. */
export const appGateway = extendDashboard((draft, { service: { metrics } }) => {
  const { latency, route } = metrics.server ?? {};
  if (latency === undefined || route === undefined) return draft;
  return addPanels(
    draft,
    'latency',
    timeseriesPanel({
      key: 'latency-by-route',
      title: 'Latency p95 by route',
      description:
        'Which part of the app customers wait for. A single route points to the service behind it; all of them to the gateway itself.',
      unit: 'seconds',
      width: 24,
      queries: [
        {
          expr: quantile(latency, 0.95, { window: RATE, keep: [route], only: [INSTANCE] }),
          legend: `{{${route}}}`,
        },
      ],
    }),
  );
});

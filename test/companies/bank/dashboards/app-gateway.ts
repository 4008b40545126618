import { addPanels, extendDashboard, INSTANCE, quantile, RATE, timeseriesPanel } from 'grafana-as-code/panels';

/** The gateway's routes: which part of the product is slow. */
export const appGateway = extendDashboard(
  (
    draft,
    {
      service: {
        metrics: { server },
      },
    },
  ) =>
    addPanels(
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
            expr: quantile(server, 0.95, { window: RATE, keep: [server.route], only: [INSTANCE] }),
            legend: `{{${server.route}}}`,
          },
        ],
      }),
    ),
);

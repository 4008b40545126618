import { INSTANCE, RATE, timeseriesPanel } from '../src/build/index.ts';
import { quantile } from '../src/metrics/histogram.ts';
import { addPanels, type Extend } from './default.ts';

/** The gateway's routes: which part of the product is slow. */
export const apiGateway: Extend = (
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
        'Which part of the product users wait for. A single route points to the service behind it; all of them to the gateway itself.',
      unit: 'seconds',
      width: 24,
      queries: [
        {
          expr: quantile(server, 0.95, { window: RATE, keep: [server.route], only: [INSTANCE] }),
          legend: `{{${server.route}}}`,
        },
      ],
    }),
  );

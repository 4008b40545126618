import { type BuildContext, buildDashboard } from '../src/build/index.ts';
import { signals } from '../src/metrics/index.ts';
import type { DashboardResource } from '../src/model/resource.ts';
import { apiGateway } from './api-gateway.ts';
import { defaultDashboard, type Extend } from './default.ts';
import { orderService } from './order-service.ts';
import { overviewDashboard } from './overview.ts';
import { userService } from './user-service.ts';

/** What services add to the default dashboard, by id. A service that is not here gets the default dashboard. */
const extensions: Readonly<Record<string, Extend>> = {
  'api-gateway': apiGateway,
  'order-service': orderService,
  'user-service': userService,
};

/** Services with a file of their own. */
export const extendedServices: readonly string[] = Object.keys(extensions);

/** Every dashboard: the overview, then one per service. */
export function buildDashboards(context: BuildContext): readonly DashboardResource[] {
  return [
    buildDashboard(overviewDashboard(context), context.project),
    ...context.catalog.services.map((service) => {
      const extend = extensions[service.id];
      const base = defaultDashboard(service, context, extend === undefined ? undefined : `dashboards/${service.id}.ts`);
      const draft = extend?.(base, { ...context, service, signals: signals(service, context.catalog) }) ?? base;
      return buildDashboard(draft, context.project);
    }),
  ];
}

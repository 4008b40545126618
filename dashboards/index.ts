import {
  defineDashboards,
  dependencySection,
  errorSection,
  latencySection,
  overviewDashboard,
  poolSection,
  querySection,
  resourceSection,
  verdictSection,
} from 'grafana-as-code/panels';
import { apiGateway } from './api-gateway.ts';
import { orderService } from './order-service.ts';
import { userService } from './user-service.ts';

/** The overview, and for each service a dashboard of these sections, top to bottom: first what users feel, then what it comes from. */
export const dashboards = defineDashboards({
  shared: [overviewDashboard],
  sections: [
    verdictSection,
    latencySection,
    errorSection,
    poolSection,
    querySection,
    dependencySection,
    resourceSection,
  ],
  extensions: { 'api-gateway': apiGateway, 'order-service': orderService, 'user-service': userService },
});

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
import { appGateway } from './app-gateway.ts';
import { offerService } from './offer-service.ts';
import { userAccount } from './user-account.ts';

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
  extensions: { 'app-gateway': appGateway, 'offer-service': offerService, 'user-account': userAccount },
});

export { type Alert, buildRule, defineAlert, type RuleContext } from './alert.ts';
export {
  type ContactPointFacts,
  contactPointOf,
  defineContactPoint,
  email,
  pagerDuty,
  slack,
  webhook,
} from './contact-points.ts';
export { type BuildContext, dashboardUid, INSTANCE, RATE, runbookUrl, type ServiceContext } from './context.ts';
export { buildDashboard, type DashboardDraft, ownerTag, type Section } from './dashboard.ts';
export {
  allDeployments,
  callersOf,
  dataSourceVariable,
  deploymentAnnotations,
  instanceVariable,
  link,
  overviewUid,
  runbooksLink,
  serviceLinks,
} from './dashboard-parts.ts';
export { panelId } from './panel-id.ts';
export {
  alertListPanel,
  heatmapPanel,
  type PanelDraft,
  statPanel,
  tablePanel,
  textPanel,
  timeseriesPanel,
} from './panels.ts';
export { COLOURS, limitColours } from './style.ts';

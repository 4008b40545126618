export { type Alert, type AlertFacts, defineAlert, type RuleContext } from './alert.ts';
export {
  type AlertChoice,
  alertNamesOf,
  buildContactPoints,
  buildRules,
  type ChosenAlerts,
  defineAlerts,
  definedSignals,
  type Receivers,
} from './alert-choice.ts';
export {
  type ContactPointFacts,
  contactPointOf,
  defineContactPoint,
  email,
  pagerDuty,
  slack,
  webhook,
} from './contact-points.ts';
export {
  type BuildContext,
  dashboardUid,
  deploymentTags,
  eachOf,
  INSTANCE,
  type IncidentLink,
  ownerTag,
  RATE,
  runbookUrl,
  type ServiceContext,
  worstOf,
} from './context.ts';
export { buildDashboard, type DashboardDraft, type Section } from './dashboard.ts';
export {
  buildDashboards,
  type DashboardChoice,
  type DashboardFacts,
  defineDashboards,
  type Extension,
  extendDashboard,
  type SectionBuilder,
} from './dashboard-choice.ts';
export {
  allDeployments,
  callersOf,
  dataSourceVariable,
  link,
  overviewUid,
  runbooksLink,
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
export { addPanels, serviceDashboard } from './service-dashboard.ts';
export { COLOURS, limitColours } from './style.ts';
export { buildTimeIntervals, defineTimeInterval, type TimeIntervalFacts } from './time-intervals.ts';

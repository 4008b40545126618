/** Dashboards: the sections that the engine offers, by name, and what people build their own panels with. */
export {
  addPanels,
  alertListPanel,
  type BuildContext,
  COLOURS,
  type DashboardChoice,
  type DashboardDraft,
  type DashboardFacts,
  dashboardUid,
  defineDashboards,
  type Extension,
  eachOf,
  extendDashboard,
  heatmapPanel,
  INSTANCE,
  type IncidentLink,
  link,
  overviewUid,
  type PanelDraft,
  RATE,
  runbookUrl,
  type Section,
  type SectionBuilder,
  type ServiceContext,
  statPanel,
  tablePanel,
  textPanel,
  timeseriesPanel,
  worstOf,
} from './build/index.ts';
export { overviewDashboard } from './defaults/overview.ts';
export { dependencySection } from './defaults/sections/dependencies.ts';
export { errorSection } from './defaults/sections/errors.ts';
export { latencySection } from './defaults/sections/latency.ts';
export { poolSection } from './defaults/sections/pools.ts';
export { querySection } from './defaults/sections/queries.ts';
export { resourceSection } from './defaults/sections/resources.ts';
export { verdictSection } from './defaults/sections/verdict.ts';
export { buckets, observed, quantile, secondsSpent } from './metrics/histogram.ts';
export { dimensionsOf, identityOf } from './metrics/identity.ts';
export { findSignal, matcher, signals } from './metrics/index.ts';
export { by, firstOf, group, on, rename, select, series } from './metrics/promql.ts';
export { countedSeries, failuresOf, increase, judgedOf, rate, ratio, requestsOf } from './metrics/requests.ts';
export type { Signal, SignalId } from './model/signal.ts';

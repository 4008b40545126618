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
} from './build/index.ts';
export { overviewDashboard } from './defaults/overview.ts';
export { dependencySection } from './defaults/sections/dependencies.ts';
export { errorSection } from './defaults/sections/errors.ts';
export { latencySection } from './defaults/sections/latency.ts';
export { poolSection } from './defaults/sections/pools.ts';
export { querySection } from './defaults/sections/queries.ts';
export { resourceSection } from './defaults/sections/resources.ts';
export { verdictSection } from './defaults/sections/verdict.ts';
export { buckets, counts, increase, quantile, rate, ratio, sums } from './metrics/histogram.ts';
export { findSignal, matcher, signals } from './metrics/index.ts';
export { by, firstOf, group, rename, select, series } from './metrics/promql.ts';
export type { Signal, SignalId } from './model/signal.ts';

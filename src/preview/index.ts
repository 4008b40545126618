export { pagerRoutes } from './pager.ts';
export { dataSourceFile, prometheusFile } from './provisioning.ts';
export type { Reply, Routes } from './routes.ts';
export {
  beginningOf,
  incidentPast,
  type PreviewScenarios,
  previewScenario,
  type Run,
  realTime,
  scenarioNames,
  startDay,
  startRun,
} from './run.ts';
export { parseSimulated, renderSimulated, type Simulated } from './simulated.ts';
export { createSimulator } from './simulator.ts';

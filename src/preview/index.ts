export { healthyNow } from './healthy.ts';
export { pagerRoutes } from './pager.ts';
export { dataSourceFile, prometheusFile } from './provisioning.ts';
export type { Reply, Routes } from './routes.ts';
export { beginningOf, incidentPast, previewScenario, type Run, realTime, scenarioNames, startRun } from './run.ts';
export { createSimulator } from './simulator.ts';
export { releaseOf } from './versions.ts';

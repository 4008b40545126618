export { healthyNow } from './healthy.ts';
export { pagerRoutes } from './pager.ts';
export { beginningOf, previewScenario, scenarioNames, startRun } from './run.ts';
export { serve } from './serve.ts';
export { createSimulator } from './simulator.ts';

export { checkScenarios } from './check.ts';
export { secondsOf, type TimeOfDay, timeOf } from './clock.ts';
export { bursts, daily, product, sum, through, valueAt } from './curve.ts';
export { openMetricsLines } from './openmetrics.ts';
export { type Series, STALE } from './recorder.ts';
export { defineScenario, type MustFire, type Scenario } from './scenario.ts';
export { buildSeries, gridOf, type SeriesContext } from './series.ts';

export { changedRules, compareReplays } from './compare.ts';
export { compareWithGrafana } from './engines.ts';
export { evaluateScenarios, type ReplayContext } from './evaluate.ts';
export { backtestRules, backtestSpan, type PostJson } from './grafana-backtest.ts';
export { parseRenderedRules } from './read-rules.ts';
export { judge, replayScenarios } from './replay.ts';

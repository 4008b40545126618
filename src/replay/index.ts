export { changedRules, compareReplays } from './compare.ts';
export { compareWithGrafana } from './engines.ts';
export { findPromtool, PromtoolError } from './find-promtool.ts';
export { BacktestError, backtestRules, backtestSpan, type PostJson } from './grafana-backtest.ts';
export { parseRenderedRules } from './read-rules.ts';
export { evaluateScenarios, judge, type ReplayContext, replayScenarios } from './replay.ts';

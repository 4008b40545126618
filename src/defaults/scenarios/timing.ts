/** When a rule fires after its limit is passed, in a project of any timing. */
import { timingOf } from '../../metrics/timing.ts';
import { type Duration, toSeconds } from '../../model/duration.ts';
import { defaultThresholds } from '../../model/service.ts';
import type { ScenarioRule, ScenarioWorld, TimeOfDay } from '../../scenario/index.ts';
import { secondsOf, timeOf } from '../../scenario/index.ts';

/** The timing at which the standard scenarios were measured: seconds between evaluations, and between scrapes. */
const USUAL = { evaluation: 60, scrape: 15 } as const;

/** How each signal is usually measured: how long its limit has to be passed, and the window that it is read over. */
const MEASURED: Readonly<Record<string, { readonly for: Duration; readonly window: Duration }>> = {
  'error-ratio': { for: defaultThresholds.errorRatio.for, window: '2m' },
  'latency-p95': { for: defaultThresholds.latencyP95.for, window: '5m' },
  'latency-regression': { for: defaultThresholds.latencyRegression.for, window: '2m' },
  'pool-utilisation': { for: defaultThresholds.poolUtilisation.for, window: '2m' },
  'query-p95': { for: defaultThresholds.queryP95.for, window: '5m' },
  'dependency-error-ratio': { for: defaultThresholds.dependencyErrorRatio.for, window: '2m' },
  'cpu-utilisation': { for: defaultThresholds.cpuUtilisation.for, window: '5m' },
  'memory-utilisation': { for: defaultThresholds.memoryUtilisation.for, window: '0s' },
  degradation: { for: defaultThresholds.degradation.for, window: '2m' },
  'instance-error-ratio': { for: defaultThresholds.instanceErrorRatio.for, window: '5m' },
  // Of these two, the moment at which the limit is passed has the window in it.
  'traffic-ratio': { for: defaultThresholds.trafficRatio.for, window: '0s' },
  'telemetry-absent': { for: defaultThresholds.telemetryAbsent.for, window: '0s' },
  'limit-absent': { for: '15m', window: '0s' },
  'alert-queries': { for: '5m', window: '0s' },
  'data-source-reachable': { for: '2m', window: '0s' },
};

/** Seconds by which a rule may fire, or be resolved, earlier or later than it usually does. */
interface Shift {
  readonly earlier: number;
  readonly later: number;
  readonly resolved: number;
}

/** What a rule's `for`, the scrape interval and the evaluation interval do to the times that were measured. */
export function shiftOf(
  rule: Pick<ScenarioRule, 'signal' | 'for'>,
  { project }: Pick<ScenarioWorld, 'project'>,
): Shift {
  const usual = MEASURED[rule.signal] ?? { for: rule.for, window: '0s' };
  const [evaluation, scrape] = [toSeconds(project.evaluationInterval), toSeconds(project.scrapeInterval)];
  // A rule fires at an evaluation: `for` is rounded up to a whole number of them.
  const held = Math.ceil(toSeconds(rule.for) / evaluation) * evaluation - toSeconds(usual.for);
  const slower = Math.max(0, evaluation - USUAL.evaluation);
  const quicker = Math.max(0, USUAL.evaluation - evaluation) + Math.max(0, USUAL.scrape - scrape);
  const wider = toSeconds(timingOf(project.scrapeInterval).window(usual.window)) - toSeconds(usual.window);
  const seen = usual.window === '0s' ? 0 : wider;
  const scraped = 2 * Math.max(0, scrape - USUAL.scrape);
  return {
    earlier: held - quicker,
    later: held + slower + scraped + seen,
    resolved: 2 * slower + scraped + seen,
  };
}

/** Less than this past a whole minute is that minute: offsets are measured in minutes. */
const WITHIN = 15;

/**
 * Between which whole minutes a rule has to fire.
 *
 * @param passed the second at which its limit is passed. @param after minutes until it fires, as usually measured.
 */
export function firesBetween(
  passed: number,
  [earliest, latest]: readonly [number, number],
  { earlier, later }: Shift,
): readonly [TimeOfDay, TimeOfDay] {
  const from = Math.floor((passed + earliest * 60 + earlier) / 60) * 60;
  const until = Math.ceil((passed + latest * 60 + later - WITHIN) / 60) * 60;
  return [timeOf(Math.max(from, Math.floor(passed / 60) * 60)), timeOf(until)];
}

/** A time some seconds later. */
export function later(time: TimeOfDay, seconds: number): TimeOfDay {
  return timeOf(secondsOf(time) + seconds);
}

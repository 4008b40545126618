import { refused } from '../../model/explained-error.ts';
import { beginningOf, healthyNow, previewScenario, scenarioNames } from '../../preview/index.ts';
import { type Scenario, secondsOf, type TimeOfDay } from '../../scenario/index.ts';

/** Which scenario the simulator lives through, and which of its times is now; undefined: the real one. */
export interface RequestedRun {
  readonly name: string;
  readonly scenario: Scenario;
  readonly from: TimeOfDay | undefined;
}

/**
 * Reads what a user asks the simulator to live through. Default: a healthy day, or with a time, the incident.
 *
 * @throws ExplainedError of kind `usage` if there is no such scenario, or no such time in it.
 */
export function readRun(options: { readonly scenario?: string; readonly from?: string }): RequestedRun {
  const name = options.scenario ?? (options.from === undefined ? 'healthy' : 'incident');
  const scenario = previewScenario(name);
  if (scenario === undefined)
    throw refused('C021', name, 'is not a scenario of the library', `Scenarios: ${scenarioNames().join(', ')}`);
  const { from } = options;
  if (from === undefined) return { name, scenario, from: beginningOf(scenario) };
  if (!isTime(from))
    throw refused(
      'P008',
      `--from ${from}`,
      'is not a time of day',
      'Give it such as 14:40; hours of the next day go on: 25:10',
    );
  if (scenario !== healthyNow && !lies(from, scenario.from, scenario.until))
    throw refused(
      'P008',
      `--from ${from}`,
      `is not in ${name}, which lasts from ${scenario.from} to ${scenario.until}`,
      `--from ${scenario.events[0]?.at ?? scenario.from}`,
    );
  return { name, scenario, from };
}

function isTime(text: string): text is TimeOfDay {
  return /^\d{1,2}:[0-5]\d(:[0-5]\d)?$/.test(text) && Number.parseInt(text, 10) < 48;
}

function lies(time: TimeOfDay, from: TimeOfDay, until: TimeOfDay): boolean {
  return secondsOf(time) >= secondsOf(from) && secondsOf(time) <= secondsOf(until);
}

import { refused } from '../../model/explained-error.ts';
import {
  beginningOf,
  type PreviewScenarios,
  previewScenario,
  type Run,
  scenarioNames,
  startDay,
  startRun,
} from '../../preview/index.ts';
import { secondsOf, type TimeOfDay } from '../../scenario/index.ts';

/** What a user asks for. */
export interface RunRequest {
  readonly scenario?: string;
  readonly from?: string;
}

/** Checks what can be checked before the project is built. @throws ExplainedError P008 for a time that is none */
export function checkFrom({ from }: RunRequest): void {
  if (from === undefined || isTime(from)) return;
  throw refused(
    'P008',
    `--from ${from}`,
    'is not a time of day',
    'Give it such as 14:40; hours of the next day go on: 25:10',
  );
}

/**
 * Reads what a user asks the simulator to live through. Default: a healthy day, or with a time alone, the incident, where
 * the project has one. It begins when somebody says when that is.
 *
 * @throws ExplainedError C021 if there is no such scenario, P008 if there is no such time in it
 */
export function readRun(options: RunRequest, scenarios: PreviewScenarios): (now: number) => Run {
  checkFrom(options);
  const from = options.from as TimeOfDay | undefined;
  const usual = from === undefined || scenarios.incident === undefined ? 'healthy' : 'incident';
  const name = options.scenario ?? usual;
  const scenario = previewScenario(name, scenarios);
  if (scenario === undefined)
    throw refused(
      'C021',
      name,
      'is not a scenario of this project',
      `Scenarios: ${scenarioNames(scenarios).join(', ')}`,
    );
  if (scenario === scenarios.healthy) return (now) => startDay(scenario, from, now);
  if (from === undefined) return (now) => startRun(scenario, beginningOf(scenario), now);
  if (!lies(from, scenario.from, scenario.until))
    throw refused(
      'P008',
      `--from ${from}`,
      `is not in ${name}, which lasts from ${scenario.from} to ${scenario.until}`,
      `--from ${scenario.events[0]?.at ?? scenario.from}`,
    );
  return (now) => startRun(scenario, from, now);
}

function isTime(text: string): text is TimeOfDay {
  return /^\d{1,2}:[0-5]\d(:[0-5]\d)?$/.test(text) && Number.parseInt(text, 10) < 48;
}

function lies(time: TimeOfDay, from: TimeOfDay, until: TimeOfDay): boolean {
  return secondsOf(time) >= secondsOf(from) && secondsOf(time) <= secondsOf(until);
}

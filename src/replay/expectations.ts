import type { AlertRule } from '../model/alert-rule.ts';
import {
  type AlertSpan,
  type BrokenExpectation,
  firstFiring,
  formatSecond,
  formatSubject,
  lastResolved,
  type ReplayedAlert,
} from '../model/replay.ts';
import { type AboutAlert, type MustFire, type Scenario, secondsOf, type TimeOfDay } from '../scenario/index.ts';

type Broken = Omit<BrokenExpectation, 'scenario'>;

/**
 * The expectations of a scenario that do not hold: alerts that had to fire and did not, or not in time, or flapped,
 * and alerts that fired though nobody expected them.
 */
export function checkExpectations(
  scenario: Scenario,
  alerts: readonly ReplayedAlert[],
  rules: readonly AlertRule[],
): readonly BrokenExpectation[] {
  const broken: Broken[] = [
    ...scenario.expect.must.flatMap((must) => checkMust(must, alerts, rules)),
    ...scenario.expect.never.flatMap((never) => checkNever(never, rules)),
    ...unexpected(scenario, alerts),
    ...firstBy(scenario, alerts, 'warning', scenario.expect.firstWarningBy),
    ...firstBy(scenario, alerts, 'critical', scenario.expect.firstPageBy),
    ...resolving(scenario, alerts),
    ...flapping(alerts),
  ];
  return broken.map((one) => ({ scenario: scenario.id, ...one }));
}

function checkMust(must: MustFire, alerts: readonly ReplayedAlert[], rules: readonly AlertRule[]): Broken[] {
  const { alert, service, because, pages } = must;
  const rule = rules.find((one) => one.alert === alert && serviceOf(one) === service);
  const spans = alerts
    .filter((one) => one.alert === alert && one.service === service)
    .flatMap((one) => one.spans)
    .filter(({ firing }) => firing !== undefined)
    .sort((left, right) => (left.firing ?? 0) - (right.firing ?? 0));
  const first = firstFiring(spans);
  const [earliest, latest] = must.between;
  const about = { alert, service, because };
  const expected = `fires between ${earliest} and ${latest}`;
  if (rule === undefined) return [{ ...about, expected, seen: 'there is no such rule' }];
  if (first === undefined) return [{ ...about, expected, seen: 'never fires' }];
  const broken: Broken[] = [];
  if (pages !== (rule.severity === 'critical')) {
    const [wanted, seen] = pages ? ['pages', 'only warns'] : ['only warns', 'pages'];
    broken.push({ ...about, expected: wanted, seen });
  }
  if (first < secondsOf(earliest) || first > secondsOf(latest)) {
    broken.push({ ...about, expected, seen: `fires at ${formatSecond(first)}` });
  }
  const end = lastResolved(spans);
  const seen = end === undefined ? 'still fires at the end' : `is resolved at ${formatSecond(end)}`;
  const by = must.resolvedBy;
  if (by !== undefined && (end === undefined || end > secondsOf(by))) {
    broken.push({ ...about, expected: `is resolved by ${by}`, seen });
  }
  const atLeast = must.untilAtLeast;
  if (atLeast !== undefined && end !== undefined && end < secondsOf(atLeast)) {
    broken.push({ ...about, expected: `fires until ${atLeast} at least`, seen });
  }
  return broken;
}

/** What does not exist is silent, and proves nothing. */
function checkNever({ alert, service, because }: AboutAlert, rules: readonly AlertRule[]): Broken[] {
  if (service === undefined || rules.some((rule) => rule.alert === alert && serviceOf(rule) === service)) return [];
  return [{ alert, service, expected: 'stays silent', seen: 'there is no such rule', because }];
}

function serviceOf({ labels }: AlertRule): string {
  return labels['service'] ?? 'project';
}

/**
 * What is broken where no rule could have fired: without rules, and without a value of any of them, everything stays as
 * silent as the scenario expects, and nothing is proven.
 *
 * @param values whether each rule that reads series had a value at any evaluation.
 */
export function checkProven(
  scenario: Scenario,
  rules: readonly AlertRule[],
  values: ReadonlyMap<string, boolean>,
): readonly BrokenExpectation[] {
  const awake = rules.filter(({ paused }) => !paused);
  const reading = awake.flatMap(({ uid }) => values.get(uid) ?? []);
  const seen =
    awake.length === 0
      ? 'there are none'
      : reading.length > 0 && reading.every((one) => !one)
        ? 'none has a value at any evaluation: their series are not those of the scenario'
        : undefined;
  const because = 'Silence proves nothing where nothing could have spoken.';
  const about = { scenario: scenario.id, alert: 'every alert', service: 'any' };
  return seen === undefined ? [] : [{ ...about, expected: 'rules that see data', seen, because }];
}

/** Whatever nobody named must stay silent. */
function unexpected(scenario: Scenario, alerts: readonly ReplayedAlert[]): Broken[] {
  const { must, may, never } = scenario.expect;
  const names = (about: { alert: string; service?: string }, one: ReplayedAlert) =>
    about.alert === one.alert && (about.service === undefined || about.service === one.service);
  return alerts.flatMap((one) => {
    const first = firstFiring(one.spans);
    if (first === undefined || one.severity === 'none') return [];
    const forbidden = never.find((about) => names(about, one));
    const allowed = may.filter((about) => names(about, one));
    const known = must.some((about) => names(about, one)) || allowed.length > 0;
    const wakes = one.severity === 'critical' && !must.some((about) => names(about, one));
    if (forbidden === undefined && known && wakes && !allowed.some(({ pages }) => pages === true)) {
      const { because } = allowed[0] ?? scenario;
      const service = formatSubject(one.service, one.series);
      return [{ alert: one.alert, service, expected: 'only warns', seen: `pages at ${formatSecond(first)}`, because }];
    }
    if (forbidden === undefined && known) return [];
    return [
      {
        alert: one.alert,
        service: formatSubject(one.service, one.series),
        expected: 'stays silent',
        seen: `fires at ${formatSecond(first)}`,
        because: forbidden?.because ?? scenario.because,
      },
    ];
  });
}

function firstBy(
  { because }: Scenario,
  alerts: readonly ReplayedAlert[],
  severity: 'warning' | 'critical',
  by: TimeOfDay | undefined,
): Broken[] {
  if (by === undefined) return [];
  const firing = alerts.filter((one) => one.severity === severity).map((one) => firstFiring(one.spans) ?? Infinity);
  const first = Math.min(...firing, Infinity);
  if (first <= secondsOf(by)) return [];
  const seen = first === Infinity ? 'none at all' : `the first fires at ${formatSecond(first)}`;
  const what = severity === 'critical' ? 'a page' : 'a warning';
  return [{ alert: `first ${severity}`, service: 'any', expected: `${what} by ${by}`, seen, because }];
}

function resolving({ expect, because }: Scenario, alerts: readonly ReplayedAlert[]): Broken[] {
  const by = expect.resolvedBy;
  if (by === undefined) return [];
  return alerts.flatMap((one) => {
    if (firstFiring(one.spans) === undefined) return [];
    const end = lastResolved(one.spans);
    if (end !== undefined && end <= secondsOf(by)) return [];
    const seen = end === undefined ? 'still fires at the end' : `is resolved at ${formatSecond(end)}`;
    return [
      {
        alert: one.alert,
        service: formatSubject(one.service, one.series),
        expected: `is resolved by ${by}`,
        seen,
        because,
      },
    ];
  });
}

/** An alert that fires, resolves and fires again is two messages too many. */
function flapping(alerts: readonly ReplayedAlert[]): Broken[] {
  return alerts.flatMap((one) => {
    const spans = one.spans.filter((span): span is AlertSpan & { firing: number } => span.firing !== undefined);
    if (spans.length < 2) return [];
    return [
      {
        alert: one.alert,
        service: formatSubject(one.service, one.series),
        expected: 'fires once',
        seen: `fires ${spans.length} times: ${spans.map(({ firing }) => formatSecond(firing)).join(', ')}`,
        because: 'An alert that flaps is muted, and then missed.',
      },
    ];
  });
}

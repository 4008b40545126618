import type { AlertRule } from '../model/alert-rule.ts';
import { firstFiring, type Replay, type ReplayedAlert } from '../model/replay.ts';
import { type Scenario, secondsOf } from '../scenario/index.ts';
import { type Evaluated, type EvaluatedRule, evaluateScenarios, type ReplayContext } from './evaluate.ts';
import { checkExpectations, checkProven } from './expectations.ts';
import { grafanaSpans, NO_DATA_SERIES } from './grafana-states.ts';
import { modelNotifications } from './notifications.ts';

/**
 * Runs rules over scenarios, and tells for each what would have fired when and which expectations do not hold.
 *
 * @example await replayScenarios([incidentLinear], rules, { catalog, project, processes: 2, ...(await openPromtool(io)) })
 * @throws ExplainedError T102 if promtool cannot evaluate the rules, T106 where a service's series cannot be made.
 */
export async function replayScenarios(
  scenarios: readonly Scenario[],
  rules: readonly AlertRule[],
  context: ReplayContext,
): Promise<readonly Replay[]> {
  const evaluated = await evaluateScenarios(scenarios, rules, context);
  return evaluated.map((one) => judge(one, rules));
}

/**
 * What the rules make of an evaluated scenario. Rules may differ from the evaluated ones in all but their
 * expressions: another threshold needs no promtool.
 */
export function judge({ scenario, rules: evaluated }: Evaluated, rules: readonly AlertRule[]): Replay {
  const until = secondsOf(scenario.until);
  const judged = rules
    .flatMap((rule) => judgeRule(rule, evaluated.get(rule.uid)).map((alert) => ({ rule, alert })))
    .sort(
      ({ alert: left }, { alert: right }) =>
        (firstFiring(left.spans) ?? Infinity) - (firstFiring(right.spans) ?? Infinity) ||
        compareText(left.uid, right.uid) ||
        compareText(JSON.stringify(left.series), JSON.stringify(right.series)),
    );
  const alerts = judged.map(({ alert }) => alert);
  const { id, title, because, day, assumptions } = scenario;
  return {
    scenario: {
      id,
      title,
      because,
      day,
      from: secondsOf(scenario.from),
      until,
      events: scenario.events.map((event) => ({ ...event, at: secondsOf(event.at) })),
      assumptions,
    },
    engine: 'promtool',
    rules: rules.length,
    silent: silentAlerts(rules, alerts),
    alerts,
    notifications: modelNotifications(
      judged.map(({ rule, alert: { series, spans } }) => ({ rule, series, spans })),
      until,
    ),
    broken: [...checkProven(scenario, rules, valuesSeen(evaluated)), ...checkExpectations(scenario, alerts, rules)],
  };
}

/** Of the rules that read series, whether they had a value. */
function valuesSeen(evaluated: Evaluated['rules']): ReadonlyMap<string, boolean> {
  const reading = [...evaluated].filter(([, { selects }]) => selects);
  return new Map(reading.map(([uid, { evaluations }]) => [uid, evaluations.some(({ values }) => values.size > 0)]));
}

function judgeRule(rule: AlertRule, evaluated: EvaluatedRule | undefined): ReplayedAlert[] {
  if (evaluated === undefined || rule.paused) return [];
  const { evaluations, prometheus } = evaluated;
  const grafana = grafanaSpans(rule, evaluations);
  const { uid, alert, severity, threshold, comparison, unit } = rule;
  return [...new Set([...grafana.keys(), ...prometheus.keys()])].flatMap((key) => {
    const [spans, theirs] = [grafana.get(key) ?? [], prometheus.get(key) ?? []];
    if (spans.length === 0 && theirs.length === 0) return [];
    return [
      {
        uid,
        alert,
        service: rule.labels['service'] ?? 'project',
        severity,
        series: JSON.parse(key === NO_DATA_SERIES ? '{}' : key) as Record<string, string>,
        spans,
        prometheus: theirs,
        threshold,
        comparison,
        unit,
        signal: evaluations.flatMap(({ at, values }) => {
          const value = values.get(key);
          return value === undefined ? [] : [{ at, value }];
        }),
      },
    ];
  });
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

function silentAlerts(rules: readonly AlertRule[], alerts: readonly ReplayedAlert[]): readonly string[] {
  const fired = new Set(alerts.filter(({ spans }) => firstFiring(spans) !== undefined).map(({ alert }) => alert));
  return [...new Set(rules.map(({ alert }) => alert))].filter((alert) => !fired.has(alert)).sort();
}

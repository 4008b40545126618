import pLimit from 'p-limit';
import { type AlertRule, watchesQueries } from '../model/alert-rule.ts';
import { groupBy } from '../model/group-by.ts';
import { type AlertSpan, firstFiring, type Replay, type ReplayedAlert } from '../model/replay.ts';
import type { Service } from '../model/service.ts';
import { buildSeries, gridOf, type Scenario, type SeriesContext, secondsOf } from '../scenario/index.ts';
import { checkExpectations } from './expectations.ts';
import { type Evaluation, grafanaSpans, NO_DATA_SERIES } from './grafana-states.ts';
import { modelNotifications } from './notifications.ts';
import type { Report } from './output.ts';
import { runPromtool } from './promtool.ts';
import { servicesRead } from './selection.ts';
import { evaluationTimes } from './test-file.ts';

/** What a replay needs. */
export interface ReplayContext extends SeriesContext {
  /** Path of promtool; see `findPromtool()`. */
  readonly promtool: string;
  /** How many promtool processes run at once. Default: 2. */
  readonly processes?: number;
  /** Called when promtool is done with a scenario: days of them take minutes. */
  readonly onDone?: (scenario: string) => void;
}

/** What promtool answered about a scenario: enough to judge the rules, and others with the same expressions. */
export interface Evaluated {
  readonly scenario: Scenario;
  /** By the rule's UID. */
  readonly rules: ReadonlyMap<string, EvaluatedRule>;
}

interface EvaluatedRule {
  readonly evaluations: readonly Evaluation[];
  /** Prometheus' own alerts, by series. */
  readonly prometheus: ReadonlyMap<string, readonly AlertSpan[]>;
}

/**
 * Runs rules over scenarios, and tells for each what would have fired when and which expectations do not hold.
 *
 * @example await replayScenarios([incidentLinear], rules, { catalog, project, promtool: await findPromtool() })
 * @throws PromtoolError if promtool can not evaluate the rules.
 */
export async function replayScenarios(
  scenarios: readonly Scenario[],
  rules: readonly AlertRule[],
  context: ReplayContext,
): Promise<readonly Replay[]> {
  const evaluated = await evaluateScenarios(scenarios, rules, context);
  return evaluated.map((one) => judge(one, rules));
}

/** Only the part that needs promtool: one process for each scenario and rule group. */
export async function evaluateScenarios(
  scenarios: readonly Scenario[],
  rules: readonly AlertRule[],
  context: ReplayContext,
): Promise<readonly Evaluated[]> {
  const limit = pLimit(context.processes ?? 2);
  return Promise.all(
    scenarios.map(async (scenario) => {
      const parts = [...groupBy(rules, ({ group }) => group).values()].map((members) =>
        limit(() => evaluateGroup(scenario, members, context)),
      );
      const evaluated = new Map((await Promise.all(parts)).flat());
      context.onDone?.(scenario.id);
      return { scenario, rules: evaluated };
    }),
  );
}

async function evaluateGroup(
  scenario: Scenario,
  rules: readonly AlertRule[],
  context: ReplayContext,
): Promise<[uid: string, rule: EvaluatedRule][]> {
  const grid = gridOf(scenario, context.project);
  const { services } = context.catalog;
  // They are 0 wherever Prometheus answers, and asking for all queries once more would take as long as the replay.
  const asked = rules.map((rule) => (watchesQueries(rule) ? { ...rule, expr: 'vector(0)' } : rule));
  const series = servicesRead(asked, services).flatMap((service) => buildSeries(scenario, service, context));
  const interval = rules[0]?.evaluationInterval ?? '1m';
  const evaluations = evaluationTimes((grid.samples - 1) * grid.step, interval);
  const report = await runPromtool(context.promtool, { rules: asked, series, step: grid.step, evaluations });
  const untold = untoldLabels(services);
  const signals = groupBy(report.signals, ({ labels }) => labels['rule'] ?? '');
  // The names of a group's alerts are unique: the evaluation would not be exact otherwise.
  const alerts = groupBy(report.alerts, ({ labels }) => labels['alertname'] ?? '');
  return rules.map((rule) => {
    const at = groupBy(signals.get(rule.uid) ?? [], (sample) => sample.at);
    const fired = groupBy(alerts.get(rule.alert) ?? [], ({ labels }) => seriesKey(rule, labels, untold));
    const answered = evaluations.map((second): Evaluation => {
      const now = grid.start + second;
      if (isOut(scenario, now)) return { at: now, values: new Map(), failed: true };
      const samples = at.get(second) ?? [];
      return { at: now, values: new Map(samples.map(({ labels, value }) => [seriesKey(rule, labels, untold), value])) };
    });
    const spans = [...fired].map(([key, samples]) => [key, prometheusSpans(samples, evaluations, grid.start)] as const);
    return [rule.uid, { evaluations: answered, prometheus: new Map(spans) }];
  });
}

/** Whether Prometheus does not answer Grafana. promtool, which is Prometheus, knows nothing of it. */
function isOut({ outages }: Scenario, second: number): boolean {
  return outages.some(({ from, until }) => second >= secondsOf(from) && second < secondsOf(until));
}

/** Labels that come from the series, less those that every series of the rule has. */
function seriesKey(rule: AlertRule, labels: Readonly<Record<string, string>>, untold: ReadonlySet<string>): string {
  const own = Object.entries(labels).filter(([name]) => !untold.has(name) && !Object.hasOwn(rule.labels, name));
  return own.length === 0 ? '{}' : JSON.stringify(Object.fromEntries(own.sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** Labels that tell nothing apart: the job is fixed by the rule, and the profile's own names stand beside ours. */
function untoldLabels(services: readonly Service[]): ReadonlySet<string> {
  const native = services.flatMap(({ metrics: { client, databasePool, httpPool } }) => [
    client.address,
    databasePool.pool,
    ...(httpPool.kind === 'gauge' ? [httpPool.address] : []),
  ]);
  const ours = ['pool', 'dependency', 'family'];
  return new Set([
    '__name__',
    'alertname',
    'alertstate',
    'job',
    'rule',
    ...native.filter((name) => !ours.includes(name)),
  ]);
}

function prometheusSpans(
  samples: Report['alerts'],
  evaluations: readonly number[],
  start: number,
): readonly AlertSpan[] {
  const states = new Map(samples.map(({ at, labels }) => [at, labels['alertstate'] ?? '']));
  const spans: { pending: number; firing?: number; resolved?: number }[] = [];
  let open: (typeof spans)[number] | undefined;
  for (const second of evaluations) {
    const at = start + second;
    const state = states.get(second);
    if (state === undefined) {
      if (open !== undefined) open.resolved = at;
      open = undefined;
      continue;
    }
    if (open === undefined) {
      open = { pending: at };
      spans.push(open);
    }
    if (state === 'firing') open.firing ??= at;
  }
  return spans;
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
    broken: checkExpectations(scenario, alerts, rules),
  };
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

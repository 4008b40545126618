/** The part of a replay that needs promtool: what every rule's expression is worth at every evaluation. */
import pLimit from 'p-limit';
import { type AlertRule, watchesQueries } from '../model/alert-rule.ts';
import { ExplainedError } from '../model/explained-error.ts';
import { groupBy } from '../model/group-by.ts';
import { visible } from '../model/outside-text.ts';
import type { AlertSpan } from '../model/replay.ts';
import type { Service } from '../model/service.ts';
import {
  buildSeries,
  checkTimes,
  type Grid,
  gridOf,
  type Scenario,
  type Series,
  type SeriesContext,
  secondsOf,
  statedSeries,
  unmakeable,
} from '../scenario/index.ts';
import { type AnsweredSeries, answerOf, keyOf, parseAnswer, type RuleAnswer, renderAnswer } from './answers.ts';
import type { Evaluation } from './grafana-states.ts';
import { parseReport } from './output.ts';
import { selectionOf } from './selection.ts';
import { evaluationTimes, type RulesForm, rulesFile, testFile } from './test-file.ts';

/** promtool, as it is used here. */
export interface RuleTester {
  /** Its own words for its version: answers of another one are not believed. */
  version(): Promise<string>;
  /** Runs a test file over a rules file; answers with all that it wrote. */
  testRules(files: { readonly rules: string; readonly test: string }): Promise<string>;
}

/** A place for its answers. */
export interface AnswerStore {
  read(key: string): Promise<string | undefined>;
  keep(key: string, text: string): Promise<void>;
}

/** What a replay needs. */
export interface ReplayContext extends Omit<SeriesContext, 'reads' | 'detail'> {
  readonly promtool: RuleTester;
  /** Where answers are kept. Default: nowhere, so that every rule is evaluated again. */
  readonly answers?: AnswerStore;
  /** How many promtool processes run at once: one for each processor. */
  readonly processes: number;
  /** Called when promtool is done with a scenario: days of them take minutes. */
  readonly onDone?: (scenario: string) => void;
}

/** What promtool answered about a scenario: enough to judge the rules, and others with the same expressions. */
export interface Evaluated {
  readonly scenario: Scenario;
  /** By the rule's UID. */
  readonly rules: ReadonlyMap<string, EvaluatedRule>;
}

/** What promtool answered about a rule. */
export interface EvaluatedRule {
  readonly evaluations: readonly Evaluation[];
  /** Prometheus' own alerts, by series. */
  readonly prometheus: ReadonlyMap<string, readonly AlertSpan[]>;
  /** Its expression selects series: `vector(1)` has a value whatever happens, and proves nothing. */
  readonly selects: boolean;
}

/**
 * Evaluates rules over scenarios: one process at most for each scenario and rule group.
 *
 * @throws ExplainedError T102 if promtool cannot evaluate the rules, T105 for times of a scenario that are none, T106 where
 * a service's series cannot be made.
 */
export async function evaluateScenarios(
  scenarios: readonly Scenario[],
  rules: readonly AlertRule[],
  context: ReplayContext,
): Promise<readonly Evaluated[]> {
  const problems = scenarios.flatMap(checkTimes);
  if (problems.length > 0) throw unmakeable(problems);
  const limit = pLimit(Math.max(1, context.processes));
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
  members: readonly AlertRule[],
  context: ReplayContext,
): Promise<[uid: string, rule: EvaluatedRule][]> {
  // They are 0 wherever Prometheus answers, and asking for all queries once more would take as long as the replay.
  const rules = members.map((rule) => (watchesQueries(rule) ? { ...rule, expr: 'vector(0)' } : rule));
  const { catalog, project } = context;
  const grid = gridOf(scenario, project);
  const selection = selectionOf(rules.map(({ expr }) => expr));
  const { reads } = selection;
  const series = [
    ...selection
      .services(catalog.services)
      .flatMap((service) => buildSeries(scenario, service, { catalog, project, reads })),
    ...statedSeries(scenario, { project, reads }),
  ];
  const evaluations = evaluationTimes((grid.samples - 1) * grid.step, rules[0]?.evaluationInterval ?? '1m');
  const answers = await answersTo({ rules, series, grid, evaluations }, context);
  const reading = { scenario, grid, evaluations, untold: untoldLabels(catalog.services) };
  return rules.map((rule) => [rule.uid, evaluatedRule(rule, answers.get(rule.uid), reading)]);
}

interface Asked {
  readonly rules: readonly AlertRule[];
  readonly series: readonly Series[];
  readonly grid: Grid;
  readonly evaluations: readonly number[];
}

/** Answers that are kept, and those that promtool has to be asked for. */
async function answersTo(
  { rules, series, grid: { step }, evaluations }: Asked,
  { promtool, answers }: ReplayContext,
): Promise<ReadonlyMap<string, RuleAnswer>> {
  const known = new Map<string, RuleAnswer>();
  const keys = new Map<string, string>();
  const version = answers === undefined ? '' : await promtool.version();
  const missing: AlertRule[] = [];
  for (const together of inseparable(rules)) {
    const read = selectionOf(together.map(({ expr }) => expr));
    const own = answers === undefined ? [] : series.filter(({ name, labels }) => read.reads(name, labels));
    let complete = answers !== undefined;
    for (const rule of together) {
      if (answers === undefined) break;
      const key = keyOf({ version, rules: together, series: own, step, evaluations }, rule);
      keys.set(rule.uid, key);
      const text = await answers.read(key);
      const answer = text === undefined ? undefined : parseAnswer(text, evaluations.length);
      if (answer === undefined) complete = false;
      else known.set(rule.uid, answer);
    }
    if (!complete) missing.push(...together);
  }
  if (missing.length === 0) return known;
  const { reads } = selectionOf(missing.map(({ expr }) => expr));
  const wanted = series.filter(({ name, labels }) => reads(name, labels));
  const report = await runPromtool(promtool, { rules: missing, series: wanted, step, evaluations });
  for (const rule of missing) {
    const answer = answerOf(report, rule, evaluations);
    known.set(rule.uid, answer);
    const key = keys.get(rule.uid);
    if (key !== undefined) await answers?.keep(key, renderAnswer(answer));
  }
  return known;
}

/** Rules that mean the same alone as beside the others of their group; where one reads what others make, all of them. */
function inseparable(rules: readonly AlertRule[]): readonly (readonly AlertRule[])[] {
  return selectionOf(rules.map(({ expr }) => expr)).others ? [rules] : rules.map((rule) => [rule]);
}

/** Rules, and the series to evaluate them on. */
export interface PromtoolRun {
  readonly rules: readonly AlertRule[];
  readonly series: readonly Series[];
  /** Seconds between samples. */
  readonly step: number;
  /** Seconds after the first sample, ascending. */
  readonly evaluations: readonly number[];
  /** Default: `recorded`. */
  readonly form?: RulesForm;
}

/**
 * Evaluates rules in promtool, and answers with every alert and every signal of every evaluation.
 *
 * @throws ExplainedError T102 if promtool cannot evaluate them, T108 if it is too old to read the series; the message holds
 * its own words.
 */
export async function runPromtool(promtool: RuleTester, { rules, series, step, evaluations, form }: PromtoolRun) {
  const evaluationInterval = rules[0]?.evaluationInterval ?? '1m';
  const output = await promtool.testRules({
    rules: rulesFile(rules, form),
    test: testFile({ rulesFile: 'rules.json', step, evaluationInterval, series, evaluations }),
  });
  const report = parseReport(output);
  const modern = modernSeries(series);
  if (report === undefined && modern !== undefined && /series sequence|in label set/.test(output)) {
    throw new ExplainedError({
      code: 'T108',
      message: `this promtool cannot read ${modern}: ${visible(output.trim().slice(0, 300))}`,
      remedy: 'Install the promtool of a Prometheus 3, and see that it comes first in PATH',
    });
  }
  if (report === undefined) {
    throw new ExplainedError({
      code: 'T102',
      message: `promtool could not evaluate the rules: ${visible(output.trim().slice(0, 1000))}`,
      remedy: 'npm run validate checks every expression; a rule that promtool alone refuses is named above',
    });
  }
  return report;
}

/** What of the series only newer versions of promtool read; undefined where any does. */
function modernSeries(series: readonly Series[]): string | undefined {
  const native = series.find((one) => one.native !== undefined);
  if (native !== undefined) return `native histograms such as ${native.name}`;
  const quoted = series.find(({ name }) => !/^[A-Za-z_:][\w:]*$/.test(name));
  return quoted && `names such as ${quoted.name}`;
}

interface Reading {
  readonly scenario: Scenario;
  readonly grid: Grid;
  readonly evaluations: readonly number[];
  readonly untold: ReadonlySet<string>;
}

function evaluatedRule(rule: AlertRule, answer: RuleAnswer | undefined, reading: Reading): EvaluatedRule {
  const { scenario, grid, evaluations, untold } = reading;
  const keyed = (series: readonly AnsweredSeries[]) =>
    series.map((one) => ({ ...one, key: seriesKey(rule, one.labels, untold) }));
  const signals = keyed(answer?.signals ?? []);
  const answered = evaluations.map((second, index): Evaluation => {
    const at = grid.start + second;
    if (isOut(scenario, at)) return { at, values: new Map(), failed: true };
    const values = signals.flatMap(({ key, values: all }) => {
      const value = all[index];
      return value === undefined ? [] : [[key, value] as const];
    });
    return { at, values: new Map(values) };
  });
  const alerts = groupBy(keyed(answer?.alerts ?? []), ({ key }) => key);
  const spans = [...alerts].map(([key, states]) => [key, prometheusSpans(states, evaluations, grid.start)] as const);
  return { evaluations: answered, prometheus: new Map(spans), selects: selectionOf([rule.expr]).any };
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
  const native = services.flatMap(({ metrics: { client, databasePool, databasePools, httpPool } }) => [
    ...(client === undefined ? [] : [client.address]),
    ...[databasePool, ...Object.values(databasePools ?? {})].flatMap((pools) => pools?.pool ?? []),
    ...(httpPool?.kind === 'gauge' ? [httpPool.address] : []),
  ]);
  const ours = ['pool', 'dependency', 'family', 'database'];
  return new Set([
    '__name__',
    'alertname',
    'alertstate',
    'job',
    'rule',
    ...native.filter((name) => !ours.includes(name)),
  ]);
}

/** An alert is a series for each of its states. */
function prometheusSpans(
  states: readonly AnsweredSeries[],
  evaluations: readonly number[],
  start: number,
): readonly AlertSpan[] {
  const spans: { pending: number; firing?: number; resolved?: number }[] = [];
  let open: (typeof spans)[number] | undefined;
  evaluations.forEach((second, index) => {
    const at = start + second;
    const now = states.filter(({ values }) => values[index] !== undefined).map(({ labels }) => labels['alertstate']);
    if (now.length === 0) {
      if (open !== undefined) open.resolved = at;
      open = undefined;
      return;
    }
    if (open === undefined) {
      open = { pending: at };
      spans.push(open);
    }
    if (now.includes('firing')) open.firing ??= at;
  });
  return spans;
}

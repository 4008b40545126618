/**
 * Grafana's own engine: its backtest API runs a rule through the real scheduler and state machine over the past of
 * its data source. The Prometheus behind it has to hold the scenario's series; docs/replay.md says how.
 */
import pLimit from 'p-limit';
import { z } from 'zod';
import { encodeGrafanaRule } from '../encode/index.ts';
import type { AlertRule } from '../model/alert-rule.ts';
import { ExplainedError } from '../model/explained-error.ts';
import { visible } from '../model/outside-text.ts';
import type { AlertSpan, Second } from '../model/replay.ts';
import { type Scenario, secondsOf } from '../scenario/index.ts';

/** Posts JSON to Grafana and answers with what it says; injected, so that this room talks to nobody itself. */
export type PostJson = (path: string, body: unknown) => Promise<unknown>;

/** Spans of one series as Grafana's engine reports them. */
export interface BacktestedSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly spans: readonly AlertSpan[];
}

/** Grafana has no backtest API, or did less than it was asked. */
function backtestError(message: string, remedy: string, cause?: unknown): ExplainedError {
  return new ExplainedError({ code: 'T104', message, remedy, cause });
}

/** How long before the first event the engine starts: states begin as normal, and `for` has to have room. */
const LEAD_SECONDS = 30 * 60;

/** The part of a scenario that is run through Grafana: from half an hour before its first event. */
export function backtestSpan({ events, from, until }: Scenario): readonly [from: Second, until: Second] {
  const first = Math.min(...events.map(({ at }) => secondsOf(at)), secondsOf(until));
  return [Math.max(secondsOf(from), first - LEAD_SECONDS), secondsOf(until)];
}

/**
 * Runs every rule over a scenario in Grafana; by the rule's UID.
 *
 * @throws ExplainedError T104 if Grafana stops before the end: `backtesting_max_evaluations` is too low.
 */
export async function backtestRules(
  scenario: Scenario,
  rules: readonly AlertRule[],
  post: PostJson,
  parallel = 4,
): Promise<ReadonlyMap<string, readonly BacktestedSeries[]>> {
  const limit = pLimit(parallel);
  const [from, until] = backtestSpan(scenario);
  const midnight = Date.parse(`${scenario.day}T00:00:00Z`);
  const results = rules.map((rule) =>
    limit(async () => {
      const answer = await post('/api/v1/rule/backtest', backtestBody(rule, midnight / 1000, [from, until]));
      return [rule.uid, parseBacktest(answer, midnight, rule)] as const;
    }),
  );
  return new Map(await Promise.all(results));
}

/** What the backtest API wants to know: the rule as it is synced, and a span of time. */
export function backtestBody(rule: AlertRule, midnight: number, [from, until]: readonly [Second, Second]): object {
  const form = encodeGrafanaRule(rule, '');
  const time = (second: Second) => new Date((midnight + second) * 1000).toISOString();
  return {
    from: time(from),
    // The end itself is not evaluated.
    to: time(until + 1),
    interval: rule.evaluationInterval,
    condition: form['condition'],
    data: form['data'],
    for: rule.for,
    keep_firing_for: rule.keepFiringFor,
    title: rule.alert,
    labels: rule.labels,
    no_data_state: form['noDataState'],
    exec_err_state: form['execErrState'],
    missing_series_evals_to_resolve: rule.missingSeriesEvalsToResolve,
    uid: rule.uid,
  };
}

const frame = z.looseObject({
  schema: z.looseObject({
    meta: z.looseObject({ notices: z.array(z.looseObject({ text: z.string() })).optional() }).optional(),
  }),
  data: z.object({ values: z.tuple([z.array(z.number()), z.array(z.unknown())]).rest(z.unknown()) }),
});
const transition = z.looseObject({
  previous: z.string(),
  current: z.string(),
  labels: z.record(z.string(), z.string()).optional(),
});

/** Transitions of states as spans. States carry a reason in brackets where there is one: `Normal (MissingSeries)`. */
export function parseBacktest(answer: unknown, midnight: number, rule: AlertRule): readonly BacktestedSeries[] {
  const parsed = frame.safeParse(answer);
  if (!parsed.success) {
    throw backtestError(`Grafana's answer on ${rule.uid} is not understood`, 'Use Grafana 12.4', parsed.error);
  }
  const stopped = parsed.data.schema.meta?.notices?.find(({ text }) => text.includes('limit of'));
  if (stopped !== undefined) {
    throw backtestError(
      `Grafana stops before the end: ${visible(stopped.text)}`,
      'Raise backtesting_max_evaluations in [unified_alerting] of its configuration, to 1000 for example',
    );
  }
  const [times, lines] = parsed.data.data.values;
  const series = new Map<string, { labels: Record<string, string>; spans: Open[] }>();
  times.forEach((time, index) => {
    const line = transition.safeParse(lines[index]);
    if (!line.success) {
      throw backtestError(`Grafana's answer on ${rule.uid} is not understood`, 'Use Grafana 12.4', line.error);
    }
    const { current, labels = {} } = line.data;
    const key = JSON.stringify(Object.entries(labels).sort());
    const one = series.get(key) ?? { labels, spans: [] };
    series.set(key, one);
    follow(one.spans, current.replace(/ \(.*/, ''), Math.round((time - midnight) / 1000));
  });
  return [...series.values()];
}

interface Open {
  pending: Second;
  firing?: Second;
  resolved?: Second;
}

function follow(spans: Open[], state: string, at: Second): void {
  const last = spans.at(-1);
  const open = last !== undefined && last.resolved === undefined ? last : undefined;
  if (state === 'Pending' && open === undefined) spans.push({ pending: at });
  if (state === 'Alerting') {
    if (open === undefined) spans.push({ pending: at, firing: at });
    else open.firing ??= at;
  }
  if (state === 'Normal' && open !== undefined) open.resolved = at;
}

/** promtool's unit-test file: series, and a question for every evaluation. */
import { encodePrometheusRule } from '../encode/index.ts';
import { matcher, select } from '../metrics/promql.ts';
import type { AlertRule } from '../model/alert-rule.ts';
import { toSeconds } from '../model/duration.ts';
import { groupBy } from '../model/group-by.ts';
import { type NativeBuckets, type Series, STALE } from '../scenario/index.ts';

/** The recorded value of a rule's expression, before its threshold; the rule is in the label `rule`. */
export const SIGNAL_METRIC = 'replay:signal';

/** `plain`: exactly as they are encoded, without the recorded values. */
export type RulesForm = 'recorded' | 'plain';

/**
 * The rules as promtool evaluates them. Each expression is recorded once, and its alert compares the record: the
 * comparison, `for`, `keep_firing_for` and labels are those of the encoded rule, and the recorded value tells "below
 * the threshold" from "no data", which Prometheus' own alerts do not.
 */
export function rulesFile(rules: readonly AlertRule[], form: RulesForm = 'recorded'): string {
  const groups = groupBy(rules, ({ group }) => group);
  const file = {
    groups: [...groups].map(([name, members]) => ({
      name,
      interval: members[0]?.evaluationInterval ?? '1m',
      rules: members.flatMap((rule) =>
        form === 'plain'
          ? [withoutAnnotations(encodePrometheusRule(rule))]
          : [
              { record: SIGNAL_METRIC, expr: rule.expr, labels: { rule: rule.uid } },
              withoutAnnotations(encodePrometheusRule({ ...rule, expr: `${SIGNAL_METRIC}{rule="${rule.uid}"}` })),
            ],
      ),
    })),
  };
  // JSON is YAML, and written a hundred times faster.
  return JSON.stringify(file);
}

function withoutAnnotations(rule: ReturnType<typeof encodePrometheusRule>): ReturnType<typeof encodePrometheusRule> {
  const { annotations: _unused, ...rest } = rule;
  return rest as ReturnType<typeof encodePrometheusRule>;
}

/** What a run of promtool is about. */
export interface TestFile {
  readonly rulesFile: string;
  readonly step: number;
  readonly evaluationInterval: AlertRule['evaluationInterval'];
  readonly series: readonly Series[];
  /** Evaluations to ask about, in seconds after the first sample. */
  readonly evaluations: readonly number[];
}

/** The question of every evaluation: all alerts, pending or firing, and all recorded signals. */
export const QUESTION = `{__name__=~"ALERTS|${SIGNAL_METRIC}"}`;

/** The test file. It expects nothing at all, so that promtool reports everything there is. */
export function testFile({ rulesFile, step, evaluationInterval, series, evaluations }: TestFile): string {
  const last = evaluations.at(-1) ?? 0;
  return JSON.stringify({
    rule_files: [rulesFile],
    evaluation_interval: evaluationInterval,
    tests: [
      {
        interval: `${step}s`,
        input_series: series.map((one) => ({
          series: selectorOf(one),
          values: one.native === undefined ? valuesOf(one.samples) : nativeValuesOf(one.samples, one.native),
        })),
        promql_expr_test: [
          ...evaluations.map((second) => ({ expr: QUESTION, eval_time: `${second}s` })),
          { expr: SENTINEL, eval_time: `${last}s` },
        ],
      },
    ],
  });
}

/** Always reported: its absence from the output means that promtool did not get to the end. */
export const SENTINEL = 'vector(42)';

/** How many evaluations a span of time holds, from the first one on. */
export function evaluationTimes(seconds: number, interval: AlertRule['evaluationInterval']): readonly number[] {
  const step = toSeconds(interval);
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_unused, index) => index * step);
}

function selectorOf({ name, labels }: Series): string {
  return select(
    name,
    Object.entries(labels).map(([label, value]) => matcher(label, '=', value)),
  );
}

/** Samples of a native histogram in promtool's notation. https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series */
function nativeValuesOf(samples: Float64Array, { schema, offset, counts, sums }: NativeBuckets): string {
  const parts = Array.from(samples, (value, sample) => {
    if (value === STALE) return 'stale';
    if (Number.isNaN(value)) return '_';
    const buckets = counts.map((bucket) => bucket[sample] ?? 0).join(' ');
    return `{{schema:${schema} sum:${sums[sample] ?? 0} count:${value} buckets:[${buckets}] offset:${offset}}}`;
  });
  return parts.join(' ');
}

/**
 * Samples in promtool's notation, runs written short.
 *
 * @example valuesOf(Float64Array.of(0, 5, 10, 10, 10, NaN)) // '0+5x2 10x1 _x1' or the like
 */
export function valuesOf(samples: Float64Array): string {
  const parts: string[] = [];
  let index = 0;
  while (index < samples.length) {
    const value = samples[index] ?? Number.NaN;
    if (value === STALE) {
      parts.push('stale');
      index += 1;
      continue;
    }
    if (Number.isNaN(value)) {
      const run = runLength(samples, index, () => Number.NaN);
      parts.push(`_x${run}`);
      index += run;
      continue;
    }
    const step = (samples[index + 1] ?? Number.NaN) - value;
    const whole = Number.isInteger(value) && Number.isInteger(step);
    const run = whole || step === 0 ? runLength(samples, index, (ahead) => value + ahead * step) : 1;
    // Two numbers are as short as a run of two.
    if (run > 2) parts.push(step === 0 ? `${value}x${run - 1}` : `${value}${step > 0 ? '+' : ''}${step}x${run - 1}`);
    else parts.push(String(value));
    index += run > 2 ? run : 1;
  }
  return parts.join(' ');
}

function runLength(samples: Float64Array, from: number, expected: (ahead: number) => number): number {
  let ahead = 1;
  while (from + ahead < samples.length && Object.is(samples[from + ahead], expected(ahead))) ahead += 1;
  return ahead;
}

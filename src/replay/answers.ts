/**
 * promtool's answers, kept by what they depend on: promtool itself, the rule as it is encoded, every sample of the
 * series that it reads, and the form of question and answer. Nothing has to be forgotten when code changes.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AlertRule } from '../model/alert-rule.ts';
import { groupBy } from '../model/group-by.ts';
import { parseJson } from '../model/json.ts';
import { type Series, STALE } from '../scenario/index.ts';
import { parseReport, type Report, type ReportedSample } from './output.ts';
import { rulesFile, SENTINEL, SIGNAL_METRIC, testFile } from './test-file.ts';

/** A series of the answer, with its value at each evaluation; undefined where it has none. */
export interface AnsweredSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly (number | undefined)[];
}

/** What promtool says of one rule. */
export interface RuleAnswer {
  /** The value of its expression. */
  readonly signals: readonly AnsweredSeries[];
  /** Its alerts; the label `alertstate` tells pending from firing. */
  readonly alerts: readonly AnsweredSeries[];
}

/** A question to promtool about some rules of one group. */
export interface Question {
  /** promtool's own words for its version. */
  readonly version: string;
  /** The rules that have to be evaluated together. */
  readonly rules: readonly AlertRule[];
  readonly series: readonly Series[];
  readonly step: number;
  readonly evaluations: readonly number[];
}

/** The key of a rule's answer, which is also a file's name. */
export function keyOf({ version, rules, series, step, evaluations }: Question, { uid }: AlertRule): string {
  const hash = createHash('sha256');
  const about = [form(), version, uid, rulesFile(rules), rules[0]?.evaluationInterval ?? '', step, evaluations];
  hash.update(JSON.stringify(about));
  for (const one of series) hash.update(digestOf(one));
  return hash.digest('hex').slice(0, 40);
}

/** Several rules read the same series. */
const digests = new WeakMap<Series, Buffer>();

function digestOf(series: Series): Buffer {
  const known = digests.get(series);
  if (known !== undefined) return known;
  const { name, labels, samples } = series;
  const digest = createHash('sha256')
    .update(JSON.stringify([name, labels, samples.length]))
    .update(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength))
    .digest();
  digests.set(series, digest);
  return digest;
}

/** How questions are written and reports are read, shown by one that has every notation in it. */
function form(): string {
  shown ??= createHash('sha256')
    .update(
      JSON.stringify([
        testFile({
          rulesFile: 'rules.json',
          step: 15,
          evaluationInterval: '1m',
          series: [
            {
              name: 'a',
              labels: { b: 'c"\n' },
              samples: Float64Array.of(0, 5, 10, 15, 7, 7, 7, 7, Number.NaN, STALE, 1.5),
            },
          ],
          evaluations: [0, 60],
        }),
        parseReport(REPORT),
        schema.parse(kept({ signals: [{ labels: {}, values: [1, undefined, Number.NaN] }], alerts: [] })),
      ]),
    )
    .digest('hex');
  return shown;
}
let shown: string | undefined;

const REPORT = [
  '    expr: "{}", time: 1h2m,',
  `        got: {__name__="ALERTS", alertname="A", alertstate="firing", note="a \\"b\\""} 1E+00, {__name__="${SIGNAL_METRIC}", rule="a"} +Inf`,
  `    expr: "${SENTINEL}", time: 1h3m,`,
].join('\n');

/** What a report says of a rule. The names of a group's alerts are unique: the evaluation would not be exact otherwise. */
export function answerOf(report: Report, rule: AlertRule, evaluations: readonly number[]): RuleAnswer {
  return {
    signals: seriesOf(
      report.signals.filter(({ labels }) => labels['rule'] === rule.uid),
      evaluations,
    ),
    alerts: seriesOf(
      report.alerts.filter(({ labels }) => labels['alertname'] === rule.alert),
      evaluations,
    ),
  };
}

function seriesOf(samples: readonly ReportedSample[], evaluations: readonly number[]): readonly AnsweredSeries[] {
  const places = new Map(evaluations.map((second, index) => [second, index]));
  return [...groupBy(samples, ({ labels }) => JSON.stringify(Object.entries(labels).sort()))]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, members]) => {
      const values = new Array<number | undefined>(evaluations.length).fill(undefined);
      for (const { at, value } of members) {
        const place = places.get(at);
        if (place !== undefined) values[place] = value;
      }
      return { labels: members[0]?.labels ?? {}, values };
    });
}

/** JSON knows no infinity and no NaN. */
const NUMBERS = { NaN: Number.NaN, '+Inf': Number.POSITIVE_INFINITY, '-Inf': Number.NEGATIVE_INFINITY } as const;
const value = z.union([z.number(), z.null(), z.enum(['NaN', '+Inf', '-Inf'])]);
const seriesForm = z.strictObject({ labels: z.record(z.string(), z.string()), values: z.array(value) });
const schema = z.strictObject({ signals: z.array(seriesForm), alerts: z.array(seriesForm) });
type Kept = z.infer<typeof schema>;

/** The text of an answer, to be kept. */
export function renderAnswer(answer: RuleAnswer): string {
  return JSON.stringify(kept(answer));
}

function kept({ signals, alerts }: RuleAnswer): Kept {
  const all = (series: readonly AnsweredSeries[]) =>
    series.map(({ labels, values }) => ({ labels: { ...labels }, values: values.map(written) }));
  return { signals: all(signals), alerts: all(alerts) };
}

function written(number: number | undefined): z.infer<typeof value> {
  if (number === undefined) return null;
  if (Number.isNaN(number)) return 'NaN';
  if (Number.isFinite(number)) return number;
  return number > 0 ? '+Inf' : '-Inf';
}

/** Reads a kept answer; undefined where it is none, or one of other evaluations: then it is asked for again. */
export function parseAnswer(text: string, evaluations: number): RuleAnswer | undefined {
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const { signals, alerts } = parsed.data;
  if ([...signals, ...alerts].some(({ values }) => values.length !== evaluations)) return undefined;
  return { signals: signals.map(read), alerts: alerts.map(read) };
}

function read({ labels, values }: Kept['signals'][number]): AnsweredSeries {
  return {
    labels,
    values: values.map((one) => (one === null ? undefined : typeof one === 'string' ? NUMBERS[one] : one)),
  };
}

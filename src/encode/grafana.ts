/** Our rule model in Grafana's form, by the Foundation SDK's builders, and back. */
import type * as alerting from '@grafana/grafana-foundation-sdk/alerting';
import { z } from 'zod';
import type { AlertRule } from '../model/alert-rule.ts';
import { type Duration, toDuration } from '../model/duration.ts';
import { deepFreeze, type Json, type JsonObject, jsonEqual } from '../model/json.ts';
import { sdk } from './sdk.ts';
import { CONDITION_REF, decodeText, encodeText, QUERY_REF, unitOfRule } from './templates.ts';

/** Data source of Grafana's server-side expressions. */
const EXPRESSIONS = '__expr__';
const DASHBOARD_ANNOTATION = '__dashboardUid__';
const PANEL_ANNOTATION = '__panelId__';
/** What Grafana puts into every query model on save; sent at once, so that nothing differs afterwards. */
const QUERY_DEFAULTS = { intervalMs: 1000, maxDataPoints: 43_200 } as const;
/** Seconds of data a rule's query may look at; the ranges themselves stand in the expression. */
const QUERY_RANGE_SECONDS = 600;

/**
 * A rule in the form of Grafana's provisioning API. Two nodes: the query, and a threshold on it.
 *
 * @example encodeGrafanaRule(rule, 'acme-services').data.length // 2
 */
export function encodeGrafanaRule(rule: AlertRule, folderUid: string): JsonObject {
  const { notification } = rule;
  const settings = new sdk.alerting.NotificationSettingsBuilder()
    .receiver(notification.receiver)
    .groupBy([...notification.groupBy])
    .groupWait(notification.groupWait)
    .groupInterval(notification.groupInterval)
    .repeatInterval(notification.repeatInterval);
  if (notification.muteTimeIntervals !== undefined) settings.muteTimeIntervals([...notification.muteTimeIntervals]);
  const annotations = Object.fromEntries(
    Object.entries(rule.annotations).map(([name, text]) => [name, encodeText(text, rule.unit, 'grafana')]),
  );
  const built = new sdk.alerting.RuleBuilder(rule.alert)
    .uid(rule.uid)
    .folderUID(folderUid)
    .ruleGroup(rule.group)
    .orgID(1)
    .condition(CONDITION_REF)
    .queries([query(rule), threshold(rule)])
    .forDuration(rule.for)
    .keepFiringFor(rule.keepFiringFor)
    .noDataState(rule.noDataState === 'Error' ? 'NoData' : rule.noDataState)
    .execErrState(rule.execErrState === 'NoData' ? 'Error' : rule.execErrState)
    .missingSeriesEvalsToResolve(rule.missingSeriesEvalsToResolve)
    .isPaused(rule.paused)
    .labels({ ...rule.labels })
    .annotations({
      ...annotations,
      [DASHBOARD_ANNOTATION]: rule.dashboardUid,
      [PANEL_ANNOTATION]: String(rule.panelId),
    })
    .notificationSettings(settings)
    .build();
  return JSON.parse(JSON.stringify(built)) as JsonObject;
}

function query(rule: AlertRule): alerting.QueryBuilder {
  const model = new sdk.prometheus.DataqueryBuilder()
    .refId(QUERY_REF)
    .expr(rule.expr)
    .instant()
    .editorMode(sdk.prometheus.QueryEditorMode.Code)
    .intervalMs(QUERY_DEFAULTS.intervalMs)
    .maxDataPoints(QUERY_DEFAULTS.maxDataPoints);
  return new sdk.alerting.QueryBuilder(QUERY_REF)
    .datasourceUid(rule.dataSourceUid)
    .relativeTimeRange({ from: QUERY_RANGE_SECONDS, to: 0 })
    .model(model);
}

function threshold(rule: AlertRule): alerting.QueryBuilder {
  const model = new sdk.expr.TypeThresholdBuilder()
    .refId(CONDITION_REF)
    .datasource({ type: EXPRESSIONS, uid: EXPRESSIONS })
    .expression(QUERY_REF)
    .conditions([{ evaluator: { type: rule.comparison, params: [rule.threshold] } }])
    .intervalMs(QUERY_DEFAULTS.intervalMs)
    .maxDataPoints(QUERY_DEFAULTS.maxDataPoints);
  return new sdk.alerting.QueryBuilder(CONDITION_REF)
    .datasourceUid(EXPRESSIONS)
    .relativeTimeRange({ from: 0, to: 0 })
    .model(model);
}

const strings = z.record(z.string(), z.string());
const grafanaRule = z.looseObject({
  uid: z.string(),
  title: z.string(),
  ruleGroup: z.string(),
  for: z.string(),
  keep_firing_for: z.string().optional(),
  noDataState: z.enum(['Alerting', 'NoData', 'OK', 'KeepLast']),
  execErrState: z.enum(['Alerting', 'Error', 'OK', 'KeepLast']),
  missingSeriesEvalsToResolve: z.number().optional(),
  isPaused: z.boolean().optional(),
  labels: strings.optional(),
  annotations: strings.optional(),
  data: z.array(z.looseObject({ refId: z.string(), datasourceUid: z.string(), model: z.looseObject({}) })),
  notification_settings: z
    .looseObject({
      receiver: z.string(),
      group_by: z.array(z.string()).optional(),
      group_wait: z.string().optional(),
      group_interval: z.string().optional(),
      repeat_interval: z.string().optional(),
      mute_time_intervals: z.array(z.string()).optional(),
    })
    .optional(),
});

/** A rule read from Grafana: as far as our model can say it, and what it cannot. */
export interface DecodedRule {
  readonly rule: AlertRule;
  /** What would be lost by writing `rule`: fields that someone added or that this version does not know. */
  readonly rest: JsonObject | undefined;
}

/**
 * The way back from Grafana's form, which has to have the fields of the provisioning API. Anything that does not
 * come out again when the result is encoded stands in `rest`, so that no difference is ever hidden.
 *
 * @returns undefined where it is no rule of our kind at all.
 */
export function decodeGrafanaRule(form: Json, interval: Duration, folderUid: string): DecodedRule | undefined {
  const parsed = grafanaRule.safeParse(form);
  if (!parsed.success) return undefined;
  const { data, notification_settings: settings, labels = {}, annotations = {}, ...rest } = parsed.data;
  const source = data.find(({ refId }) => refId === QUERY_REF);
  const evaluator = evaluatorOf(data.find(({ refId }) => refId === CONDITION_REF)?.model);
  if (source === undefined || typeof source.model['expr'] !== 'string' || evaluator === undefined) return undefined;
  const unit = unitOfRule(labels['signal'] ?? '', Object.values(annotations), 'grafana');
  const texts = Object.entries(annotations).filter(
    ([name]) => name !== DASHBOARD_ANNOTATION && name !== PANEL_ANNOTATION,
  );
  const severity = labels['severity'];
  const rule: AlertRule = {
    uid: rest.uid,
    alert: rest.title,
    group: rest.ruleGroup,
    signal: labels['signal'] ?? '',
    expr: source.model['expr'],
    comparison: evaluator.type,
    threshold: evaluator.value,
    unit,
    for: duration(rest.for),
    keepFiringFor: duration(rest.keep_firing_for),
    evaluationInterval: interval,
    dataSourceUid: source.datasourceUid,
    severity: severity === 'critical' || severity === 'warning' ? severity : 'none',
    labels,
    annotations: Object.fromEntries(texts.map(([name, text]) => [name, decodeText(text, unit, 'grafana')])),
    dashboardUid: annotations[DASHBOARD_ANNOTATION] ?? '',
    panelId: Number(annotations[PANEL_ANNOTATION] ?? 0),
    notification: {
      receiver: settings?.receiver ?? '',
      groupBy: settings?.group_by ?? [],
      groupWait: duration(settings?.group_wait),
      groupInterval: duration(settings?.group_interval),
      repeatInterval: duration(settings?.repeat_interval),
      ...(settings?.mute_time_intervals?.length ? { muteTimeIntervals: settings.mute_time_intervals } : {}),
    },
    noDataState: rest.noDataState,
    execErrState: rest.execErrState,
    missingSeriesEvalsToResolve: rest.missingSeriesEvalsToResolve ?? 0,
    paused: rest.isPaused ?? false,
  };
  return deepFreeze({ rule, rest: leftOver(form as JsonObject, encodeGrafanaRule(rule, folderUid)) });
}

function evaluatorOf(
  model: Readonly<Record<string, unknown>> | undefined,
): { type: AlertRule['comparison']; value: number } | undefined {
  const condition = z
    .object({
      conditions: z.tuple([
        z.object({ evaluator: z.object({ type: z.enum(['gt', 'gte', 'lt']), params: z.array(z.number()).min(1) }) }),
      ]),
    })
    .safeParse(model);
  if (!condition.success) return undefined;
  const { type, params } = condition.data.conditions[0].evaluator;
  return { type, value: params[0] as number };
}

/** Top-level fields that encoding the decoded rule does not give back. */
function leftOver(form: JsonObject, encoded: JsonObject): JsonObject | undefined {
  const different = Object.entries(form).filter(([name, value]) => !jsonEqual(value, encoded[name]));
  return different.length === 0 ? undefined : Object.fromEntries(different);
}

/** Grafana prints durations in its own way: `300s` comes back as `5m`, `1h` as `1h0m0s`. */
function duration(text: string | undefined): Duration {
  return text === undefined ? '0s' : toDuration(inSeconds(text));
}

function inSeconds(text: string): number {
  const factors: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
  return [...text.matchAll(/(?<!\d)(\d+)([smhdw])/g)].reduce(
    (sum, [, digits, unit]) => sum + Number(digits) * (factors[unit ?? 's'] ?? 1),
    0,
  );
}

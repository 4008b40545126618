import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeGrafanaRule,
  encodeGrafanaRule,
  encodePrometheusRule,
  encodePrometheusRules,
} from '../../src/encode/index.ts';
import type { AlertRule } from '../../src/model/alert-rule.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Unit } from '../../src/model/quantity.ts';
import { isKnownSignal, SIGNAL_UNITS } from '../../src/model/signal.ts';
import { desiredOf, ruleOf, rulesOf } from '../support/world.ts';

const resources = rulesOf(desiredOf());
const FOLDER = 'bank-services';

function decoded(form: Json): AlertRule | undefined {
  return decodeGrafanaRule(form, '1m', FOLDER)?.rule;
}

describe('the Grafana form of a rule', () => {
  test('comes back as the rule it was made of, for every rule', () => {
    for (const { rule } of resources) {
      const back = decodeGrafanaRule(encodeGrafanaRule(rule, FOLDER), rule.evaluationInterval, FOLDER);
      expect(back?.rule).toEqual(rule);
      expect(back?.rest).toBeUndefined();
    }
  });

  test('comes back for any rule of our model', () => {
    const duration = fc.constantFrom('30s', '1m', '2m', '5m', '1h', '1d' as const);
    const text = fc.string({ maxLength: 40 });
    const rule = fc.record({
      uid: fc.stringMatching(/^bank-[a-z]{1,10}$/),
      alert: fc.stringMatching(/^[A-Z][A-Za-z]{2,20}$/),
      group: fc.stringMatching(/^[a-z]{1,10}$/),
      signal: fc.constantFrom(...Object.keys(SIGNAL_UNITS), 'queue-lag'),
      unit: fc.constantFrom<Unit>('ratio', 'seconds', 'count', 'factor'),
      expr: fc.string({ minLength: 1 }),
      comparison: fc.constantFrom('gt', 'gte', 'lt' as const),
      threshold: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
      for: duration,
      keepFiringFor: duration,
      severity: fc.constantFrom('critical', 'warning', 'none' as const),
      summary: text,
      receiver: fc.string({ minLength: 1, maxLength: 20 }),
      noDataState: fc.constantFrom('KeepLast', 'Alerting', 'NoData', 'OK' as const),
      execErrState: fc.constantFrom('KeepLast', 'Alerting', 'Error', 'OK' as const),
      paused: fc.boolean(),
      panelId: fc.nat(),
    });
    fc.assert(
      fc.property(rule, ({ summary, receiver, ...facts }) => {
        const model: AlertRule = {
          ...facts,
          // A project's own signal may have any unit.
          unit: isKnownSignal(facts.signal) ? SIGNAL_UNITS[facts.signal] : facts.unit,
          evaluationInterval: '1m',
          dataSourceUid: 'prometheus',
          labels: { signal: facts.signal, severity: facts.severity },
          annotations: { summary: `{{value}} ${summary} {{label:pool}}` },
          dashboardUid: 'bank-x',
          notification: {
            receiver,
            groupBy: ['alertname'],
            groupWait: '10s',
            groupInterval: '5m',
            repeatInterval: '4h',
          },
          missingSeriesEvalsToResolve: 5,
        };
        const back = decodeGrafanaRule(encodeGrafanaRule(model, FOLDER), '1m', FOLDER);
        expect(back?.rule).toEqual(model);
        expect(back?.rest).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test('leaves nothing to the SDK’s unsafe defaults', () => {
    const form = encodeGrafanaRule(ruleOf(desiredOf(), 'ServicePoolSaturated', 'user-account'), FOLDER);
    expect(form).toMatchObject({
      title: 'ServicePoolSaturated',
      for: '2m',
      keep_firing_for: '5m',
      noDataState: 'KeepLast',
      execErrState: 'KeepLast',
      condition: 'B',
      missingSeriesEvalsToResolve: 5,
      isPaused: false,
      notification_settings: { receiver: 'bank-chat', group_by: ['alertname', 'grafana_folder', 'system'] },
    });
    const [query, threshold] = form['data'] as unknown as { relativeTimeRange: unknown; model: JsonObject }[];
    expect(query?.relativeTimeRange).toEqual({ from: 600, to: 0 });
    expect(query?.model).toMatchObject({ instant: true, range: false, intervalMs: 1000, maxDataPoints: 43_200 });
    expect(threshold?.model['conditions']).toEqual([{ evaluator: { type: 'gte', params: [0.75] } }]);
  });

  test('shows what somebody added to a rule as something our model cannot say', () => {
    const rule = ruleOf(desiredOf(), 'ServiceErrorRateHigh', 'user-account');
    const form = encodeGrafanaRule(rule, FOLDER);
    const withTimes = {
      ...form,
      notification_settings: { ...(form['notification_settings'] as JsonObject), active_time_intervals: ['weekends'] },
    };
    expect(Object.keys(decodeGrafanaRule(withTimes, '1m', FOLDER)?.rest ?? {})).toEqual(['notification_settings']);
    const withQuery = {
      ...form,
      data: [...(form['data'] as readonly Json[]), { refId: 'C', datasourceUid: 'x', model: {} }],
    };
    expect(Object.keys(decodeGrafanaRule(withQuery, '1m', FOLDER)?.rest ?? {})).toEqual(['data']);
  });

  test('names the time intervals that it is muted in, and comes back with them', () => {
    const rule = ruleOf(desiredOf(), 'ServiceErrorRateHigh', 'user-account');
    const muted = { ...rule, notification: { ...rule.notification, muteTimeIntervals: ['bank-nights'] } };
    const form = encodeGrafanaRule(muted, FOLDER);
    expect(form['notification_settings']).toMatchObject({ mute_time_intervals: ['bank-nights'] });
    expect(decodeGrafanaRule(form, '1m', FOLDER)).toEqual({ rule: muted, rest: undefined });
    expect(encodeGrafanaRule(rule, FOLDER)['notification_settings']).not.toHaveProperty('mute_time_intervals');
  });

  test('understands durations as Grafana prints them', () => {
    const form = encodeGrafanaRule(ruleOf(desiredOf(), 'ServiceErrorRateHigh', 'user-account'), FOLDER);
    expect(decoded({ ...form, for: '180s' })?.for).toBe('3m');
    expect(decoded({ ...form, for: '1h0m0s' })?.for).toBe('1h');
  });

  test('is not made up for an object that is no rule of our kind', () => {
    const form = encodeGrafanaRule(ruleOf(desiredOf(), 'ServiceErrorRateHigh', 'user-account'), FOLDER);
    expect(decodeGrafanaRule({ title: 'x' }, '1m', FOLDER)).toBeUndefined();
    expect(decodeGrafanaRule({ ...form, data: [] }, '1m', FOLDER)).toBeUndefined();
  });

  test('does not fail to render its annotations when there is no value', () => {
    for (const { rule } of resources) {
      const { annotations } = encodeGrafanaRule(rule, FOLDER) as unknown as { annotations: Record<string, string> };
      const unguarded = (annotations['summary'] ?? '').replace(/\{\{ with \$values\.A \}\}.*?\{\{ end \}\}/g, '');
      expect(unguarded).not.toContain('$values');
    }
  });
});

describe('both forms of a rule', () => {
  test('agree in threshold, comparison, expression, for and labels', () => {
    const operators = { gt: '>', gte: '>=', lt: '<' } as const;
    for (const { rule } of resources) {
      const grafana = encodeGrafanaRule(rule, FOLDER) as unknown as {
        for: string;
        keep_firing_for: string;
        labels: object;
        data: [
          { model: { expr: string } },
          { model: { conditions: [{ evaluator: { type: keyof typeof operators; params: [number] } }] } },
        ];
      };
      const prometheus = encodePrometheusRule(rule) as unknown as {
        expr: string;
        for: string;
        keep_firing_for: string;
        labels: object;
      };
      const { type, params } = grafana.data[1].model.conditions[0].evaluator;
      expect(prometheus.expr.replace(/\s/g, '')).toBe(
        `(${grafana.data[0].model.expr})${operators[type]}${params[0]}`.replace(/\s/g, ''),
      );
      expect(prometheus.for).toBe(grafana.for);
      expect(prometheus.keep_firing_for).toBe(grafana.keep_firing_for);
      expect(prometheus.labels).toEqual(grafana.labels);
    }
  });

  test('speak each their own template language', () => {
    const rule = ruleOf(desiredOf(), 'ServicePoolSaturated', 'user-account');
    const summary = (form: JsonObject) => (form['annotations'] as JsonObject)['summary'];
    expect(summary(encodeGrafanaRule(rule, FOLDER))).toBe(
      'User Account: pool {{ $labels.pool }} is {{ with $values.A }}{{ humanizePercentage .Value }}{{ else }}(no data){{ end }} full',
    );
    expect(summary(encodePrometheusRule(rule))).toBe(
      'User Account: pool {{ $labels.pool }} is {{ humanizePercentage $value }} full',
    );
  });

  test('keep the groups of the services', () => {
    const { groups } = encodePrometheusRules(resources.map(({ rule }) => rule)) as unknown as {
      groups: { name: string; rules: unknown[] }[];
    };
    expect(groups.map(({ name, rules }) => `${name} ${rules.length}`)).toEqual([
      'app-gateway 12',
      'user-account 13',
      'offer-service 14',
      'project 1',
    ]);
  });
});

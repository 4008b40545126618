import { describe, expect, it } from 'vitest';
import { encodeGrafanaRule, encodePrometheusRule } from '../../src/encode/index.ts';
import { rulesFile } from '../../src/replay/test-file.ts';
import { ownRules } from '../support/replays.ts';

const OPERATORS = { gt: '>', gte: '>=', lt: '<' } as const;

interface GrafanaForm {
  readonly for: string;
  readonly keep_firing_for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly data: readonly {
    readonly model: {
      readonly expr?: string;
      readonly conditions?: readonly {
        readonly evaluator: { readonly type: keyof typeof OPERATORS; readonly params: readonly number[] };
      }[];
    };
  }[];
}

describe('the two forms of every rule', () => {
  it.each(ownRules.map((rule) => [rule.uid, rule] as const))(
    '%s agrees in expression, comparison, threshold, for and labels',
    (_uid, rule) => {
      const grafana = encodeGrafanaRule(rule, 'folder') as unknown as GrafanaForm;
      const prometheus = encodePrometheusRule(rule) as unknown as {
        expr: string;
        for: string;
        keep_firing_for: string;
        labels: object;
      };
      const [query, threshold] = grafana.data;
      const evaluator = threshold?.model.conditions?.[0]?.evaluator;
      const ending = ` ${OPERATORS[evaluator?.type ?? 'gt']} ${evaluator?.params[0]}`;
      expect(prometheus.expr.endsWith(`)${ending}`)).toBe(true);
      const inner = prometheus.expr.slice(1, -ending.length - 1);
      expect(inner.replace(/\s+/g, ' ').trim()).toBe(query?.model.expr?.replace(/\s+/g, ' ').trim());
      expect(prometheus.for).toBe(grafana.for);
      expect(prometheus.keep_firing_for).toBe(grafana.keep_firing_for);
      expect(prometheus.labels).toEqual(grafana.labels);
    },
  );

  it('are what promtool replays: the recorded form keeps comparison, threshold, for and labels', () => {
    const file = JSON.parse(rulesFile(ownRules)) as {
      groups: { rules: { record?: string; alert?: string; expr: string; for?: string; labels: object }[] }[];
    };
    const all = file.groups.flatMap(({ rules }) => rules);
    const alerts = all.filter(({ alert }) => alert !== undefined);
    expect(all.filter(({ record }) => record !== undefined).map(({ expr }) => expr)).toEqual(
      ownRules.map(({ expr }) => expr),
    );
    expect(alerts).toHaveLength(ownRules.length);
    ownRules.forEach((rule, index) => {
      const alert = alerts[index];
      expect(alert?.expr.replace(/\s+/g, ' ')).toBe(
        `( replay:signal{rule="${rule.uid}"} ) ${OPERATORS[rule.comparison]} ${rule.threshold}`,
      );
      expect(alert).toMatchObject({ alert: rule.alert, for: rule.for, labels: rule.labels });
    });
  });
});

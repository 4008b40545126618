import { type AlertRule, watchesQueries } from '../model/alert-rule.ts';
import { groupBy } from '../model/group-by.ts';
import type { JsonObject } from '../model/json.ts';
import type { Comparison } from '../model/signal.ts';
import { encodeText } from './templates.ts';

const OPERATORS: Readonly<Record<Comparison, string>> = { gt: '>', gte: '>=', lt: '<' };

/**
 * Rules in the form of a Prometheus (or Mimir) rule file, one group per group of ours. The threshold, which Grafana
 * keeps apart, is part of the expression there. Rules that fire only where a query fails are left out: Prometheus knows
 * no such state, and counts failed queries of rules itself.
 *
 * @example encodePrometheusRules(rules) // { groups: [{ name: 'payments', interval: '1m', rules: [...] }] }
 */
export function encodePrometheusRules(rules: readonly AlertRule[]): JsonObject {
  const groups = groupBy(
    rules.filter((rule) => !watchesQueries(rule)),
    ({ group }) => group,
  );
  return {
    groups: [...groups].map(([name, members]) => ({
      name,
      interval: members[0]?.evaluationInterval ?? '1m',
      rules: members.map(encodePrometheusRule),
    })),
  };
}

/** One rule of a Prometheus rule file. */
export function encodePrometheusRule(rule: AlertRule): JsonObject {
  return {
    alert: rule.alert,
    expr: `${condition(rule.expr)} ${OPERATORS[rule.comparison]} ${rule.threshold}`,
    for: rule.for,
    keep_firing_for: rule.keepFiringFor,
    labels: { ...rule.labels },
    annotations: Object.fromEntries(
      Object.entries(rule.annotations).map(([name, text]) => [name, encodeText(text, rule.unit, 'prometheus')]),
    ),
  };
}

function condition(expression: string): string {
  return `(\n  ${expression.replace(/\n/g, '\n  ')}\n)`;
}
